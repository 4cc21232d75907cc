package report_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/alkimiya/alkimiya/oracle/report"
)

func FuzzReport(f *testing.F) {
	f.Add([]byte(line(20454, 1, 2) + line(20455, 3, 4)))
	f.Add([]byte("{}\n"))
	file := filepath.Join(f.TempDir(), "report")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := report.New(report.Config{Index: definition(), File: file})
		if err != nil {
			t.Fatal(err)
		}
		closed, err := s.Closed(t.Context())
		if err != nil {
			return
		}
		for day := uint32(20454); day <= closed; day++ {
			r, err := s.Read(t.Context(), day)
			if err != nil || len(r.Values) != 2 || r.Counters[0] < r.Values[0] {
				t.Fatalf("day %d: %+v: %v", day, r, err)
			}
		}
	})
}

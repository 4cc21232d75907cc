package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/report"
)

func definition() index.Reported {
	return index.Reported{
		ID: "stake-regtest", Legs: []string{"tot", "tips"}, DayUnit: "gwei/ETH/day", CumUnit: "gwei/ETH",
		DayDigits: 20, CumDigits: 30, FirstDay: 20454,
	}
}

func line(day int, tot, tips uint64) string {
	return fmt.Sprintf(`{"day":"%d","values":{"tips":"%d","tot":"%d"}}`+"\n", day, tips, tot)
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestReportsBecomeDays(t *testing.T) {
	text := line(20454, 80_000, 7) + "\n" + line(20455, 90_000, 8)
	script := write(t, "#!/bin/sh\nprintf '%s'\n")
	require.NoError(t, os.WriteFile(script, []byte("cat "+write(t, text)), 0o600))
	for name, cfg := range map[string]report.Config{
		"file":    {Index: definition(), File: write(t, text)},
		"command": {Index: definition(), Command: []string{"/bin/sh", script}},
	} {
		s, err := report.New(cfg)
		require.NoError(t, err, name)
		closed, err := s.Closed(t.Context())
		require.NoError(t, err, name)
		require.EqualValues(t, 20455, closed)
		r, err := s.Read(t.Context(), 20455)
		require.NoError(t, err)
		require.Equal(t, []uint64{90_000, 8}, r.Values)
		require.Equal(t, []uint64{170_000, 15}, r.Counters)
		record, err := r.Record([]uint64{170_001, 16})
		require.NoError(t, err)
		require.Equal(t, `{"c_tips":"16","c_tot":"170001","day":"20455","i_tips":"8","i_tot":"90000","index":"stake-regtest","v":"1"}`, string(record))
		_, err = s.Read(t.Context(), 20456)
		require.ErrorIs(t, err, report.ErrReport)
		_, err = s.Read(t.Context(), 20453)
		require.ErrorIs(t, err, report.ErrReport)
		blocks, err := s.Blocks(t.Context(), 0, 9)
		require.NoError(t, err)
		require.Empty(t, blocks)
		require.Equal(t, "stake-regtest", s.Entry().ID)
	}
}

func TestAnEmptyReportClosesNothing(t *testing.T) {
	s, err := report.New(report.Config{Index: definition(), File: write(t, "\n\n")})
	require.NoError(t, err)
	closed, err := s.Closed(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 20453, closed)
}

func TestNewLinesAreSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := write(t, line(20454, 1, 1))
		s, err := report.New(report.Config{Index: definition(), File: file})
		require.NoError(t, err)
		_, err = s.Closed(t.Context())
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(line(20454, 1, 1)+line(20455, 1, 1)), 0o600))
		time.Sleep(3 * time.Second) // of the bubble's clock
		closed, err := s.Closed(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 20455, closed)
	})
}

func TestBadReportsAreRefused(t *testing.T) {
	good := line(20454, 1, 1)
	for name, text := range map[string]string{
		"not JSON":        "x\n",
		"another day":     line(20455, 1, 1),
		"a gap":           good + line(20456, 1, 1),
		"a day twice":     good + good,
		"a leg missing":   `{"day":"20454","values":{"tot":"1"}}`,
		"a foreign leg":   `{"day":"20454","values":{"tot":"1","sub":"1"}}`,
		"unknown field":   `{"day":"20454","values":{"tot":"1","tips":"1"},"x":1}`,
		"no number":       `{"day":"20454","values":{"tot":"1.5","tips":"1"}}`,
		"negative":        `{"day":"20454","values":{"tot":"-1","tips":"1"}}`,
		"too large":       `{"day":"20454","values":{"tot":"1099511627776","tips":"1"}}`,
		"number not text": `{"day":"20454","values":{"tot":1,"tips":"1"}}`,
		"too long":        strings.Repeat(" ", 17<<20),
	} {
		s, err := report.New(report.Config{Index: definition(), File: write(t, text)})
		require.NoError(t, err)
		_, err = s.Closed(t.Context())
		require.ErrorIs(t, err, report.ErrReport, name)
		_, err = s.Read(t.Context(), 20454)
		require.ErrorIs(t, err, report.ErrReport, name)
	}
	for name, command := range map[string][]string{
		"fails": {"/bin/sh", "-c", "exit 3"}, "no program": {"/nonexistent"}, "talks for ever": {"/bin/sh", "-c", "while :; do printf %01000d 0; done"},
	} {
		s, err := report.New(report.Config{Index: definition(), Command: command})
		require.NoError(t, err)
		_, err = s.Closed(t.Context())
		require.ErrorIs(t, err, report.ErrReport, name)
	}
	missing, err := report.New(report.Config{Index: definition(), File: "/nonexistent/file"})
	require.NoError(t, err)
	_, err = missing.Closed(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestDefinitionsAreChecked(t *testing.T) {
	for _, cfg := range []report.Config{{Index: definition()}, {Index: definition(), File: "a", Command: []string{"b"}}} {
		_, err := report.New(cfg)
		require.ErrorIs(t, err, report.ErrConfig)
	}
	bad := definition()
	bad.ID = "Bad Name"
	_, err := report.New(report.Config{Index: bad, File: "a"})
	require.ErrorIs(t, err, index.ErrParams)
}

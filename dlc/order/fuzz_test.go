package order_test

import (
	"bytes"
	"testing"
)

// fuzzRecord: what is accepted is written back bit for bit, and what is refused
// is refused with a typed error.
func fuzzRecord(f *testing.F, name string) {
	f.Helper()
	all := samples(f)
	decode := all[name].decode
	for _, s := range all {
		f.Add(s.record)
	}
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"cap":"1`))
	f.Fuzz(func(t *testing.T, in []byte) {
		back, err := decode(in)
		if err != nil {
			if !typed(err) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if !bytes.Equal(in, back) {
			t.Fatalf("%q read as what is written %q", in, back)
		}
	})
}

func FuzzDecodeOrder(f *testing.F)  { fuzzRecord(f, "order") }
func FuzzDecodeTake(f *testing.F)   { fuzzRecord(f, "take") }
func FuzzDecodeCancel(f *testing.F) { fuzzRecord(f, "cancel") }
func FuzzDecodeRFQ(f *testing.F)    { fuzzRecord(f, "rfq") }

package index_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
)

func FuzzTarget(f *testing.F) {
	for _, bits := range []uint32{0, 0x207fffff, 0x1d00ffff, 0x00800000, 0xffffffff, 0x03000001, 0x21000001} {
		f.Add(bits)
	}
	f.Fuzz(func(t *testing.T, bits uint32) {
		target, err := index.Target(bits)
		if err != nil {
			return
		}
		if target.Sign() <= 0 || target.BitLen() > 256 {
			t.Fatalf("%08x gives %s", bits, target)
		}
		again, err := index.Target(index.Compact(target))
		if err != nil || again.Cmp(target) != 0 {
			t.Fatalf("%08x: %s becomes %s, %v", bits, target, again, err)
		}
		if work, err := index.Work(bits); err != nil || work.Sign() <= 0 {
			t.Fatalf("%08x: work %v, %v", bits, work, err)
		}
	})
}

func FuzzParseCoinbase(f *testing.F) {
	c := indextest.New()
	c.Mine(c.Params.FirstDay*index.DaySeconds, 1e8, 0, 1)
	_, proofs, err := c.Facts()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(proofs[0].Coinbase)
	f.Add(proofs[1].Coinbase)
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := index.ParseCoinbase(raw)
		if err != nil {
			return
		}
		var tx wire.MsgTx
		if err := tx.DeserializeNoWitness(bytes.NewReader(raw)); err != nil {
			t.Fatalf("wire refuses what was accepted: %v", err)
		}
		var sum int64
		for _, out := range tx.TxOut {
			sum += out.Value
		}
		if tx.TxHash() != got.Txid || uint64(sum) != got.Out {
			t.Fatalf("%s %d, wire reads %s %d", got.Txid, got.Out, tx.TxHash(), sum)
		}
	})
}

func FuzzDecodeEvidence(f *testing.F) {
	c := chainWithAnEmptyDay(60)
	days := map[uint32]index.Day{}
	for _, d := range daysOf(f, c) {
		days[d.Day] = d
		e, err := c.Evidence(d)
		if err != nil {
			f.Fatal(err)
		}
		raw, err := e.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw[:len(raw)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		raw := append(body[:len(body):len(body)], sum[:]...)
		e, err := index.DecodeEvidence(raw)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(raw, again) {
			t.Fatalf("written again it differs: %v", err)
		}
		d, rows, err := e.Verify(c.Params, c)
		if err != nil {
			return
		}
		// What verifies is a day of the chain, with the values that it has there.
		want, known := days[d.Day]
		if !known || d.Value != want.Value || len(rows) == 0 {
			t.Fatalf("day %d of %d rows verifies: %+v, it is %+v", d.Day, len(rows), d.Value, want.Value)
		}
	})
}

func FuzzEvidenceJSON(f *testing.F) {
	c := chainWithAnEmptyDay(40)
	e, err := c.Evidence(daysOf(f, c)[0])
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e index.Evidence
		if json.Unmarshal(raw, &e) != nil {
			return
		}
		if _, err := e.Encode(); err != nil {
			t.Fatal(err)
		}
		_, _, _ = e.Verify(c.Params, nil)
	})
}

func FuzzParseDay(f *testing.F) {
	for _, d := range daysOf(f, chainWithAnEmptyDay(120)) {
		f.Add(d.JSON())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := index.ParseDay(raw)
		if err == nil && !bytes.Equal(d.JSON(), raw) {
			t.Fatalf("%s is written as %s", raw, d.JSON())
		}
	})
}

func FuzzParseEventID(f *testing.F) {
	f.Add("hp1/cum/20600/tot")
	f.Add("hp1-regtest/day/1/sub")
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := index.ParseEventID(s); err == nil && e.String() != s {
			t.Fatalf("%q is written as %q", s, e)
		}
	})
}

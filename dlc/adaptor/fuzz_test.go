package adaptor_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
)

func FuzzDecodeList(f *testing.F) {
	f.Add(newDeal(f, 3).list(f).Encode())
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		want := 0
		if len(b) >= 4 {
			want = int(binary.BigEndian.Uint32(b))
		}
		list, err := adaptor.DecodeList(b, want)
		if err == nil && (!bytes.Equal(list.Encode(), b) || list.Len() != want) {
			t.Errorf("%x decodes and encodes to %x", b, list.Encode())
		}
	})
}

func FuzzParsePoint(f *testing.F) {
	f.Add(unhex(f, pointHex))
	f.Add(make([]byte, 33))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := adaptor.ParsePoint(b)
		if err != nil {
			return
		}
		if got := p.Bytes(); !bytes.Equal(got[:], b) {
			t.Errorf("%x is written as %x", b, got)
		}
	})
}

// Bytes in place of one adaptor signature neither panic nor pass.
func FuzzVerify(f *testing.F) {
	d := newDeal(f, 3)
	point, pub := d.point(f, 0), xonly(d.key)
	f.Add(d.sigs[0][:])
	f.Add(d.sigs[1][:])
	f.Add(make([]byte, 65))
	f.Fuzz(func(t *testing.T, b []byte) {
		sig, err := adaptor.ParseSig65(b)
		if err != nil {
			return
		}
		if err := adaptor.Verify(pub, point, d.messages[0], sig); err == nil && sig != d.sigs[0] {
			t.Errorf("forged %x", b)
		}
	})
}

// Bytes written over a valid list: both verifiers give one answer.
func FuzzBatchAgainstOneByOne(f *testing.F) {
	d := newDeal(f, 3)
	raw := d.list(f).Encode()
	f.Add(uint16(0), []byte{}, byte(0))
	f.Add(uint16(40), []byte{1}, byte(1))
	f.Add(uint16(196), []byte{7}, byte(2))
	f.Add(uint16(4), raw[68:132], byte(3))
	f.Fuzz(func(t *testing.T, at uint16, with []byte, seed byte) {
		b := bytes.Clone(raw)
		copy(b[4+int(at)%(len(b)-4):], with)
		list, err := adaptor.DecodeList(b, 3)
		if err != nil {
			return
		}
		batch := adaptor.VerifyList(xonly(d.key), d.set, d.slots, d.messages, list, random(seed))
		each := adaptor.VerifyEach(xonly(d.key), d.set, d.slots, d.messages, list)
		if (batch == nil) != (each == nil) {
			t.Errorf("batch %v, one by one %v", batch, each)
		}
	})
}

// An extracted secret always opens the point.
func FuzzExtract(f *testing.F) {
	d := newDeal(f, 3)
	point := d.point(f, 0)
	full, err := adaptor.Complete(xonly(d.key), d.messages[0], d.sigs[0], d.tau(f, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(d.sigs[0][:], full[:])
	f.Add(d.sigs[1][:], full[:])
	f.Fuzz(func(t *testing.T, pre, full []byte) {
		sig, err := adaptor.ParseSig65(pre)
		if err != nil || len(full) != 64 {
			return
		}
		tau, err := adaptor.Extract(sig, [64]byte(full), point)
		if err != nil {
			return
		}
		if p, err := adaptor.PointOfSecret(&tau); err != nil || !p.Equal(point) {
			t.Errorf("extracted %v", tau)
		}
	})
}

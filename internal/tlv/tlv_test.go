package tlv_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return b
}

// The cases of BOLT 1, appendix A.
func TestBigSizeReadsEveryNumberInOneFormOnly(t *testing.T) {
	for _, c := range []struct {
		in   string
		want uint64
		err  error
	}{
		{"00", 0, nil},
		{"fc", 252, nil},
		{"fd00fd", 253, nil},
		{"fdffff", 65535, nil},
		{"fe00010000", 65536, nil},
		{"feffffffff", 4294967295, nil},
		{"ff0000000100000000", 4294967296, nil},
		{"ffffffffffffffffff", math.MaxUint64, nil},
		{"fd00fc", 0, tlv.ErrNotMinimal},
		{"fe0000ffff", 0, tlv.ErrNotMinimal},
		{"ff00000000ffffffff", 0, tlv.ErrNotMinimal},
		{"", 0, tlv.ErrTruncated},
		{"fd00", 0, tlv.ErrTruncated},
		{"feffff", 0, tlv.ErrTruncated},
		{"ffffffffff", 0, tlv.ErrTruncated},
		{"fd", 0, tlv.ErrTruncated},
		{"fe", 0, tlv.ErrTruncated},
		{"ff", 0, tlv.ErrTruncated},
	} {
		r := tlv.NewReader(unhex(t, c.in))
		got, err := r.BigSize()
		require.ErrorIs(t, err, c.err, c.in)
		require.Equal(t, c.want, got, c.in)
		if c.err == nil {
			require.NoError(t, r.Done())
			var w tlv.Writer
			w.BigSize(c.want)
			require.Equal(t, c.in, hex.EncodeToString(w.Bytes()))
			require.Equal(t, w.Len(), tlv.BigSizeLen(c.want))
		}
	}
}

func TestFieldsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u8, u16, u32, u64 := rapid.Uint8().Draw(t, "u8"), rapid.Uint16().Draw(t, "u16"), rapid.Uint32().Draw(t, "u32"), rapid.Uint64().Draw(t, "u64")
		i32, i64, flag := rapid.Int32().Draw(t, "i32"), rapid.Int64().Draw(t, "i64"), rapid.Bool().Draw(t, "bool")
		blob, text := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "blob"), rapid.StringOf(rapid.RuneFrom([]rune("aé本"))).Draw(t, "text")

		w := tlv.NewWriter(16)
		w.U8(u8)
		w.U16(u16)
		w.U32(u32)
		w.U64(u64)
		w.I32(i32)
		w.I64(i64)
		w.Bool(flag)
		w.BigSize(u64)
		w.VarBytes(blob)
		w.Bytes16(blob)
		w.String(text)
		w.Record(u64, blob)
		w.Raw(blob)

		r := tlv.NewReader(w.Bytes())
		require.Equal(t, w.Len(), r.Len())
		check := func(want, got any, err error) {
			t.Helper()
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		got8, err := r.U8()
		check(u8, got8, err)
		got16, err := r.U16()
		check(u16, got16, err)
		got32, err := r.U32()
		check(u32, got32, err)
		got64, err := r.U64()
		check(u64, got64, err)
		gotI32, err := r.I32()
		check(i32, gotI32, err)
		gotI64, err := r.I64()
		check(i64, gotI64, err)
		gotBool, err := r.Bool()
		check(flag, gotBool, err)
		gotBig, err := r.BigSize()
		check(u64, gotBig, err)
		gotBlob, err := r.VarBytes(300)
		check(blob, gotBlob, err)
		gotBlob, err = r.Bytes16(300)
		check(blob, gotBlob, err)
		gotText, err := r.String(1 << 16)
		check(text, gotText, err)
		value, err := r.Record(u64, 300)
		require.NoError(t, err)
		require.Equal(t, blob, value.Rest())
		require.NoError(t, value.Done())
		require.Equal(t, blob, r.Peek())
		fixed := make([]byte, len(blob))
		require.NoError(t, r.Fill(fixed))
		require.Equal(t, blob, fixed)
		require.NoError(t, r.Done())
	})
}

func TestReaderRefusesShortInputEverywhere(t *testing.T) {
	short := func() *tlv.Reader { return tlv.NewReader(nil) }
	var err error
	for name, read := range map[string]func() error{
		"u8":     func() error { _, err = short().U8(); return err },
		"u16":    func() error { _, err = short().U16(); return err },
		"u32":    func() error { _, err = short().U32(); return err },
		"u64":    func() error { _, err = short().U64(); return err },
		"i32":    func() error { _, err = short().I32(); return err },
		"i64":    func() error { _, err = short().I64(); return err },
		"bool":   func() error { _, err = short().Bool(); return err },
		"bytes":  func() error { _, err = short().Bytes(1); return err },
		"fill":   func() error { return short().Fill(make([]byte, 1)) },
		"var":    func() error { _, err = short().VarBytes(9); return err },
		"16":     func() error { _, err = short().Bytes16(9); return err },
		"string": func() error { _, err = short().String(9); return err },
		"count":  func() error { _, err = short().Count(9, 1); return err },
		"sub":    func() error { _, err = short().Sub(9); return err },
		"record": func() error { _, err = short().Record(1, 9); return err },
	} {
		require.ErrorIs(t, read(), tlv.ErrTruncated, name)
	}
	b, err := short().Bytes(-1)
	require.NoError(t, err)
	require.Empty(t, b)
}

func TestLengthsAreBoundedBeforeAllocation(t *testing.T) {
	huge := unhex(t, "ffffffffffffffffff")
	const lots = math.MaxInt
	var sink error
	for _, read := range []func(*tlv.Reader) error{
		func(r *tlv.Reader) error { _, err := r.VarBytes(lots); return err },
		func(r *tlv.Reader) error { _, err := r.String(lots); return err },
		func(r *tlv.Reader) error { _, err := r.Count(lots, 32); return err },
		func(r *tlv.Reader) error { _, err := r.Sub(lots); return err },
	} {
		require.ErrorIs(t, read(tlv.NewReader(huge)), tlv.ErrTooLong)
	}
	claims := unhex(t, "fe7fffffff00")
	allocs := testing.AllocsPerRun(10, func() { _, sink = tlv.NewReader(claims).VarBytes(lots) })
	require.ErrorIs(t, sink, tlv.ErrTruncated)
	require.Less(t, allocs, 10.0)

	_, err := tlv.NewReader(unhex(t, "03aabbcc")).VarBytes(2)
	require.ErrorIs(t, err, tlv.ErrTooLong)
	_, err = tlv.NewReader(unhex(t, "0003aabbcc")).Bytes16(2)
	require.ErrorIs(t, err, tlv.ErrTooLong)
	_, err = tlv.NewReader(unhex(t, "0300")).VarBytes(-1)
	require.ErrorIs(t, err, tlv.ErrTooLong)
	_, err = tlv.NewReader(unhex(t, "05aabb")).Count(5, 1)
	require.ErrorIs(t, err, tlv.ErrTruncated)
	n, err := tlv.NewReader(unhex(t, "02aabb")).Count(5, 1)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	_, err = tlv.NewReader(unhex(t, "0700")).Record(8, 5)
	require.ErrorIs(t, err, tlv.ErrType)
	_, err = tlv.NewReader(unhex(t, "02")).Bool()
	require.ErrorIs(t, err, tlv.ErrBool)
	require.ErrorIs(t, tlv.NewReader([]byte{1}).Done(), tlv.ErrTrailing)
	require.Panics(t, func() { new(tlv.Writer).Bytes16(make([]byte, 1<<16)) })
}

func TestStringsAreUTF8InFormC(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		err  error
	}{
		"ascii":      {"hp1/tot", nil},
		"composed":   {"\u00e9", nil},
		"decomposed": {"e\u0301", tlv.ErrText},
		"singleton":  {"\u212b", tlv.ErrText},
		"not utf-8":  {"\xff", tlv.ErrText},
		"surrogate":  {"\xed\xa0\x80", tlv.ErrText},
	} {
		var w tlv.Writer
		w.String(c.text)
		got, err := tlv.NewReader(w.Bytes()).String(255)
		require.ErrorIs(t, err, c.err, name)
		if c.err == nil {
			require.Equal(t, c.text, got, name)
		}
	}
}

func TestReadsDoNotAliasTheInput(t *testing.T) {
	in := []byte{1, 7, 9}
	r := tlv.NewReader(in)
	first, err := r.VarBytes(4)
	require.NoError(t, err)
	rest := r.Rest()
	in[1], in[2] = 0, 0
	require.Equal(t, []byte{7}, first)
	require.Equal(t, []byte{9}, rest)
}

func TestStreamsAscendAndAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		in  string
		err error
	}{
		"empty":           {"", nil},
		"two":             {"0100 0301aa", nil},
		"equal":           {"0100 0100", tlv.ErrDuplicate},
		"descending":      {"0300 0100", tlv.ErrOrder},
		"type not short":  {"fd0001 00", tlv.ErrNotMinimal},
		"length no short": {"01 fd0001 aa", tlv.ErrNotMinimal},
		"past the end":    {"0102aa", tlv.ErrTruncated},
		"no length":       {"01", tlv.ErrTruncated},
		"cut type":        {"fd01", tlv.ErrTruncated},
	} {
		in := unhex(t, c.in)
		records, err := tlv.DecodeStream(tlv.NewReader(in), tlv.Limits{})
		require.ErrorIs(t, err, c.err, name)
		if err == nil {
			require.True(t, bytes.Equal(in, tlv.EncodeStream(records)), name)
		}
	}
	var many tlv.Writer
	for i := range uint64(tlv.MaxRecords + 1) {
		many.Record(2*i+1, nil)
	}
	_, err := tlv.DecodeStream(tlv.NewReader(many.Bytes()), tlv.Limits{Records: 1000})
	require.ErrorIs(t, err, tlv.ErrTooLong)
	_, err = tlv.DecodeStream(tlv.NewReader(unhex(t, "0102aabb")), tlv.Limits{Value: 1})
	require.ErrorIs(t, err, tlv.ErrTooLong)
}

func TestOnlyUnknownEvenRecordsAreUnsupported(t *testing.T) {
	records := []tlv.Record{{Type: 1}, {Type: 2, Value: []byte{5}}, {Type: 7}}
	require.NoError(t, tlv.RequireKnown(records, 2))
	require.ErrorIs(t, tlv.RequireKnown(records, 4), tlv.ErrUnsupported)
	value, ok := tlv.Find(records, 2)
	require.True(t, ok)
	require.Equal(t, []byte{5}, value)
	_, ok = tlv.Find(records, 3)
	require.False(t, ok)
}

func TestFieldNamesThePath(t *testing.T) {
	require.NoError(t, tlv.Field("party", nil))
	err := tlv.Field("party", tlv.Field("prevtx", tlv.ErrTruncated))
	require.EqualError(t, err, "party: prevtx: input ends inside a field")
	require.True(t, errors.Is(err, tlv.ErrTruncated))
}

// FuzzDecodeStream: what is accepted is written back bit for bit.
func FuzzDecodeStream(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 0, 3, 1, 0xaa})
	f.Add([]byte{0xfd, 0x01, 0x00, 0xfd, 0x00, 0xfd})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00})
	f.Fuzz(func(t *testing.T, in []byte) {
		records, err := tlv.DecodeStream(tlv.NewReader(in), tlv.Limits{})
		if err != nil {
			return
		}
		if len(records) > tlv.MaxRecords {
			t.Fatalf("%d records", len(records))
		}
		if !bytes.Equal(tlv.EncodeStream(records), in) {
			t.Fatal("another encoding of the same records was accepted")
		}
	})
}

// FuzzReader: the input is also a program of reads. No sequence of reads may
// panic, read past the end, or accept what a Writer would write otherwise.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7}, []byte{0xfd, 0x00, 0xfd, 1, 2, 3})
	f.Add([]byte{5, 6, 7, 8}, []byte{3, 'a', 'b', 'c', 0, 1, 0})
	f.Fuzz(func(t *testing.T, program, in []byte) {
		r, w := tlv.NewReader(in), &tlv.Writer{}
		for _, op := range program {
			if step(r, w, op) != nil {
				return
			}
			if r.Len()+w.Len() != len(in) || !bytes.HasPrefix(in, w.Bytes()) {
				t.Fatalf("%x read as what is written %x", in, w.Bytes())
			}
		}
	})
}

func step(r *tlv.Reader, w *tlv.Writer, op byte) error {
	switch op % 8 {
	case 0:
		n, err := r.U8()
		w.U8(n)
		return err
	case 1:
		n, err := r.I32()
		w.I32(n)
		return err
	case 2:
		n, err := r.I64()
		w.I64(n)
		return err
	case 3:
		n, err := r.BigSize()
		w.BigSize(n)
		return err
	case 4:
		b, err := r.VarBytes(int(op))
		w.VarBytes(b)
		return err
	case 5:
		s, err := r.String(int(op))
		w.String(s)
		return err
	case 6:
		b, err := r.Bytes16(int(op))
		w.Bytes16(b)
		return err
	default:
		b, err := r.Bool()
		w.Bool(b)
		return err
	}
}

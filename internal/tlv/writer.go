package tlv

import (
	"encoding/binary"
	"math"
)

// Writer appends fields to a byte slice. Integers are big-endian. Writing
// cannot fail: that a value is within its limits is for the caller to have
// checked. A Writer is not safe for concurrent use. The zero value is an empty
// Writer ready for use.
type Writer struct {
	buf []byte
}

// NewWriter returns an empty Writer with room for capacity bytes.
func NewWriter(capacity int) *Writer {
	return &Writer{buf: make([]byte, 0, max(capacity, 0))}
}

// Bytes returns what was written. It aliases the Writer, which must not be used
// any more.
func (w *Writer) Bytes() []byte { return w.buf }

// Len returns how many bytes were written.
func (w *Writer) Len() int { return len(w.buf) }

// U8 writes one byte.
func (w *Writer) U8(n uint8) { w.buf = append(w.buf, n) }

// U16 writes two bytes.
func (w *Writer) U16(n uint16) { w.buf = binary.BigEndian.AppendUint16(w.buf, n) }

// U32 writes four bytes.
func (w *Writer) U32(n uint32) { w.buf = binary.BigEndian.AppendUint32(w.buf, n) }

// U64 writes eight bytes.
func (w *Writer) U64(n uint64) { w.buf = binary.BigEndian.AppendUint64(w.buf, n) }

// I32 writes four bytes in two's complement.
func (w *Writer) I32(n int32) { w.U32(uint32(n)) } //nolint:gosec // G115: two's complement is the encoding

// I64 writes eight bytes in two's complement.
func (w *Writer) I64(n int64) { w.U64(uint64(n)) } //nolint:gosec // G115: two's complement is the encoding

// Bool writes 01 for true and 00 for false.
func (w *Writer) Bool(b bool) {
	if b {
		w.U8(1)
		return
	}
	w.U8(0)
}

// Raw writes b without a length.
func (w *Writer) Raw(b []byte) { w.buf = append(w.buf, b...) }

// BigSize writes n in 1, 3, 5 or 9 bytes, whichever is least.
func (w *Writer) BigSize(n uint64) {
	switch BigSizeLen(n) {
	case 1:
		w.U8(uint8(n)) //nolint:gosec // G115: BigSizeLen says that it fits
	case 3:
		w.U8(0xfd)
		w.U16(uint16(n)) //nolint:gosec // G115: BigSizeLen says that it fits
	case 5:
		w.U8(0xfe)
		w.U32(uint32(n)) //nolint:gosec // G115: BigSizeLen says that it fits
	default:
		w.U8(0xff)
		w.U64(n)
	}
}

// VarBytes writes the BigSize length of b, then b.
func (w *Writer) VarBytes(b []byte) {
	w.BigSize(uint64(len(b)))
	w.Raw(b)
}

// Bytes16 writes the u16 length of b, then b. It panics if b is longer than
// 65,535 bytes, since nothing that has this form may be.
func (w *Writer) Bytes16(b []byte) {
	if len(b) > math.MaxUint16 {
		panic("tlv: script longer than its u16 length can say")
	}
	w.U16(uint16(len(b))) //nolint:gosec // G115: checked above
	w.Raw(b)
}

// String writes the BigSize length of s in bytes, then s, which the caller
// knows to be UTF-8 in form NFC (IsText).
func (w *Writer) String(s string) {
	w.BigSize(uint64(len(s)))
	w.buf = append(w.buf, s...)
}

// Record writes one record: type, length, value.
func (w *Writer) Record(recordType uint64, value []byte) {
	w.BigSize(recordType)
	w.VarBytes(value)
}

// Stream writes records in the order given, which must be ascending.
func (w *Writer) Stream(records []Record) {
	for _, r := range records {
		w.Record(r.Type, r.Value)
	}
}

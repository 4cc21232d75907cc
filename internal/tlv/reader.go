package tlv

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Reader reads fields from the front of a byte slice. Integers are big-endian.
// After a method has returned an error, what the Reader returns next is
// undefined but safe; callers stop at the first error. A Reader is not safe for
// concurrent use. The zero value reads the empty input.
type Reader struct {
	rest []byte
}

// NewReader returns a Reader of b. The Reader aliases b and never writes to it.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// Len returns how many bytes are left.
func (r *Reader) Len() int { return len(r.rest) }

// take returns the next n bytes, aliasing the input.
func (r *Reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.rest)) {
		return nil, fmt.Errorf("%d bytes wanted, %d left: %w", n, len(r.rest), ErrTruncated)
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b, nil
}

// U8 reads one byte. It fails with ErrTruncated.
func (r *Reader) U8() (uint8, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// U16 reads two bytes. It fails with ErrTruncated.
func (r *Reader) U16() (uint16, error) {
	b, err := r.take(2)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint16(b), nil
}

// U32 reads four bytes. It fails with ErrTruncated.
func (r *Reader) U32() (uint32, error) {
	b, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(b), nil
}

// U64 reads eight bytes. It fails with ErrTruncated.
func (r *Reader) U64() (uint64, error) {
	b, err := r.take(8)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b), nil
}

// I32 reads four bytes in two's complement. It fails with ErrTruncated.
func (r *Reader) I32() (int32, error) {
	n, err := r.U32()
	return int32(n), err //nolint:gosec // G115: two's complement is the encoding
}

// I64 reads eight bytes in two's complement. It fails with ErrTruncated.
func (r *Reader) I64() (int64, error) {
	n, err := r.U64()
	return int64(n), err //nolint:gosec // G115: two's complement is the encoding
}

// Bool reads one byte, 00 or 01. It fails with ErrTruncated or ErrBool.
func (r *Reader) Bool() (bool, error) {
	n, err := r.U8()
	if err != nil {
		return false, err
	}
	if n > 1 {
		return false, fmt.Errorf("%d: %w", n, ErrBool)
	}
	return n == 1, nil
}

// Bytes reads n bytes into a slice of its own. A negative n reads none. It
// fails with ErrTruncated.
func (r *Reader) Bytes(n int) ([]byte, error) {
	b, err := r.take(uint64(max(n, 0)))
	if err != nil {
		return nil, err
	}
	return append(make([]byte, 0, len(b)), b...), nil
}

// Fill reads len(dst) bytes into dst, which is for fixed-size arrays:
// r.Fill(hash[:]). It fails with ErrTruncated and then leaves dst as it was.
func (r *Reader) Fill(dst []byte) error {
	b, err := r.take(uint64(len(dst)))
	if err != nil {
		return err
	}
	copy(dst, b)
	return nil
}

// BigSize reads a number of 1, 3, 5 or 9 bytes. It fails with ErrTruncated, or
// with ErrNotMinimal if a shorter form exists.
func (r *Reader) BigSize() (uint64, error) {
	first, err := r.U8()
	if err != nil {
		return 0, err
	}
	var n uint64
	switch first {
	case 0xfd:
		var short uint16
		short, err = r.U16()
		n = uint64(short)
	case 0xfe:
		var word uint32
		word, err = r.U32()
		n = uint64(word)
	case 0xff:
		n, err = r.U64()
	default:
		return uint64(first), nil
	}
	if err != nil {
		return 0, err
	}
	if (first == 0xfd && n < 0xfd) || (first == 0xfe && n <= 0xffff) || (first == 0xff && n <= 0xffffffff) {
		return 0, fmt.Errorf("%d after %#x: %w", n, first, ErrNotMinimal)
	}
	return n, nil
}

// length reads a BigSize length of at most limit bytes, all of them present.
func (r *Reader) length(limit int) (uint64, error) {
	n, err := r.BigSize()
	if err != nil {
		return 0, err
	}
	if n > uint64(max(limit, 0)) {
		return 0, fmt.Errorf("length %d, limit %d: %w", n, limit, ErrTooLong)
	}
	return n, nil
}

// VarBytes reads a BigSize length and that many bytes, into a slice of its own.
// It fails with ErrTooLong if the length is above limit, before anything is
// allocated; with ErrTruncated or ErrNotMinimal.
func (r *Reader) VarBytes(limit int) ([]byte, error) {
	b, err := r.varBytes(limit)
	if err != nil {
		return nil, err
	}
	return append(make([]byte, 0, len(b)), b...), nil
}

func (r *Reader) varBytes(limit int) ([]byte, error) {
	n, err := r.length(limit)
	if err != nil {
		return nil, err
	}
	return r.take(n)
}

// Bytes16 reads a u16 length and that many bytes, into a slice of its own: the
// form of script pubkeys. It fails with ErrTooLong above limit, or ErrTruncated.
func (r *Reader) Bytes16(limit int) ([]byte, error) {
	n, err := r.U16()
	if err != nil {
		return nil, err
	}
	if int(n) > limit {
		return nil, fmt.Errorf("length %d, limit %d: %w", n, limit, ErrTooLong)
	}
	return r.Bytes(int(n))
}

// String reads a BigSize length and that many bytes of UTF-8 in form NFC. It
// fails with ErrText, or as VarBytes does; limit counts bytes.
func (r *Reader) String(limit int) (string, error) {
	b, err := r.varBytes(limit)
	if err != nil {
		return "", err
	}
	if !IsText(b) {
		return "", ErrText
	}
	return string(b), nil
}

// IsText says whether b is UTF-8 in normalisation form C, the only form in
// which a string may be written.
func IsText(b []byte) bool { return utf8.Valid(b) && norm.NFC.IsNormal(b) }

// Count reads a BigSize count of items that take at least size bytes each. It
// fails with ErrTooLong if the count is above limit and with ErrTruncated if
// the bytes left cannot hold that many, so that the caller may allocate.
func (r *Reader) Count(limit, size int) (int, error) {
	n, err := r.BigSize()
	if err != nil {
		return 0, err
	}
	if n > uint64(max(limit, 0)) {
		return 0, fmt.Errorf("count %d, limit %d: %w", n, limit, ErrTooLong)
	}
	if size > 0 && n > uint64(len(r.rest))/uint64(size) {
		return 0, fmt.Errorf("count %d in %d bytes: %w", n, len(r.rest), ErrTruncated)
	}
	return int(n), nil //nolint:gosec // G115: at most limit, which is an int
}

// Sub reads a BigSize length of at most limit and returns a Reader of just
// those bytes, which aliases the input. It fails as VarBytes does.
func (r *Reader) Sub(limit int) (*Reader, error) {
	b, err := r.varBytes(limit)
	if err != nil {
		return nil, err
	}
	return NewReader(b), nil
}

// Record reads one record whose type must be want, with a value of at most
// limit bytes, and returns a Reader of the value, which aliases the input. It
// fails with ErrType, or as VarBytes does.
func (r *Reader) Record(want uint64, limit int) (*Reader, error) {
	got, err := r.BigSize()
	if err != nil {
		return nil, err
	}
	if got != want {
		return nil, fmt.Errorf("type %d, not %d: %w", got, want, ErrType)
	}
	return r.Sub(limit)
}

// Rest reads all bytes left, into a slice of its own.
func (r *Reader) Rest() []byte {
	b := append(make([]byte, 0, len(r.rest)), r.rest...)
	r.rest = nil
	return b
}

// Peek returns the bytes left without reading them. They alias the input and
// must not be written to.
func (r *Reader) Peek() []byte { return r.rest }

// Done fails with ErrTrailing if bytes are left.
func (r *Reader) Done() error {
	if len(r.rest) > 0 {
		return fmt.Errorf("%d left: %w", len(r.rest), ErrTrailing)
	}
	return nil
}

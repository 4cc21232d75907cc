// Package tlv reads and writes the bytes that peers, oracles and stores
// exchange: big-endian integers, BigSize lengths, strings, and streams of
// type-length-value records.
//
// It knows encodings only, and no message: which records a message may hold,
// and what its fields mean, is for the packages that use it. Its invariant:
// a Reader accepts exactly one encoding of a value, never reads past its input,
// and never allocates more than the bytes it was given can fill, whatever a
// length claims. What it accepts, a Writer writes back bit for bit. It
// implements the encoding rules of PROTOCOL.md section 9 (transport and
// encoding) and BigSize as in BOLT 1.
package tlv

import (
	"errors"
	"fmt"
)

// Errors that decoding returns, wrapped with the name of the field (Field).
var (
	// ErrTruncated: the input ends inside a field, or a length or count claims
	// more bytes than are left.
	ErrTruncated = errors.New("input ends inside a field")
	// ErrTrailing: bytes are left over after the last field.
	ErrTrailing = errors.New("bytes after the last field")
	// ErrNotMinimal: a BigSize is written longer than it need be.
	ErrNotMinimal = errors.New("number is not encoded minimally")
	// ErrTooLong: a length or count is above the limit for its field.
	ErrTooLong = errors.New("length above the limit")
	// ErrBool: a bool is neither 00 nor 01.
	ErrBool = errors.New("bool is neither 0 nor 1")
	// ErrText: a string is not UTF-8 in normalisation form C.
	ErrText = errors.New("text is not UTF-8 in form NFC")
	// ErrOrder: record types of a stream do not ascend.
	ErrOrder = errors.New("records are not in ascending order")
	// ErrDuplicate: a stream holds two records of one type.
	ErrDuplicate = errors.New("record appears twice")
	// ErrUnsupported: a stream holds an unknown record of even type, which a
	// reader must not ignore.
	ErrUnsupported = errors.New("unknown record of even type")
	// ErrMissing: a record that must be present is not.
	ErrMissing = errors.New("record is missing")
	// ErrType: a record has another type than the one expected.
	ErrType = errors.New("unexpected record type")
)

// Field wraps err, if it is not nil, with the name of the field in which it
// occurred. Nested calls give a path such as "party: input 3: prevtx".
func Field(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// BigSizeLen returns how many bytes n takes as BigSize: 1, 3, 5 or 9.
func BigSizeLen(n uint64) int {
	switch {
	case n < 0xfd:
		return 1
	case n <= 0xffff:
		return 3
	case n <= 0xffffffff:
		return 5
	default:
		return 9
	}
}

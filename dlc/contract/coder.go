package contract

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Errors of the codecs.
var (
	// ErrNewer: the record was written by a newer program.
	ErrNewer = errors.New("contract record is of a newer version")
	// ErrRecord: the record is damaged: truncated, too long, out of range or
	// followed by other bytes.
	ErrRecord = errors.New("contract record is damaged")
)

// coder reads or writes the same fields in the same order, so that the two
// directions cannot differ. Integers are big-endian.
type coder struct {
	writing bool
	buf     []byte
	err     error
}

func (c *coder) fail(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s", ErrRecord, what)
	}
}

// take returns the next n bytes, or nil after an error.
func (c *coder) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n > len(c.buf) {
		c.fail("truncated")
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

func (c *coder) fixed(v []byte) {
	if c.writing {
		c.buf = append(c.buf, v...)
		return
	}
	copy(v, c.take(len(v)))
}

func (c *coder) u8(v *uint8) {
	b := [1]byte{*v}
	c.fixed(b[:])
	*v = b[0]
}

func (c *coder) u32(v *uint32) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], *v)
	c.fixed(b[:])
	*v = binary.BigEndian.Uint32(b[:])
}

func (c *coder) u64(v *uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], *v)
	c.fixed(b[:])
	*v = binary.BigEndian.Uint64(b[:])
}

func (c *coder) i64(v *int64) {
	u := uint64(*v) //nolint:gosec // the bit pattern is what is stored
	c.u64(&u)
	*v = int64(u) //nolint:gosec // the bit pattern is what is stored
}

func (c *coder) bool(v *bool) {
	var b uint8
	if *v {
		b = 1
	}
	c.u8(&b)
	if b > 1 {
		c.fail("boolean")
	}
	*v = b == 1
}

// small codes an enumeration below limit.
func small[T ~uint8](c *coder, v *T, limit T) {
	b := uint8(*v)
	c.u8(&b)
	if T(b) >= limit {
		c.fail("enumeration")
		return
	}
	*v = T(b)
}

// bytes codes at most limit bytes behind a u32 length.
func (c *coder) bytes(v *[]byte, limit int) {
	n := uint32(len(*v)) //nolint:gosec // limits are far below 2^32
	c.u32(&n)
	if uint64(n) > uint64(limit) { //nolint:gosec // limit is a positive constant
		c.fail("length")
		return
	}
	if c.writing {
		c.buf = append(c.buf, *v...)
		return
	}
	*v = nil
	if b := c.take(int(n)); len(b) > 0 {
		*v = append([]byte(nil), b...)
	}
}

// each codes at most limit items behind a u32 count. A reader allocates as
// items arrive.
func each[T any](c *coder, v *[]T, limit int, item func(*coder, *T)) {
	n := uint32(len(*v)) //nolint:gosec // limits are far below 2^32
	c.u32(&n)
	if uint64(n) > uint64(limit) { //nolint:gosec // limit is a positive constant
		c.fail("count")
		return
	}
	if c.writing {
		// A copy: items are assigned even when they are written, and others may be
		// reading the slice.
		for _, t := range *v {
			item(c, &t)
		}
		return
	}
	*v = nil
	for range n {
		if c.err != nil {
			return
		}
		var t T
		item(c, &t)
		*v = append(*v, t)
	}
}

// done returns the bytes written, or an error if the reader failed or has
// bytes left.
func (c *coder) done() ([]byte, error) {
	if c.err == nil && !c.writing && len(c.buf) > 0 {
		c.fail("trailing bytes")
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.buf, nil
}

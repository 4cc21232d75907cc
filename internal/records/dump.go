package records

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// A dump is, integers big-endian:
//
//	for each record: u32 length of key, not 0 | key | u32 length of value | value
//	u32 0 | SHA-256 of all before
const (
	maxKey   = 1 << 12
	maxValue = 16 << 20
	// loadBytes is how much Load writes in one transaction.
	loadBytes = 1 << 20
)

// Dump writes all records, of one consistent state and not encrypted, to w.
func (d *DB) Dump(w io.Writer) error {
	sum := sha256.New()
	out := bufio.NewWriter(io.MultiWriter(w, sum))
	err := d.View(func(t *Txn) error {
		return t.Scan(nil, nil, func(key, value []byte) error {
			return writeRecord(out, key, value)
		})
	})
	if err == nil {
		err = writeLength(out, 0)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		_, err = w.Write(sum.Sum(nil))
	}
	if err != nil {
		return fmt.Errorf("dump store: %w", err)
	}
	return nil
}

func writeLength(w io.Writer, n int) error {
	_, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(n))) //nolint:gosec // G115: of a record in memory
	return err
}

func writeRecord(w io.Writer, parts ...[]byte) error {
	for _, p := range parts {
		if err := writeLength(w, len(p)); err != nil {
			return err
		}
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// Load writes what Dump wrote into a store that holds nothing yet. It fails with
// ErrCorrupt if the dump is cut off or changed; the store is then to be thrown
// away, since part of the dump may be in it.
func (d *DB) Load(r io.Reader) error {
	l := loader{in: bufio.NewReader(r), sum: sha256.New()}
	for !l.done {
		if err := d.Update(l.fill()); err != nil {
			return fmt.Errorf("load store: %w", err)
		}
	}
	want := l.sum.Sum(nil)
	got := make([]byte, len(want)+1)
	if n, err := io.ReadFull(l.in, got); n != len(want) || !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.Equal(got[:n], want) {
		return fmt.Errorf("load store: %w: checksum of the dump", ErrCorrupt)
	}
	return nil
}

type loader struct {
	in   *bufio.Reader
	sum  hash.Hash
	done bool
}

// fill reads the next records and returns what writes them, repeatably.
func (l *loader) fill() func(*Txn) error {
	type record struct{ key, value []byte }
	var list []record
	var failed error
	for size := 0; size < loadBytes && !l.done; {
		key, err := l.part(maxKey)
		if err == nil && len(key) == 0 {
			l.done = true
			break
		}
		var value []byte
		if err == nil {
			value, err = l.part(maxValue)
		}
		if err != nil {
			failed = fmt.Errorf("%w: record of the dump: %w", ErrCorrupt, err)
			break
		}
		list = append(list, record{key, value})
		size += len(key) + len(value)
	}
	return func(t *Txn) error {
		for _, r := range list {
			if err := t.Put(r.key, r.value); err != nil {
				return err
			}
		}
		return failed
	}
}

// part reads a length of at most limit and that many bytes.
func (l *loader) part(limit uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(l.in, head[:]); err != nil {
		return nil, err
	}
	l.sum.Write(head[:])
	n := binary.BigEndian.Uint32(head[:])
	if n > limit {
		return nil, fmt.Errorf("%d bytes, at most %d", n, limit)
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, l.in, int64(n)); err != nil {
		return nil, err
	}
	l.sum.Write(b.Bytes())
	return b.Bytes(), nil
}

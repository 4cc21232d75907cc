package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// decoder reads fields one after the other and keeps the first error, after
// which every read gives zero values. So a message's decoder is a plain list of
// its fields.
type decoder struct {
	r       *tlv.Reader
	err     error
	maxList uint32
}

func (d *decoder) fail(name string, err error) {
	if d.err == nil && err != nil {
		d.err = tlv.Field(name, err)
	}
}

// done returns the first error, or that bytes are left over.
func (d *decoder) done() error {
	if d.err != nil {
		return d.err
	}
	return d.r.Done()
}

func read[T any](d *decoder, name string, next func(*tlv.Reader) (T, error)) T {
	var zero T
	if d.err != nil {
		return zero
	}
	v, err := next(d.r)
	if err != nil {
		d.fail(name, err)
		return zero
	}
	return v
}

func (d *decoder) u8(name string) uint8   { return read(d, name, (*tlv.Reader).U8) }
func (d *decoder) u16(name string) uint16 { return read(d, name, (*tlv.Reader).U16) }
func (d *decoder) u32(name string) uint32 { return read(d, name, (*tlv.Reader).U32) }
func (d *decoder) u64(name string) uint64 { return read(d, name, (*tlv.Reader).U64) }

func (d *decoder) fill(name string, dst []byte) {
	if d.err == nil {
		d.fail(name, d.r.Fill(dst))
	}
}

func (d *decoder) bytes(name string, limit int) []byte {
	return read(d, name, func(r *tlv.Reader) ([]byte, error) { return r.VarBytes(limit) })
}

// alias reads a BigSize length and that many bytes without copying them.
func (d *decoder) alias(name string, limit int) []byte {
	return read(d, name, func(r *tlv.Reader) ([]byte, error) {
		sub, err := r.Sub(limit)
		if err != nil {
			return nil, err
		}
		return sub.Peek(), nil
	})
}

// next reads n bytes without copying them.
func (d *decoder) next(name string, n int) []byte {
	if d.err != nil {
		return nil
	}
	left := d.r.Peek()
	if n > len(left) {
		d.fail(name, fmt.Errorf("%d bytes wanted, %d left: %w", n, len(left), tlv.ErrTruncated))
		return nil
	}
	d.r = tlv.NewReader(left[n:])
	return left[:n:n]
}

func (d *decoder) text(name string, limit int) string {
	return read(d, name, func(r *tlv.Reader) (string, error) { return r.String(limit) })
}

func (d *decoder) script(name string) []byte {
	return read(d, name, func(r *tlv.Reader) ([]byte, error) { return r.Bytes16(MaxScript) })
}

// count reads a count of items of at least size bytes each. It is 0 after an
// error.
func (d *decoder) count(name string, limit, size int) int {
	return read(d, name, func(r *tlv.Reader) (int, error) { return r.Count(limit, size) })
}

// amount reads sat, at most MaxCollateral; more is refused with code.
func (d *decoder) amount(name string, code RejectCode) btcutil.Amount {
	v := d.u64(name)
	if v > uint64(MaxCollateral) {
		d.fail(name, refuse(code, name, fmt.Errorf("%d sat: %w", v, ErrOutOfRange)))
		return 0
	}
	return btcutil.Amount(v)
}

// list reads a packed list of adaptor signatures without copying it: the count
// is held against the limit, and the length against the count.
func (d *decoder) list() []byte {
	const header, signature = 4, 64
	if d.err != nil {
		return nil
	}
	left := d.r.Peek()
	if len(left) < header {
		d.fail("list", tlv.ErrTruncated)
		return nil
	}
	n := binary.BigEndian.Uint32(left)
	if n > d.maxList {
		d.fail("list", fmt.Errorf("%d signatures, limit %d: %w", n, d.maxList, tlv.ErrTooLong))
		return nil
	}
	list := d.next("list", header+int(n)*signature+int(n+7)/8)
	if spare := n % 8; len(list) > 0 && spare != 0 && list[len(list)-1]>>spare != 0 {
		d.fail("list", fmt.Errorf("spare parity bits: %w", ErrNotCanonical))
	}
	return list
}

// witnesses reads the witness stacks of one party's inputs.
func (d *decoder) witnesses() [][][]byte {
	n := d.count("witnesses", MaxInputs, 1)
	stacks := make([][][]byte, 0, n)
	for range n {
		stacks = append(stacks, d.witness("witness"))
	}
	return stacks
}

func (d *decoder) witness(name string) [][]byte {
	n := d.count(name, MaxWitnessItems, 1)
	items := make([][]byte, 0, n)
	for range n {
		items = append(items, d.bytes(name, MaxWitnessItem))
	}
	return items
}

// stream reads the records to the end of the message. Even types must be among
// known. It walks the records once before it copies any, so that a bad last
// record costs nothing.
func (d *decoder) stream(known ...uint64) []tlv.Record {
	if d.err != nil || d.r.Len() == 0 {
		return nil
	}
	if err := walk(tlv.NewReader(d.r.Peek()), known); err != nil {
		d.fail("records", err)
		return nil
	}
	records, err := tlv.DecodeStream(d.r, tlv.Limits{})
	d.fail("records", err)
	return records
}

// extra reads the records of a message that knows none.
func (d *decoder) extra() []tlv.Record { return d.stream() }

func walk(r *tlv.Reader, known []uint64) error {
	last := uint64(0)
	for n := 0; r.Len() > 0; n++ {
		recordType, err := r.BigSize()
		if err != nil {
			return err
		}
		switch {
		case n == tlv.MaxRecords:
			return fmt.Errorf("more than %d: %w", tlv.MaxRecords, tlv.ErrTooLong)
		case n > 0 && recordType == last:
			return fmt.Errorf("record %d: %w", recordType, tlv.ErrDuplicate)
		case n > 0 && recordType < last:
			return fmt.Errorf("record %d after %d: %w", recordType, last, tlv.ErrOrder)
		case recordType%2 == 0 && !slices.Contains(known, recordType):
			return fmt.Errorf("record %d: %w", recordType, tlv.ErrUnsupported)
		}
		if _, err := r.Sub(math.MaxInt); err != nil {
			return fmt.Errorf("record %d: %w", recordType, err)
		}
		last = recordType
	}
	return nil
}

// without returns records but for those of the types given.
func without(records []tlv.Record, types ...uint64) []tlv.Record {
	var rest []tlv.Record
	for _, r := range records {
		if !slices.Contains(types, r.Type) {
			rest = append(rest, r)
		}
	}
	return rest
}

// writeStream writes extra and known together, ascending by type.
func writeStream(w *tlv.Writer, extra []tlv.Record, known ...tlv.Record) {
	all := slices.Concat(extra, known)
	slices.SortStableFunc(all, func(a, b tlv.Record) int {
		switch {
		case a.Type < b.Type:
			return -1
		case a.Type > b.Type:
			return 1
		default:
			return 0
		}
	})
	w.Stream(all)
}

// inner decodes the value of a known record with the given function.
func inner[T any](name string, value []byte, maxList uint32, decode func(*decoder) T) (T, error) {
	d := &decoder{r: tlv.NewReader(value), maxList: maxList}
	v := decode(d)
	return v, tlv.Field(name, d.done())
}

func writeWitnesses(w *tlv.Writer, stacks [][][]byte) {
	w.BigSize(uint64(len(stacks)))
	for _, stack := range stacks {
		writeWitness(w, stack)
	}
}

func writeWitness(w *tlv.Writer, stack [][]byte) {
	w.BigSize(uint64(len(stack)))
	for _, item := range stack {
		w.VarBytes(item)
	}
}

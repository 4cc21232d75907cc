package tlv

import (
	"fmt"
	"math"
	"slices"
)

// MaxRecords is how many records a stream may hold.
const MaxRecords = 64

// Record is one entry of a stream. By the parity of its type a reader that does
// not know it refuses the stream (even) or skips the record (odd).
type Record struct {
	Type  uint64
	Value []byte
}

// Limits bound what DecodeStream accepts. A zero field means its default.
type Limits struct {
	// Records is how many records there may be: by default MaxRecords, which
	// it cannot exceed.
	Records int
	// Value is how many bytes a value may have: by default all that there are.
	Value int
}

// DecodeStream reads records to the end of r. Values are slices of their own.
// It fails with ErrOrder or ErrDuplicate if types do not strictly ascend, with
// ErrTooLong beyond limits, with ErrNotMinimal or ErrTruncated. Which types are
// known is for the caller to check: RequireKnown.
func DecodeStream(r *Reader, limits Limits) ([]Record, error) {
	if limits.Records <= 0 || limits.Records > MaxRecords {
		limits.Records = MaxRecords
	}
	if limits.Value <= 0 {
		limits.Value = math.MaxInt
	}
	var records []Record
	for r.Len() > 0 {
		recordType, err := r.BigSize()
		if err != nil {
			return nil, Field("record type", err)
		}
		if len(records) == limits.Records {
			return nil, fmt.Errorf("more than %d records: %w", limits.Records, ErrTooLong)
		}
		if err := ascends(records, recordType); err != nil {
			return nil, err
		}
		value, err := r.VarBytes(limits.Value)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", recordType, err)
		}
		records = append(records, Record{Type: recordType, Value: value})
	}
	return records, nil
}

func ascends(before []Record, next uint64) error {
	if len(before) == 0 {
		return nil
	}
	switch last := before[len(before)-1].Type; {
	case next == last:
		return fmt.Errorf("record %d: %w", next, ErrDuplicate)
	case next < last:
		return fmt.Errorf("record %d after %d: %w", next, last, ErrOrder)
	default:
		return nil
	}
}

// RequireKnown fails with ErrUnsupported if a record of even type is not among
// known. Unknown odd records pass: they are kept, and otherwise ignored.
func RequireKnown(records []Record, known ...uint64) error {
	for _, r := range records {
		if r.Type%2 == 0 && !slices.Contains(known, r.Type) {
			return fmt.Errorf("record %d: %w", r.Type, ErrUnsupported)
		}
	}
	return nil
}

// Find returns the value of the record of the given type, and whether there is
// one. The value aliases the record.
func Find(records []Record, recordType uint64) ([]byte, bool) {
	for _, r := range records {
		if r.Type == recordType {
			return r.Value, true
		}
	}
	return nil, false
}

// EncodeStream returns the bytes of records, which must ascend by type.
func EncodeStream(records []Record) []byte {
	w := &Writer{}
	w.Stream(records)
	return w.Bytes()
}

package payout

import (
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Record types of terms.
const (
	recordInstrument = 2
	recordIndex      = 4
	recordEvent      = 6
	recordStart      = 8
	recordEnd        = 10
	recordBase       = 12
	recordDigits     = 14
	recordBucket     = 16
	recordNotional   = 18
	recordK          = 20
	recordF          = 22
	recordC          = 24
	recordK2         = 26
	recordFaceValue  = 28
	recordPremium    = 30
	recordOfferer    = 32
	recordThreshold  = 34
	recordOracles    = 36
)

const (
	maxText = 255
	keySize = 32
)

// field is a record of terms: which instruments have it, how its value is
// written and read. A reader gets the whole value and must consume it.
type field struct {
	recordType uint64
	in         func(Instrument) bool
	write      func(*tlv.Writer, *Terms)
	read       func(*tlv.Reader, *Terms) error
}

func always(Instrument) bool { return true }

func only(want Instrument) func(Instrument) bool {
	return func(i Instrument) bool { return i == want }
}

// The readers and writers of fixed-length values.
func byteField(recordType uint64, at func(*Terms) *uint8) field {
	return field{recordType, always, func(w *tlv.Writer, t *Terms) { w.U8(*at(t)) }, func(r *tlv.Reader, t *Terms) (err error) {
		*at(t), err = r.U8()
		return err
	}}
}

func wordField(recordType uint64, at func(*Terms) *uint32) field {
	return field{recordType, always, func(w *tlv.Writer, t *Terms) { w.U32(*at(t)) }, func(r *tlv.Reader, t *Terms) (err error) {
		*at(t), err = r.U32()
		return err
	}}
}

func longField(recordType uint64, in func(Instrument) bool, at func(*Terms) *uint64) field {
	return field{recordType, in, func(w *tlv.Writer, t *Terms) { w.U64(*at(t)) }, func(r *tlv.Reader, t *Terms) (err error) {
		*at(t), err = r.U64()
		return err
	}}
}

func textField(recordType uint64, at func(*Terms) *string) field {
	return field{recordType, always, func(w *tlv.Writer, t *Terms) { w.Raw([]byte(*at(t))) }, func(r *tlv.Reader, t *Terms) error {
		text := r.Rest()
		if len(text) > maxText {
			return tlv.ErrTooLong
		}
		if !tlv.IsText(text) {
			return tlv.ErrText
		}
		*at(t) = string(text)
		return nil
	}}
}

// fields lists the records in ascending order. The instrument comes first, since
// it says which of the others there are.
var fields = []field{
	byteField(recordInstrument, func(t *Terms) *uint8 { return (*uint8)(&t.Instrument) }),
	textField(recordIndex, func(t *Terms) *string { return &t.Index }),
	textField(recordEvent, func(t *Terms) *string { return &t.Event }),
	wordField(recordStart, func(t *Terms) *uint32 { return &t.StartDay }),
	wordField(recordEnd, func(t *Terms) *uint32 { return &t.EndDay }),
	longField(recordBase, always, func(t *Terms) *uint64 { return &t.Base }),
	byteField(recordDigits, func(t *Terms) *uint8 { return &t.Digits }),
	byteField(recordBucket, func(t *Terms) *uint8 { return &t.Bucket }),
	wordField(recordNotional, func(t *Terms) *uint32 { return &t.Notional }),
	longField(recordK, always, func(t *Terms) *uint64 { return &t.K }),
	longField(recordF, always, func(t *Terms) *uint64 { return &t.F }),
	longField(recordC, always, func(t *Terms) *uint64 { return &t.C }),
	longField(recordK2, only(Collar), func(t *Terms) *uint64 { return &t.K2 }),
	longField(recordFaceValue, only(Conv), func(t *Terms) *uint64 { return &t.FaceValue }),
	{recordPremium, Instrument.HasPremium, func(w *tlv.Writer, t *Terms) { w.I64(t.Premium) }, func(r *tlv.Reader, t *Terms) (err error) {
		t.Premium, err = r.I64()
		return err
	}},
	byteField(recordOfferer, func(t *Terms) *uint8 { return (*uint8)(&t.Offerer) }),
	{recordThreshold, always, func(w *tlv.Writer, t *Terms) { w.U16(t.Threshold) }, func(r *tlv.Reader, t *Terms) (err error) {
		t.Threshold, err = r.U16()
		return err
	}},
	{recordOracles, always, writeOracles, readOracles},
}

func writeOracles(w *tlv.Writer, t *Terms) {
	for _, key := range t.Oracles {
		w.Raw(key[:])
	}
}

func readOracles(r *tlv.Reader, t *Terms) error {
	if r.Len() > digits.MaxOracles*keySize {
		return fmt.Errorf("%d bytes of keys: %w", r.Len(), tlv.ErrTooLong)
	}
	t.Oracles = make([][32]byte, 0, r.Len()/keySize)
	for r.Len() > 0 {
		var key [32]byte
		if err := r.Fill(key[:]); err != nil {
			return err
		}
		t.Oracles = append(t.Oracles, key)
	}
	return nil
}

// Encode returns the terms as a TLV stream, with exactly the records that their
// instrument has.
func (t Terms) Encode() []byte {
	w := tlv.NewWriter(256)
	for _, f := range fields {
		if !f.in(t.Instrument) {
			continue
		}
		var value tlv.Writer
		f.write(&value, &t)
		w.Record(f.recordType, value.Bytes())
	}
	return w.Bytes()
}

// DecodeTerms reads and validates terms. Every record must be known, present
// exactly when the instrument has it, and of exactly its length. It fails with
// ErrTerms and the error that says why: of package tlv, ErrRecord, or as Validate
// does. What it accepts, Encode writes back bit for bit.
func DecodeTerms(b []byte) (Terms, error) {
	var t Terms
	if err := t.decode(b); err != nil {
		return Terms{}, fmt.Errorf("%w: %w", ErrTerms, err)
	}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	return t, nil
}

func (t *Terms) decode(b []byte) error {
	records, err := tlv.DecodeStream(tlv.NewReader(b), tlv.Limits{Records: len(fields), Value: max(maxText, digits.MaxOracles*keySize)})
	if err != nil {
		return err
	}
	for _, f := range fields {
		// The instrument's own record does not depend on it and is read first.
		present := len(records) > 0 && records[0].Type == f.recordType
		if present != f.in(t.Instrument) {
			return fmt.Errorf("record %d of %s, present: %t: %w", f.recordType, t.Instrument, present, ErrRecord)
		}
		if !present {
			continue
		}
		r := tlv.NewReader(records[0].Value)
		if err := f.read(r, t); err != nil {
			return fmt.Errorf("record %d: %w: %w", f.recordType, ErrRecord, err)
		}
		if err := r.Done(); err != nil {
			return fmt.Errorf("record %d: %w: %w", f.recordType, ErrRecord, err)
		}
		records = records[1:]
	}
	if len(records) > 0 {
		return fmt.Errorf("record %d: %w", records[0].Type, ErrRecord)
	}
	return nil
}

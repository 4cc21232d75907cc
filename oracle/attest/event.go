package attest

import (
	"fmt"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Types of the TLVs of this package, those of dlcspecs Messaging.
const (
	typeEnum         = 55302
	typeDigits       = 55306
	typeEvent        = 55330
	typeAnnouncement = 55332
	typeAttestation  = 55400
)

const (
	// MaxAnnouncement is the greatest length of an announcement TLV in bytes.
	MaxAnnouncement = 4096
	// MaxAttestation is the greatest length of an attestation TLV in bytes. It
	// holds the attestation of any event that MaxAnnouncement can announce.
	MaxAttestation = 16384
	// MaxString is the greatest length in bytes of the event id and unit of a
	// contract (CheckSet). Other oracles use longer ids, so decoding bounds strings
	// by the whole message only.
	MaxString = 255
)

// A Descriptor says which outcomes an event can have. It is a DigitEvent or an
// EnumEvent.
//
//sumtype:decl
type Descriptor interface {
	// nonces returns how many values an oracle signs for one outcome.
	nonces() int
	// has says whether the i-th of those values may be outcome.
	has(i int, outcome string) bool
	// check fails with ErrDescriptor if no event can be described so.
	check() error
	encode(w *tlv.Writer)
}

// DigitEvent describes an event whose outcome is a number, signed digit by digit
// with the most significant first.
type DigitEvent struct {
	// Base of the digits, at least 2.
	Base uint16
	// Signed says that a sign, "+" or "-", is signed before the digits.
	Signed bool
	// Unit of the outcome, in form NFC.
	Unit string
	// Precision is the exponent: the outcome counts multiples of Base^Precision.
	Precision int32
	// Digits is how many digits are signed, without the sign.
	Digits uint16
}

// EnumEvent describes an event whose outcome is one of a list of words.
type EnumEvent struct {
	// Outcomes are the words, in form NFC.
	Outcomes []string
}

// An Event is what an oracle announces: what it will attest, when, and with
// which nonces.
type Event struct {
	// Nonces are the x coordinates of the nonces, one for each value signed.
	Nonces [][32]byte
	// Maturity is the Unix time in seconds from which the outcome is known.
	Maturity uint32
	// Descriptor says which outcomes there are; it is never nil in a decoded event.
	Descriptor Descriptor
	// ID names the event, in form NFC.
	ID string
}

func (d DigitEvent) nonces() int {
	if d.Signed {
		return int(d.Digits) + 1
	}
	return int(d.Digits)
}

func (d DigitEvent) has(i int, outcome string) bool {
	if d.Signed {
		if i == 0 {
			return outcome == "+" || outcome == "-"
		}
		i--
	}
	if i < 0 || i >= int(d.Digits) || outcome == "" || len(outcome) > 5 {
		return false
	}
	v := 0
	for _, c := range []byte(outcome) {
		if c < '0' || c > '9' {
			return false
		}
		v = 10*v + int(c-'0')
	}
	return v < int(d.Base) && (outcome[0] != '0' || len(outcome) == 1)
}

func (d DigitEvent) check() error {
	switch {
	case d.Base < 2:
		return fmt.Errorf("%w: base %d", ErrDescriptor, d.Base)
	case d.Digits == 0:
		return fmt.Errorf("%w: no digits", ErrDescriptor)
	}
	return nil
}

func (d DigitEvent) encode(w *tlv.Writer) {
	v := tlv.NewWriter(16 + len(d.Unit))
	v.U16(d.Base)
	v.Bool(d.Signed)
	v.String(d.Unit)
	v.I32(d.Precision)
	v.U16(d.Digits)
	w.Record(typeDigits, v.Bytes())
}

func (EnumEvent) nonces() int { return 1 }

func (d EnumEvent) has(i int, outcome string) bool {
	if i != 0 {
		return false
	}
	for _, o := range d.Outcomes {
		if o == outcome {
			return true
		}
	}
	return false
}

func (d EnumEvent) check() error {
	if len(d.Outcomes) == 0 {
		return fmt.Errorf("%w: no outcomes", ErrDescriptor)
	}
	seen := make(map[string]bool, len(d.Outcomes))
	for _, o := range d.Outcomes {
		if seen[o] {
			return fmt.Errorf("%w: outcome listed twice", ErrDescriptor)
		}
		seen[o] = true
	}
	return nil
}

func (d EnumEvent) encode(w *tlv.Writer) {
	v := tlv.NewWriter(64)
	v.U16(uint16(len(d.Outcomes))) //nolint:gosec // G115: MaxAnnouncement bytes hold fewer than 2^16 outcomes
	for _, o := range d.Outcomes {
		v.String(o)
	}
	w.Record(typeEnum, v.Bytes())
}

// check fails with ErrDescriptor or ErrNonceCount if the event contradicts
// itself.
func (e Event) check() error {
	if e.Descriptor == nil {
		return fmt.Errorf("%w: none", ErrDescriptor)
	}
	if err := e.Descriptor.check(); err != nil {
		return err
	}
	if n := e.Descriptor.nonces(); len(e.Nonces) != n {
		return fmt.Errorf("%w: %d instead of %d", ErrNonceCount, len(e.Nonces), n)
	}
	return nil
}

// Encode returns the event as TLV, with its header: the bytes that D2 signs. An
// event with strings that are not NFC, or beyond the limits, does not decode.
func (e Event) Encode() []byte {
	w := tlv.NewWriter(128 + 32*len(e.Nonces))
	w.Record(typeEvent, e.body())
	return w.Bytes()
}

// body returns the event without its TLV header: the bytes that D1 signs.
func (e Event) body() []byte {
	w := tlv.NewWriter(128 + 32*len(e.Nonces))
	w.U16(uint16(len(e.Nonces))) //nolint:gosec // G115: MaxAnnouncement bytes hold fewer than 2^16 nonces
	for i := range e.Nonces {
		w.Raw(e.Nonces[i][:])
	}
	w.U32(e.Maturity)
	if e.Descriptor != nil {
		e.Descriptor.encode(w)
	}
	w.String(e.ID)
	return w.Bytes()
}

// DecodeEvent reads an event TLV and nothing after it. It fails with the errors
// of internal/tlv, naming the field. What it accepts, Encode writes back bit for
// bit.
func DecodeEvent(b []byte) (Event, error) {
	if len(b) > MaxAnnouncement {
		return Event{}, tlv.Field("event", tlv.ErrTooLong)
	}
	r := tlv.NewReader(b)
	e, err := readEvent(r)
	if err != nil {
		return Event{}, err
	}
	return e, tlv.Field("event", r.Done())
}

func readEvent(outer *tlv.Reader) (e Event, err error) {
	r, err := outer.Record(typeEvent, MaxAnnouncement)
	if err != nil {
		return e, tlv.Field("event", err)
	}
	n, err := r.U16()
	if err != nil {
		return e, tlv.Field("nonces", err)
	}
	if int(n)*32 > r.Len() {
		return e, tlv.Field("nonces", tlv.ErrTruncated)
	}
	e.Nonces = make([][32]byte, n)
	for i := range e.Nonces {
		if err := r.Fill(e.Nonces[i][:]); err != nil {
			return e, tlv.Field("nonces", err)
		}
	}
	if e.Maturity, err = r.U32(); err != nil {
		return e, tlv.Field("maturity", err)
	}
	if e.Descriptor, err = readDescriptor(r); err != nil {
		return e, tlv.Field("descriptor", err)
	}
	if e.ID, err = r.String(MaxAnnouncement); err != nil {
		return e, tlv.Field("event id", err)
	}
	return e, tlv.Field("event", r.Done())
}

func readDescriptor(outer *tlv.Reader) (Descriptor, error) {
	kind, err := outer.BigSize()
	if err != nil {
		return nil, err
	}
	r, err := outer.Sub(MaxAnnouncement)
	if err != nil {
		return nil, err
	}
	switch kind {
	case typeDigits:
		return readDigits(r)
	case typeEnum:
		return readEnum(r)
	default:
		return nil, tlv.ErrType
	}
}

func readDigits(r *tlv.Reader) (d DigitEvent, err error) {
	if d.Base, err = r.U16(); err != nil {
		return d, tlv.Field("base", err)
	}
	if d.Signed, err = r.Bool(); err != nil {
		return d, tlv.Field("is_signed", err)
	}
	if d.Unit, err = r.String(MaxAnnouncement); err != nil {
		return d, tlv.Field("unit", err)
	}
	if d.Precision, err = r.I32(); err != nil {
		return d, tlv.Field("precision", err)
	}
	if d.Digits, err = r.U16(); err != nil {
		return d, tlv.Field("nb_digits", err)
	}
	return d, r.Done()
}

func readEnum(r *tlv.Reader) (d EnumEvent, err error) {
	n, err := r.U16()
	if err != nil {
		return d, tlv.Field("outcomes", err)
	}
	if d.Outcomes, err = readStrings(r, int(n)); err != nil {
		return d, tlv.Field("outcomes", err)
	}
	return d, r.Done()
}

// readStrings reads n strings; each takes at least one byte.
func readStrings(r *tlv.Reader, n int) ([]string, error) {
	if n > r.Len() {
		return nil, tlv.ErrTruncated
	}
	list := make([]string, n)
	for i := range list {
		s, err := r.String(MaxAnnouncement)
		if err != nil {
			return nil, err
		}
		list[i] = s
	}
	return list, nil
}

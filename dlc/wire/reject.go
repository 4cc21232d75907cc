package wire

import (
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// RejectCode is the reason that a reject gives. The set is closed.
type RejectCode uint16

// The reject codes of PROTOCOL.md section 9.
const (
	RejectMalformed RejectCode = iota + 1
	RejectUnsupported
	RejectWrongChain
	RejectUnknownContract
	RejectConflict
	RejectOutOfOrder
	RejectExpired
	RejectLimit
	RejectRateLimited
	RejectBadTerms
	RejectDeclined
	RejectInfoMismatch
	RejectQuoteMismatch
	RejectBadOracle
	RejectOracleDeclined
	RejectEventPast
	RejectBadKeys
	RejectBadLocktime
	RejectBadFee
	RejectBadCollateral
	RejectBadScript
	RejectBadInput
	RejectBadSerial
	RejectBadRefundSig
	RejectBadCETSig
	RejectBadWitness
	RejectBadClose
	RejectBadPartial
	RejectUnavailable
	RejectInternal
)

var codeNames = [...]string{
	RejectMalformed:       "malformed",
	RejectUnsupported:     "unsupported",
	RejectWrongChain:      "wrong_chain",
	RejectUnknownContract: "unknown_contract",
	RejectConflict:        "conflict",
	RejectOutOfOrder:      "out_of_order",
	RejectExpired:         "expired",
	RejectLimit:           "limit",
	RejectRateLimited:     "rate_limited",
	RejectBadTerms:        "bad_terms",
	RejectDeclined:        "declined",
	RejectInfoMismatch:    "info_mismatch",
	RejectQuoteMismatch:   "quote_mismatch",
	RejectBadOracle:       "bad_oracle",
	RejectOracleDeclined:  "oracle_declined",
	RejectEventPast:       "event_past",
	RejectBadKeys:         "bad_keys",
	RejectBadLocktime:     "bad_locktime",
	RejectBadFee:          "bad_fee",
	RejectBadCollateral:   "bad_collateral",
	RejectBadScript:       "bad_script",
	RejectBadInput:        "bad_input",
	RejectBadSerial:       "bad_serial",
	RejectBadRefundSig:    "bad_refund_sig",
	RejectBadCETSig:       "bad_cet_sig",
	RejectBadWitness:      "bad_witness",
	RejectBadClose:        "bad_close",
	RejectBadPartial:      "bad_partial",
	RejectUnavailable:     "unavailable",
	RejectInternal:        "internal",
}

// String returns the code's name in PROTOCOL.md, or "code N".
func (c RejectCode) String() string {
	if c.Valid() {
		return codeNames[c]
	}
	return fmt.Sprintf("code %d", uint16(c))
}

// Valid says whether c belongs to the closed set.
func (c RejectCode) Valid() bool { return c >= RejectMalformed && c <= RejectInternal }

// Errors of this package beside those of internal/tlv.
var (
	// ErrUnknownEven: a message has an even type that nobody defined, which
	// must not be ignored.
	ErrUnknownEven = errors.New("unknown message of even type")
	// ErrNotCanonical: a field has a value that is encoded another way, or that
	// the protocol does not define.
	ErrNotCanonical = errors.New("value is not allowed")
	// ErrOutOfRange: a number is outside the limits of PROTOCOL.md section 1.
	ErrOutOfRange = errors.New("outside the limits")
	// ErrRepeated: numbers that must differ are equal.
	ErrRepeated = errors.New("values that must differ are equal")
	// ErrBadPoint: 33 bytes are not a compressed point of the curve.
	ErrBadPoint = errors.New("not a point of the curve")
	// ErrBadScalar: 32 bytes are no scalar below the group order.
	ErrBadScalar = errors.New("not below the group order")
)

// RejectError refuses a peer's message for the reason that the peer is told.
// dlc/wire returns it from Decode and Check; other packages may use it for
// refusals of their own.
type RejectError struct {
	// Code is what the peer is told.
	Code RejectCode
	// Field is the field at fault, for our log.
	Field string
	// Err says what is wrong with it.
	Err error
}

// Error returns field, fault and code.
func (e *RejectError) Error() string {
	return fmt.Sprintf("%s: %v (%s)", e.Field, e.Err, e.Code)
}

// Unwrap returns Err.
func (e *RejectError) Unwrap() error { return e.Err }

func refuse(code RejectCode, field string, err error) *RejectError {
	return &RejectError{Code: code, Field: field, Err: err}
}

// CodeOf returns the reject code for an error of dlc/wire, dlc/order,
// dlc/payout or internal/tlv: that of a RejectError if there is one, limit for
// what is too long or too many, unsupported for an unknown even record, the codes
// that dlc/order names, bad_terms for payout.ErrTerms, and malformed for every
// other error. It must not be asked about errors of our own making, whose code is
// internal.
func CodeOf(err error) RejectCode {
	if rejected, ok := errors.AsType[*RejectError](err); ok {
		return rejected.Code
	}
	for _, c := range []struct {
		is   error
		code RejectCode
	}{
		{tlv.ErrTooLong, RejectLimit},
		{ErrBudget, RejectLimit},
		{tlv.ErrUnsupported, RejectUnsupported},
		{order.ErrTooLong, RejectLimit},
		{order.ErrExpired, RejectExpired},
		{order.ErrUnavailable, RejectUnavailable},
		{order.ErrQuoteMismatch, RejectQuoteMismatch},
		{order.ErrBadTerms, RejectBadTerms},
		{order.ErrMalformed, RejectMalformed},
		{payout.ErrTerms, RejectBadTerms},
	} {
		if errors.Is(err, c.is) {
			return c.code
		}
	}
	return RejectMalformed
}

// Closes says whether an error of Decode or of a Reassembler ends the
// connection: an encoding error, an even unknown type, or a breach of the rules
// of segmentation. Other refusals are answered with a reject.
func Closes(err error) bool {
	return CodeOf(err) == RejectMalformed || errors.Is(err, ErrUnknownEven) ||
		errors.Is(err, ErrSegment) || errors.Is(err, ErrBudget)
}

// Refusal returns the reject that answers message, which err refused. It
// reports false if nothing may be answered: to a reject, and to bytes too short
// to have a type. A message without an id of its own is named by zeros.
func Refusal(message []byte, err error) (*Reject, bool) {
	if len(message) < 2 {
		return nil, false
	}
	head, headErr := HeadOf(message)
	if head.Type == TypeReject {
		return nil, false
	}
	if headErr != nil {
		head.ID = [32]byte{}
	}
	return &Reject{ID: head.ID, Refused: head.Type, Code: CodeOf(err)}, true
}

// Reject refuses a message. It is never answered.
type Reject struct {
	// ID is the temp_id, contract_id, request_id or record id that the refused
	// message named, or zeros.
	ID [32]byte
	// Refused is the type of the refused message.
	Refused Type
	// Code is the reason.
	Code RejectCode
	// Detail is for the receiver's log only, at most MaxDetail bytes. It is
	// foreign text: print it quoted.
	Detail []byte
	// Extra holds unknown odd records, ascending by type.
	Extra []tlv.Record
}

// Type returns TypeReject.
func (m *Reject) Type() Type { return TypeReject }

// Encode returns the whole message.
func (m *Reject) Encode() []byte {
	w := begin(TypeReject, 32+2+2+3+len(m.Detail))
	w.Raw(m.ID[:])
	w.U16(uint16(m.Refused))
	w.U16(uint16(m.Code))
	w.VarBytes(m.Detail)
	w.Stream(m.Extra)
	return w.Bytes()
}

func (m *Reject) isMessage() {}

func decodeReject(d *decoder) Message {
	m := &Reject{}
	d.fill("id", m.ID[:])
	m.Refused = Type(d.u16("type"))
	m.Code = RejectCode(d.u16("code"))
	if d.err == nil && !m.Code.Valid() {
		d.fail("code", fmt.Errorf("%d: %w", uint16(m.Code), ErrNotCanonical))
	}
	m.Detail = d.bytes("detail", MaxDetail)
	m.Extra = d.extra()
	return m
}

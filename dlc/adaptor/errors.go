package adaptor

import (
	"errors"
	"fmt"
)

// Errors of this package. Those about one signature of a list are wrapped in a
// SlotError.
var (
	// ErrSecret: a secret key is zero.
	ErrSecret = errors.New("secret key is zero")
	// ErrKey: a public key is not the x coordinate of a point.
	ErrKey = errors.New("public key is not the x coordinate of a point")
	// ErrPoint: bytes are not a point in compressed form.
	ErrPoint = errors.New("not a compressed point")
	// ErrNonce: the nonce is zero or cancels the adaptor point. Its probability is
	// negligible; another aux gives another nonce.
	ErrNonce = errors.New("nonce is not usable")
	// ErrEncoding: a signature is not canonical: its first byte is neither 02 nor
	// 03, x(R) is not on the curve, s' is not below n, or it is not 65 bytes long.
	ErrEncoding = errors.New("adaptor signature is not canonical")
	// ErrBadAdaptorSig: an adaptor signature does not verify.
	ErrBadAdaptorSig = errors.New("adaptor signature does not verify")
	// ErrBadSignature: a completed signature fails BIP340: the secret, or the
	// adaptor signature, was wrong.
	ErrBadSignature = errors.New("completed signature does not verify")
	// ErrOtherNonce: a signature was not completed from this adaptor signature.
	ErrOtherNonce = errors.New("signature has another nonce")
	// ErrWrongSecret: an extracted secret is not that of the adaptor point.
	ErrWrongSecret = errors.New("extracted secret does not open the adaptor point")
	// ErrPointInfinity: the adaptor point of a slot is infinity (reject code
	// bad_oracle).
	ErrPointInfinity = errors.New("adaptor point is infinity")
	// ErrPointRepeated: two slots have adaptor points with one x coordinate (reject
	// code bad_oracle).
	ErrPointRepeated = errors.New("two slots share an adaptor point")
	// ErrSlot: a slot names a combination or prefix that the oracles do not have.
	ErrSlot = errors.New("slot does not fit the oracles")
	// ErrCount: numbers of slots, points, messages and signatures differ.
	ErrCount = errors.New("list has another number of entries")
	// ErrLength: the bytes of a list are not as many as its count says.
	ErrLength = errors.New("list has the wrong length")
	// ErrSpareBits: bits after the last parity bit of a list are not 0.
	ErrSpareBits = errors.New("spare parity bits are set")
	// ErrRandom: the source of randomness failed. Nothing was checked.
	ErrRandom = errors.New("no randomness")
	// ErrAttestation: an attestation that a slot's secret needs is missing, or
	// attests another outcome.
	ErrAttestation = errors.New("attestations do not open the slot")
)

// A SlotError says which slot of a list is at fault.
type SlotError struct {
	// Slot is the number of the slot, from 0.
	Slot int
	// Err is what is wrong with it.
	Err error
}

// Error implements error.
func (e *SlotError) Error() string { return fmt.Sprintf("slot %d: %v", e.Slot, e.Err) }

// Unwrap returns Err.
func (e *SlotError) Unwrap() error { return e.Err }

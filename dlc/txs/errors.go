package txs

import "errors"

// The ways in which an agreement, a transaction or a signature can be wrong.
// Each answers to one reject code of PROTOCOL.md 9, which its comment names.
var (
	// ErrKeys is returned for points that are not on the curve and for keys whose
	// x coordinates are not distinct (bad_keys).
	ErrKeys = errors.New("bad keys")
	// ErrLocktime is returned for locktimes outside their limits (bad_locktime).
	ErrLocktime = errors.New("bad locktime")
	// ErrFeeRate is returned for fee rates outside their limits (bad_fee).
	ErrFeeRate = errors.New("bad fee rate")
	// ErrCollateral is returned for collaterals or payouts outside their limits
	// (bad_collateral).
	ErrCollateral = errors.New("bad collateral")
	// ErrScript is returned for payout and change scripts that are not of one of
	// the five forms, and for equal payout scripts (bad_script).
	ErrScript = errors.New("bad script")
	// ErrInput is returned for funding inputs that cannot be used and for inputs
	// that do not suffice (bad_input).
	ErrInput = errors.New("bad input")
	// ErrSerial is returned for serial ids that are not distinct (bad_serial).
	ErrSerial = errors.New("bad serial")
	// ErrRefundSig is returned for a refund signature that does not verify
	// (bad_refund_sig).
	ErrRefundSig = errors.New("bad refund signature")
	// ErrCETSig is returned for a completed signature on a CET that does not
	// verify (bad_cet_sig).
	ErrCETSig = errors.New("bad cet signature")
	// ErrWitness is returned for a witness that is not of the form its input
	// demands, or that the script interpreter refuses (bad_witness).
	ErrWitness = errors.New("bad witness")
	// ErrClose is returned for a cooperative close that cannot be built
	// (bad_close).
	ErrClose = errors.New("bad close")
	// ErrPartial is returned for a public nonce or a partial signature that is
	// not valid (bad_partial).
	ErrPartial = errors.New("bad partial signature")
)

// Errors about the node's own side, which no peer is told.
var (
	// ErrRole is returned for a value that is neither Offerer nor Accepter.
	ErrRole = errors.New("no such role")
	// ErrNonceUsed is returned when a secret nonce is asked to sign again.
	ErrNonceUsed = errors.New("secret nonce was used")
	// ErrNonceForeign is returned when a secret nonce is asked to sign in a session
	// that was not made with its public nonce.
	ErrNonceForeign = errors.New("secret nonce of another session")
	// ErrRandomness is returned when randomness is missing or was used.
	ErrRandomness = errors.New("no randomness")
	// ErrSecretKey is returned when a secret key is not the one of the party that
	// signs.
	ErrSecretKey = errors.New("secret key of another party")
	// ErrUneconomic is returned when a party's inputs cannot pay for a
	// cancellation at a higher fee rate than that of the funding transaction.
	ErrUneconomic = errors.New("inputs do not pay for a cancellation")
)

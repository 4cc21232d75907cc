package attest

import "errors"

// Classes of refusal of an announcement set. Every error of CheckSet,
// CheckAllowed and CheckOpen is one of them, so that a caller can pick the reject
// code; each wraps a reason of the second group where there is one.
var (
	// ErrBadOracle: the announcements are not those the terms name, or not valid
	// (reject code bad_oracle).
	ErrBadOracle = errors.New("announcements not acceptable")
	// ErrOracleDeclined: an oracle is not on the node's own list (reject code
	// oracle_declined).
	ErrOracleDeclined = errors.New("oracle not on the allow-list")
	// ErrEventPast: the event is attested, or too near its maturity (reject code
	// event_past).
	ErrEventPast = errors.New("event attested or too near maturity")
)

// Reasons for which messages and sets of messages are refused.
var (
	// ErrSignature: a BIP340 signature does not verify, under any dialect.
	ErrSignature = errors.New("signature does not verify")
	// ErrAmbiguous: an announcement verifies under both dialects.
	ErrAmbiguous = errors.New("signature verifies under both dialects")
	// ErrDialect: the dialect is not one of D1 and D2, or not the one required.
	ErrDialect = errors.New("wrong oracle dialect")
	// ErrPoint: 32 bytes are not the x coordinate of a point of the curve.
	ErrPoint = errors.New("not the x coordinate of a point")
	// ErrNonceCount: an event has not one nonce for each value it will sign.
	ErrNonceCount = errors.New("number of nonces differs from the number of digits")
	// ErrNonceRepeated: a nonce occurs twice, in a set or in two events of a key.
	ErrNonceRepeated = errors.New("nonce used twice")
	// ErrTwoEvents: one key announced two different events under one id. It is an
	// alarm: the oracle is faulty or its key is stolen.
	ErrTwoEvents = errors.New("two events under one id and key")
	// ErrDescriptor: the descriptor is out of range or not the one required.
	ErrDescriptor = errors.New("event descriptor")
	// ErrEventID: the event id is not the one required.
	ErrEventID = errors.New("event id")
	// ErrKey: the oracle key is not the one required, or keys do not ascend.
	ErrKey = errors.New("oracle key")
	// ErrMaturity: announcements of one set differ in maturity.
	ErrMaturity = errors.New("maturities differ")
	// ErrThreshold: not 1 <= t <= n <= MaxOracles.
	ErrThreshold = errors.New("number of oracles or threshold")
	// ErrWeight: the weight of an oracle is zero, which no honest set gives.
	ErrWeight = errors.New("oracle weight is zero")
	// ErrOutcomes: an attestation has not one outcome for each nonce, or an
	// outcome the event does not have.
	ErrOutcomes = errors.New("outcomes do not fit the event")
	// ErrNonce: a signature does not begin with the announced nonce.
	ErrNonce = errors.New("signature made with another nonce")
	// ErrEvidence: what claims to be evidence proves nothing.
	ErrEvidence = errors.New("evidence proves nothing")
)

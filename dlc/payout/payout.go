// Package payout says what a contract pays: the instruments of the product,
// the terms that two parties agree on, and the payout functions of dlcspecs, each
// a function from the attested outcome to satoshi.
//
// It is integers and exact rationals only, without time, randomness or I/O; it
// knows neither oracles nor transactions. Its invariant: for every outcome that
// the event's digits can write, what the long side gets and what the short side
// gets are at least zero and add up to the collateral. The outcome is rounded, to
// the middle of its bucket, and never the payout, which is floored once.
//
// Terms implements PROTOCOL.md section 5 and PRODUCT.md sections 3.1 to 3.3;
// Function implements PayoutCurve and NumericOutcomeCompression of dlcspecs, so
// that foreign descriptors can be evaluated. Nothing here is secret. All types
// are values or immutable and safe for concurrent use, once made.
package payout

import (
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// Limits of PROTOCOL.md section 1.
const (
	// MinCollateral and MaxCollateral bound M, in satoshi.
	MinCollateral = 100_000
	MaxCollateral = 2_100_000_000_000_000
	// MinLock is the least that each party locks, in satoshi.
	MinLock = 1_000
	// MaxDigits is the most digits a contract's event may have.
	MaxDigits = 32
	// MaxBucket is the largest bucket exponent.
	MaxBucket = 16
	// MaxDays is the longest window, in days.
	MaxDays = 3_660
	// MaxSlots is the most adaptor signatures in a list, whatever a peer allows.
	MaxSlots = 20_000
)

// Errors of this package. Everything that is wrong with terms is ErrTerms and
// one of the others below it.
var (
	// ErrTerms: the terms are refused (reject code bad_terms).
	ErrTerms = errors.New("bad terms")
	// ErrRecord: a record is unknown, missing, not allowed here, or not of its length.
	ErrRecord = errors.New("wrong record")
	// ErrInstrument: the instrument number is unknown.
	ErrInstrument = errors.New("unknown instrument")
	// ErrIndex: the index is not <id>/<leg>, or the event is not that of the end day.
	ErrIndex = errors.New("wrong index or event")
	// ErrWindow: the days are out of order or too many.
	ErrWindow = errors.New("wrong window of days")
	// ErrDigits: the digits or the bucket exponent are out of range.
	ErrDigits = errors.New("digits or bucket out of range")
	// ErrStrikes: the notional is zero or the strikes do not fit the instrument.
	ErrStrikes = errors.New("wrong notional or strikes")
	// ErrPremium: a premium that the instrument does not allow.
	ErrPremium = errors.New("premium not allowed")
	// ErrOracles: threshold or oracle keys out of range or order.
	ErrOracles = errors.New("wrong oracles or threshold")
	// ErrOverflow: an amount exceeds the 62 bits that amounts may have.
	ErrOverflow = errors.New("amount out of range")
	// ErrCollateral: collateral or a party's lock out of range.
	ErrCollateral = errors.New("collateral out of range")
	// ErrReach: the digits cannot write the outcome at the highest strike.
	ErrReach = errors.New("digits do not reach the highest strike")
	// ErrFlat: every outcome pays the same.
	ErrFlat = errors.New("one payout for every outcome")
	// ErrTooMany: more slots, runs or pieces than the limit.
	ErrTooMany = errors.New("above the limit")
	// ErrCurve: a payout function is malformed, or not defined somewhere.
	ErrCurve = errors.New("bad payout function")
	// ErrOutcome: an outcome is outside the domain.
	ErrOutcome = errors.New("outcome outside the domain")
)

// Run is a maximal closed interval of outcomes of equal payout to the long side.
type Run = digits.Run

// Instrument is a product, by its number in terms and messages.
type Instrument uint8

// The instruments of PROTOCOL.md section 5.
const (
	// SwapM is the margin swap: a forward between floor and cap, each side
	// locking its own margin.
	SwapM Instrument = 1
	// SwapP is the prepaid capped swap: a margin swap with floor 0.
	SwapP Instrument = 2
	// Call pays the long what the window exceeds K, up to C.
	Call Instrument = 3
	// Put pays the long what the window falls short of K, down to F.
	Put Instrument = 4
	// Collar is a put bought and a call sold; the long gains when hashprice falls.
	Collar Instrument = 5
	// Conv is the principal-protected note: a face value and a call.
	Conv Instrument = 6
)

// Instruments lists all instruments, ascending.
func Instruments() []Instrument { return []Instrument{SwapM, SwapP, Call, Put, Collar, Conv} }

// String returns the name that orders use: SWAP_M, SWAP_P, CALL, PUT, COLLAR, CONV.
func (i Instrument) String() string {
	switch i {
	case SwapM:
		return "SWAP_M"
	case SwapP:
		return "SWAP_P"
	case Call:
		return "CALL"
	case Put:
		return "PUT"
	case Collar:
		return "COLLAR"
	case Conv:
		return "CONV"
	default:
		return fmt.Sprintf("Instrument(%d)", uint8(i))
	}
}

// ParseInstrument is the inverse of String. It fails with ErrInstrument.
func ParseInstrument(name string) (Instrument, error) {
	for _, i := range Instruments() {
		if i.String() == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q: %w", name, ErrInstrument)
}

// HasPremium says whether terms of the instrument carry a premium.
func (i Instrument) HasPremium() bool { return i != SwapM && i != SwapP }

// Rises says whether the long side gains when the outcome rises. It loses then
// with a put or a collar, which protect a miner's revenue.
func (i Instrument) Rises() bool { return i != Put && i != Collar }

// Side is a side of a contract, independent of who offered it.
type Side uint8

// The sides, by their numbers in terms.
const (
	Long  Side = 0
	Short Side = 1
)

// String returns "long" or "short".
func (s Side) String() string {
	switch s {
	case Long:
		return "long"
	case Short:
		return "short"
	default:
		return fmt.Sprintf("Side(%d)", uint8(s))
	}
}

// Other returns the opposite side.
func (s Side) Other() Side {
	if s == Long {
		return Short
	}
	return Long
}

// refuse wraps kind as a refusal of terms that says what was found.
func refuse(kind error, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %w", ErrTerms, fmt.Sprintf(format, args...), kind)
}

package payout

import (
	"bytes"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// Terms are what two parties agree on, apart from who they are and how they fund
// it: every record of PROTOCOL.md section 5. Prices are satoshi per PH/s (of the
// index unit) and day. Validate says whether terms may be used; the other methods
// are meant for terms that it accepts, which those of DecodeTerms are.
type Terms struct {
	Instrument Instrument
	// Index is <id>/<leg>, for example hp1/tot.
	Index string
	// Event is the event whose attestation settles: <id>/cum/<EndDay>/<leg>.
	Event string
	// StartDay and EndDay are the first and last day counted (Unix days).
	StartDay uint32
	EndDay   uint32
	// Base is c0: the counter before StartDay, which the outcome's is counted from.
	Base uint64
	// Digits is D, the number of binary digits that the oracles sign.
	Digits uint8
	// Bucket is j: outcomes settle in buckets of 2^j.
	Bucket uint8
	// Notional is H, in TH/s (thousandths of the index unit).
	Notional uint32
	// K is the strike or swap rate, F the floor, C the cap; those that the
	// instrument does not use are 0.
	K, F, C uint64
	// K2 is the second strike, of a collar only.
	K2 uint64
	// FaceValue is fv, satoshi per PH/s, of a note only.
	FaceValue uint64
	// Premium is the satoshi per PH/s that the long pays for the whole window,
	// inside the collateral. Only a collar's may be negative; swaps have none.
	Premium int64
	// Offerer is the side of the party that offers.
	Offerer Side
	// Threshold is how many oracles must agree.
	Threshold uint16
	// Oracles are x-only keys, strictly ascending.
	Oracles [][32]byte
}

// EventID returns the event that settles a contract on the index (<id>/<leg>)
// whose last day is endDay. It fails with ErrIndex if the index has another form.
func EventID(index string, endDay uint32) (string, error) {
	id, leg, ok := strings.Cut(index, "/")
	if !ok || !isName(id) || !isName(leg) {
		return "", fmt.Errorf("index %q: %w", index, ErrIndex)
	}
	return id + "/cum/" + strconv.FormatUint(uint64(endDay), 10) + "/" + leg, nil
}

// isName says whether s can name an index or a leg (PRODUCT.md section 2.9).
func isName(s string) bool {
	const longest = 32
	if len(s) == 0 || len(s) > longest {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Days returns N, the number of days counted.
func (t Terms) Days() uint64 { return uint64(t.EndDay) - uint64(t.StartDay) + 1 }

// Strikes returns lo and hi, the lowest and highest strike between which the
// payoff changes, per day.
func (t Terms) Strikes() (lo, hi uint64) {
	switch t.Instrument {
	case SwapM, Collar:
		return t.F, t.C
	case SwapP:
		return 0, t.C
	case Call, Conv:
		return t.K, t.C
	case Put:
		return t.F, t.K
	default:
		return 0, 0
	}
}

// Validate checks everything that terms must satisfy by themselves: forms,
// ranges, the order of strikes, that no amount overflows, the limits on the
// collateral and on both locks, that the digits reach the highest strike, and
// that there is more than one payout. It takes constant time and memory. It fails
// with ErrTerms and the error that says why. Base must also be compared with
// the index, and CheckBound called before Runs.
func (t Terms) Validate() error {
	for _, check := range []func() error{
		t.checkForm, t.checkStrikes, t.checkPremium, t.checkOracles, t.checkAmounts, t.checkCollateral, t.checkPayouts,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (t Terms) checkForm() error {
	event, err := EventID(t.Index, t.EndDay)
	switch {
	case t.Instrument < SwapM || t.Instrument > Conv:
		return refuse(ErrInstrument, "instrument %d", t.Instrument)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrTerms, err)
	case t.Event != event:
		return refuse(ErrIndex, "event %q, not %q", t.Event, event)
	case t.EndDay < t.StartDay || t.Days() > MaxDays:
		return refuse(ErrWindow, "days %d to %d", t.StartDay, t.EndDay)
	case t.Digits < 1 || t.Digits > MaxDigits:
		return refuse(ErrDigits, "%d digits", t.Digits)
	case t.Bucket > MaxBucket || t.Bucket >= t.Digits:
		return refuse(ErrDigits, "bucket exponent %d of %d digits", t.Bucket, t.Digits)
	case t.Notional < 1:
		return refuse(ErrStrikes, "notional 0")
	case t.Offerer != Long && t.Offerer != Short:
		return refuse(ErrRecord, "offerer's side %d", t.Offerer)
	default:
		return nil
	}
}

func (t Terms) checkStrikes() error {
	ok := true
	switch t.Instrument {
	case SwapM:
		ok = t.F <= t.K && t.K <= t.C
	case SwapP:
		ok = t.F == 0 && t.K <= t.C
	case Call, Conv:
		ok = t.F == 0 && t.K < t.C
	case Put:
		ok = t.C == 0 && t.F < t.K
	case Collar:
		ok = t.F <= t.K && t.K <= t.K2 && t.K2 <= t.C
	}
	if !ok || (t.Instrument != Collar && t.K2 != 0) || (t.Instrument != Conv && t.FaceValue != 0) {
		return refuse(ErrStrikes, "%s K %d F %d C %d K2 %d fv %d", t.Instrument, t.K, t.F, t.C, t.K2, t.FaceValue)
	}
	return nil
}

func (t Terms) checkPremium() error {
	if (!t.Instrument.HasPremium() && t.Premium != 0) || (t.Instrument != Collar && t.Premium < 0) {
		return refuse(ErrPremium, "%s with %d", t.Instrument, t.Premium)
	}
	return nil
}

func (t Terms) checkOracles() error {
	if _, err := digits.Binomial(len(t.Oracles), int(t.Threshold)); err != nil {
		return refuse(ErrOracles, "%d of %d", t.Threshold, len(t.Oracles))
	}
	for i := 1; i < len(t.Oracles); i++ {
		if bytes.Compare(t.Oracles[i-1][:], t.Oracles[i][:]) >= 0 {
			return refuse(ErrOracles, "key %d is not above key %d", i, i-1)
		}
	}
	return nil
}

// amountLimit is what H times a price must stay below.
const amountLimit = 1 << 62

// checkAmounts makes sure that no later sum or product overflows. All strikes
// are at most hi.
func (t Terms) checkAmounts() error {
	_, hi := t.Strikes()
	high, total := bits.Mul64(hi, t.Days())
	if high != 0 || !fits(t.Notional, total) || !fits(t.Notional, t.FaceValue) || !fits(t.Notional, magnitude(t.Premium)) {
		return refuse(ErrOverflow, "notional %d, highest strike %d, fv %d, premium %d", t.Notional, hi, t.FaceValue, t.Premium)
	}
	sum, carry := bits.Add64(t.Base, total, 0)
	if carry != 0 || sum > t.largest() {
		return refuse(ErrReach, "%d + %d in %d digits", t.Base, total, t.Digits)
	}
	return nil
}

func fits(notional uint32, v uint64) bool {
	high, low := bits.Mul64(uint64(notional), v)
	return high == 0 && low < amountLimit
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v) //nolint:gosec // G115: the magnitude, of MinInt64 too
	}
	return uint64(v)
}

// largest returns the largest outcome, 2^D - 1.
func (t Terms) largest() uint64 { return uint64(1)<<t.Digits - 1 }

func (t Terms) checkCollateral() error {
	total := t.M()
	if total < MinCollateral || total > MaxCollateral {
		return refuse(ErrCollateral, "collateral %d", total)
	}
	long, negative := t.longLock()
	if negative || long < MinLock || long > total || total-long < MinLock {
		return refuse(ErrCollateral, "long locks %d of %d (negative: %t)", long, total, negative)
	}
	return nil
}

// checkPayouts: payoffs are monotone, so equal ends mean one payout.
func (t Terms) checkPayouts() error {
	if y := t.Settled(0); y == t.Settled(t.largest()) {
		return refuse(ErrFlat, "every outcome pays %d", y)
	}
	return nil
}

// M returns the total collateral in satoshi.
func (t Terms) M() uint64 {
	n := t.Days()
	switch t.Instrument {
	case SwapM:
		return val(t.Notional, (t.C-t.F)*n)
	case SwapP:
		return val(t.Notional, t.C*n)
	case Call:
		return val(t.Notional, (t.C-t.K)*n)
	case Put:
		return val(t.Notional, (t.K-t.F)*n)
	case Collar:
		return val(t.Notional, (t.K-t.F)*n) + val(t.Notional, (t.C-t.K2)*n)
	case Conv:
		return val(t.Notional, t.FaceValue) + val(t.Notional, (t.C-t.K)*n)
	default:
		return 0
	}
}

// LongLock returns what the long side locks, in satoshi.
func (t Terms) LongLock() uint64 {
	lock, _ := t.longLock()
	return lock
}

// ShortLock returns what the short side locks, in satoshi: the rest of M.
func (t Terms) ShortLock() uint64 { return t.M() - t.LongLock() }

// Lock returns what the side locks, in satoshi.
func (t Terms) Lock(side Side) uint64 {
	if side == Long {
		return t.LongLock()
	}
	return t.ShortLock()
}

// longLock returns the lock's magnitude and whether it is below zero, which only
// a negative premium can bring about.
func (t Terms) longLock() (lock uint64, negative bool) {
	n := t.Days()
	premium := val(t.Notional, magnitude(t.Premium))
	switch t.Instrument {
	case SwapM:
		return val(t.Notional, (t.K-t.F)*n), false
	case SwapP:
		return val(t.Notional, t.K*n), false
	case Collar:
		b := val(t.Notional, (t.C-t.K2)*n)
		switch {
		case t.Premium >= 0:
			return b + premium, false
		case premium > b:
			return premium - b, true
		default:
			return b - premium, false
		}
	case Call, Put, Conv:
		return premium, false
	default:
		return 0, false
	}
}

// Position returns the payoff of the long side as a sum of legs.
func (t Terms) Position() Position {
	return Position{notional: t.Notional, collateral: t.M(), legs: t.legs()}
}

func (t Terms) legs() []Leg {
	n := t.Days()
	switch t.Instrument {
	case SwapM:
		return []Leg{{Kind: LegForward, Strike: t.F * n, Bound: t.C * n}}
	case SwapP:
		return []Leg{{Kind: LegForward, Bound: t.C * n}}
	case Call:
		return []Leg{{Kind: LegCall, Strike: t.K * n, Bound: t.C * n}}
	case Put:
		return []Leg{{Kind: LegPut, Strike: t.K * n, Bound: t.F * n}}
	case Collar:
		return []Leg{
			{Kind: LegConstant, Strike: (t.C - t.K2) * n},
			{Kind: LegPut, Strike: t.K * n, Bound: t.F * n},
			{Kind: LegCall, Sold: true, Strike: t.K2 * n, Bound: t.C * n},
		}
	case Conv:
		return []Leg{{Kind: LegConstant, Strike: t.FaceValue}, {Kind: LegCall, Strike: t.K * n, Bound: t.C * n}}
	default:
		return nil
	}
}

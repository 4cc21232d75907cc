package payout

import (
	"fmt"
	"slices"
)

// Description says what a contract pays without naming a product: the long's
// legs, the collateral and who locks what. A reader need not know the
// instruments to check it, and Terms gives back the terms it came from.
type Description struct {
	Index, Event     string
	StartDay, EndDay uint32
	Base             uint64
	Digits, Bucket   uint8
	Notional         uint32
	// Legs are the long side's payoff, in sat per PH/s for the whole window.
	Legs []Leg
	// Collateral is M, LongLock what the long puts in, both in satoshi.
	Collateral, LongLock uint64
	// Price is the rate per day at which a forward was traded, which is not part
	// of its payoff: the lock follows from it. Else 0.
	Price uint64
	// Prepaid says that the long of a forward pays the whole rate in advance.
	Prepaid bool
	// Premium is what the long paid for options, per PH/s for the whole window.
	Premium   int64
	Offerer   Side
	Threshold uint16
	Oracles   [][32]byte
}

// Describe returns the description of valid terms.
func (t Terms) Describe() Description {
	d := Description{
		Index: t.Index, Event: t.Event, StartDay: t.StartDay, EndDay: t.EndDay, Base: t.Base,
		Digits: t.Digits, Bucket: t.Bucket, Notional: t.Notional, Legs: t.legs(),
		Collateral: t.M(), LongLock: t.LongLock(), Prepaid: t.Instrument == SwapP, Premium: t.Premium,
		Offerer: t.Offerer, Threshold: t.Threshold, Oracles: slices.Clone(t.Oracles),
	}
	if !t.Instrument.HasPremium() {
		d.Price = t.K
	}
	return d
}

// Terms returns the terms that the description belongs to. It fails with
// ErrInstrument if no instrument has these legs, with ErrStrikes if they are not
// strikes times days, with ErrCollateral if collateral or lock do not follow
// from the terms, or as Validate does.
func (d Description) Terms() (Terms, error) {
	t := Terms{
		Index: d.Index, Event: d.Event, StartDay: d.StartDay, EndDay: d.EndDay, Base: d.Base,
		Digits: d.Digits, Bucket: d.Bucket, Notional: d.Notional, Premium: d.Premium,
		Offerer: d.Offerer, Threshold: d.Threshold, Oracles: slices.Clone(d.Oracles),
	}
	if d.EndDay < d.StartDay {
		return Terms{}, refuse(ErrWindow, "days %d to %d", d.StartDay, d.EndDay)
	}
	if err := t.recognise(d); err != nil {
		return Terms{}, err
	}
	if err := t.Validate(); err != nil {
		return Terms{}, err
	}
	if !slices.Equal(t.legs(), d.Legs) {
		return Terms{}, refuse(ErrStrikes, "legs are not strikes times %d days", t.Days())
	}
	if t.M() != d.Collateral || t.LongLock() != d.LongLock {
		return Terms{}, refuse(ErrCollateral, "collateral %d and lock %d, not %d and %d", d.Collateral, d.LongLock, t.M(), t.LongLock())
	}
	return t, nil
}

// recognise sets the instrument and its strikes by the kinds of the legs.
func (t *Terms) recognise(d Description) error {
	n := t.Days()
	kinds := ""
	for _, leg := range d.Legs {
		kinds += leg.Kind.String() + " "
	}
	switch kinds {
	case "forward ":
		t.Instrument, t.K, t.F, t.C = SwapM, d.Price, d.Legs[0].Strike/n, d.Legs[0].Bound/n
		if d.Prepaid {
			t.Instrument = SwapP
		}
	case "call ":
		t.Instrument, t.K, t.C = Call, d.Legs[0].Strike/n, d.Legs[0].Bound/n
	case "put ":
		t.Instrument, t.K, t.F = Put, d.Legs[0].Strike/n, d.Legs[0].Bound/n
	case "constant put call ":
		t.Instrument, t.K, t.F = Collar, d.Legs[1].Strike/n, d.Legs[1].Bound/n
		t.K2, t.C = d.Legs[2].Strike/n, d.Legs[2].Bound/n
	case "constant call ":
		t.Instrument, t.FaceValue, t.K, t.C = Conv, d.Legs[0].Strike, d.Legs[1].Strike/n, d.Legs[1].Bound/n
	default:
		return fmt.Errorf("%w: legs %s: %w", ErrTerms, kinds, ErrInstrument)
	}
	if t.Instrument != SwapP && d.Prepaid || t.Instrument.HasPremium() && d.Price != 0 {
		return refuse(ErrInstrument, "%s with price %d, prepaid: %t", t.Instrument, d.Price, d.Prepaid)
	}
	return nil
}

package order

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Event is what the index says about the event of an order's end day.
type Event struct {
	// Base is c0: the counter before the start day.
	Base uint64
	// Digits is D, the digits that the oracles sign.
	Digits uint8
}

// terms returns the terms of a fill of h by someone who offers it.
func (q *Quote) terms(h uint32, event Event) (payout.Terms, error) {
	eventID, err := payout.EventID(q.Index, q.EndDay())
	if err != nil {
		return payout.Terms{}, err
	}
	offerer := payout.Long
	if q.Side == Buy {
		offerer = payout.Short
	}
	return payout.Terms{
		Instrument: q.Product,
		Index:      q.Index,
		Event:      eventID,
		StartDay:   q.StartDay,
		EndDay:     q.EndDay(),
		Base:       event.Base,
		Digits:     event.Digits,
		Bucket:     q.QuantJ,
		Notional:   h,
		K:          q.K,
		F:          q.Floor,
		C:          q.Cap,
		K2:         q.KC,
		FaceValue:  q.FV,
		Premium:    q.Premium,
		Offerer:    offerer,
		Threshold:  q.Threshold,
		Oracles:    q.Oracles,
	}, nil
}

// TermsFrom returns the contract terms that follow from an order and its take:
// the taker offers, on the side opposite to the order's, with the take's h. The
// result is valid, but for the slot bound, which depends on the peer. It shares
// the order's list of oracles. It fails with ErrBadTerms if no contract may have
// such terms, because of the event or because h is too small.
func TermsFrom(o *Order, t *Take, event Event) (payout.Terms, error) {
	terms, err := o.terms(t.H, event)
	if err == nil {
		err = terms.Validate()
	}
	if err != nil {
		return payout.Terms{}, fmt.Errorf("%w: %w", ErrBadTerms, err)
	}
	return terms, nil
}

// MatchTerms fails with ErrQuoteMismatch unless the encoded terms of an offer
// are exactly those that follow from order and take; the error names the record
// that differs. It fails with ErrBadTerms as TermsFrom does.
func MatchTerms(offered []byte, o *Order, t *Take, event Event) error {
	terms, err := TermsFrom(o, t, event)
	if err != nil {
		return err
	}
	want := terms.Encode()
	if bytes.Equal(offered, want) {
		return nil
	}
	return fmt.Errorf("terms differ in %s: %w", firstDifference(offered, want), ErrQuoteMismatch)
}

// firstDifference names the first record in which two streams differ.
func firstDifference(offered, want []byte) string {
	got, err := tlv.DecodeStream(tlv.NewReader(offered), tlv.Limits{})
	if err != nil {
		return "their encoding"
	}
	expected, err := tlv.DecodeStream(tlv.NewReader(want), tlv.Limits{})
	if err != nil {
		return "their encoding"
	}
	for i := range max(len(got), len(expected)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("record %d", expected[i].Type)
		case i >= len(expected), got[i].Type != expected[i].Type, !bytes.Equal(got[i].Value, expected[i].Value):
			return fmt.Sprintf("record %d", got[i].Type)
		}
	}
	return "no record"
}

// OpenTake reads the two records of an offer that answers an order, as the
// maker: maker is the own node key, taker the peer's, and quoteID what the offer
// says it answers. It verifies both signatures and that take, order and offer
// belong together. It fails with ErrMalformed or ErrTooLong for a record, key or
// signature that is wrong, and with ErrQuoteMismatch for ids that are.
func OpenTake(orderBytes, takeBytes []byte, maker, taker, quoteID [32]byte) (*Order, *Take, error) {
	o, err := DecodeOrder(orderBytes)
	if err != nil {
		return nil, nil, tlv.Field("order", err)
	}
	t, err := DecodeTake(takeBytes)
	if err != nil {
		return nil, nil, tlv.Field("take", err)
	}
	switch id := o.ID(); {
	case o.MakerPK != maker:
		return nil, nil, malformed("order of another maker")
	case t.TakerPK != taker:
		return nil, nil, malformed("take of another taker")
	case o.TakerPK != [32]byte{} && o.TakerPK != taker:
		return nil, nil, malformed("order for another taker")
	case id != quoteID, id != t.OrderID:
		return nil, nil, fmt.Errorf("order, take and quote_id do not belong together: %w", ErrQuoteMismatch)
	}
	if err := errors.Join(tlv.Field("order", o.Verify()), tlv.Field("take", t.Verify())); err != nil {
		return nil, nil, err
	}
	return o, t, nil
}

// CheckFill judges whether the take may be filled now, Unix seconds, when
// remaining TH/s are left of the order; OpenTake came before. It fails with
// ErrExpired, with ErrUnavailable if less is left than is taken, and with
// ErrQuoteMismatch if the size is not one that the order offers: at least HMin,
// unless it is all that is left.
func CheckFill(o *Order, t *Take, remaining uint32, now uint64) error {
	if err := o.Live(now); err != nil {
		return err
	}
	if err := live("take", t.Expiry, now); err != nil {
		return err
	}
	switch {
	case t.H > o.HMax, t.H < o.HMin && t.H != remaining:
		return fmt.Errorf("h %d of %d to %d: %w", t.H, o.HMin, o.HMax, ErrQuoteMismatch)
	case t.H > remaining:
		return fmt.Errorf("h %d of %d left: %w", t.H, remaining, ErrUnavailable)
	}
	return nil
}

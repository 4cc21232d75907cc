package book

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Draft is an order or a request before it is signed. What is left zero or nil
// is filled in: see each field. Prices are satoshi per unit of hashrate and day.
type Draft struct {
	Side    order.Side
	Product payout.Instrument
	// Index is index and leg; empty takes the node's default.
	Index string
	// StartDay is the first day counted (Unix day); 0 is the day after the last
	// closed one. Days is how many are counted.
	StartDay, Days uint32
	// HMin and HMax bound a take, TH/s, multiples of order.Lot; HMin 0 is one
	// lot.
	HMin, HMax uint32
	// K is the swap rate or strike, KC a collar's second strike.
	K, KC uint64
	// Floor and Cap, where the product has them, are those of the standard
	// series if nil.
	Floor, Cap *uint64
	// FV is the face value of a note, Premium the price of options, both for the
	// whole window.
	FV      uint64
	Premium int64
	// Bucket is j; nil chooses the smallest that keeps the lists short.
	Bucket *uint8
	// Oracles and Threshold; none takes the allow-list, 0 the policy's
	// threshold, or else a majority.
	Oracles   [][32]byte
	Threshold uint16
	// Expiry is the Unix second from which it is void; 0 is after Holds, whole
	// seconds, or if that is 0 too after a day. It is never later than the maturity
	// of the first day.
	Expiry uint64
	Holds  time.Duration
	// Taker is the x coordinate of the only node that may take it; zeros let
	// anyone.
	Taker [32]byte
	// Replaces is the id of an own order that this one replaces.
	Replaces [32]byte
}

// usualExpiry is how long an order holds that names no expiry.
const usualExpiry = 24 * time.Hour

const secondsPerDay = 86_400

// splitIndex cuts "hp1/tot" in two.
func splitIndex(s string) (index, leg string, err error) {
	index, leg, ok := strings.Cut(s, "/")
	if !ok || index == "" || leg == "" {
		return "", "", fmt.Errorf("%w: index %q is not an id and a leg, as hp1/tot", ErrRequest, s)
	}
	return index, leg, nil
}

// complete turns a draft into the quote of an order that can be signed and
// taken. It fails with ErrRequest, order.ErrMalformed or order.ErrBadTerms, or
// as the index does.
func (b *Book) complete(ctx context.Context, d Draft) (order.Quote, error) {
	if d.Side != order.Buy && d.Side != order.Sell {
		return order.Quote{}, fmt.Errorf("%w: side %s", ErrRequest, d.Side)
	}
	q, err := b.quote(ctx, d)
	if err != nil {
		return q, err
	}
	if err := checkStrikes(&q); err != nil {
		return q, err
	}
	if err := b.bucket(ctx, &q, d.Bucket); err != nil {
		return q, err
	}
	if err := (&order.Order{Quote: q}).Check(); err != nil {
		return q, err
	}
	return q, b.allowed(ctx, q)
}

// Terms completes a draft to the terms of a contract that this node offers on
// the draft's side, without an order: any notional is possible. Expiry, HMin,
// Taker and Replaces have no meaning here. It fails as Publish does.
func (b *Book) Terms(ctx context.Context, d Draft) (payout.Terms, error) {
	// The offerer of a take stands on the other side of the order.
	ours := map[order.Side]order.Side{order.Buy: order.Sell, order.Sell: order.Buy}
	side, ok := ours[d.Side]
	if !ok {
		return payout.Terms{}, fmt.Errorf("%w: side %s", ErrRequest, d.Side)
	}
	d.Side, d.Expiry = side, 0
	q, err := b.quote(ctx, d)
	if err != nil {
		return payout.Terms{}, err
	}
	if err := checkStrikes(&q); err != nil {
		return payout.Terms{}, err
	}
	if err := b.bucket(ctx, &q, d.Bucket); err != nil {
		return payout.Terms{}, err
	}
	return b.terms(ctx, q, q.HMax)
}

// allowed fails with ErrRequest for an order whose take the policy would
// refuse.
func (b *Book) allowed(ctx context.Context, q order.Quote) error {
	terms, err := b.terms(ctx, q, q.HMax)
	if err != nil {
		return err
	}
	refusal := b.rules().Limit(policy.Offer{
		Terms: terms, OwnLock: btcutil.Amount(terms.Lock(terms.Offerer.Other())), //nolint:gosec // at most 21e14
		Order: true, Today: uint32(b.now() / secondsPerDay), //nolint:gosec // until the year 11 million
	})
	if refusal != nil {
		return fmt.Errorf("%w: against the policy: %w", ErrRequest, refusal)
	}
	return nil
}

// quote fills in all but the bucket.
func (b *Book) quote(ctx context.Context, d Draft) (order.Quote, error) {
	if d.Expiry == 0 && d.Holds > 0 {
		d.Expiry = b.now() + uint64(d.Holds/time.Second)
	}
	q := order.Quote{
		MakerPK: b.pubkey, TakerPK: d.Taker, Side: d.Side, Product: d.Product, Index: d.Index, StartDay: d.StartDay, Days: d.Days,
		HMin: d.HMin, HMax: d.HMax, K: d.K, KC: d.KC, FV: d.FV, Premium: d.Premium,
		Oracles: slices.Clone(d.Oracles), Threshold: d.Threshold, Expiry: d.Expiry,
	}
	if q.Index == "" {
		q.Index = b.cfg.DefaultIndex
	}
	index, leg, err := splitIndex(q.Index)
	if err != nil {
		return q, err
	}
	first, last, err := b.cfg.Index.Closed(ctx, index)
	if err != nil {
		return q, err
	}
	if q.StartDay == 0 {
		q.StartDay = last + 1
	}
	if q.StartDay < first {
		return q, fmt.Errorf("%w: start day %d is before the first day of %s, %d", ErrRequest, q.StartDay, index, first)
	}
	if q.HMin == 0 {
		q.HMin = order.Lot
	}
	if err := b.oracles(&q); err != nil {
		return q, err
	}
	if err := b.expiry(&q, index); err != nil {
		return q, err
	}
	return q, b.bands(ctx, &q, d, bandContext{index: index, leg: leg, first: first, last: last})
}

// oracles fills in whom to trust.
func (b *Book) oracles(q *order.Quote) error {
	allowed := b.cfg.Oracles.Allowed()
	rules := b.rules()
	if len(q.Oracles) == 0 {
		for _, key := range allowed {
			if rules.AllowsOracle(key) {
				q.Oracles = append(q.Oracles, key)
			}
		}
		if len(q.Oracles) == 0 {
			return fmt.Errorf("%w: no oracle is on the allow-list", ErrRequest)
		}
		if len(q.Oracles) > attest.MaxOracles {
			return fmt.Errorf("%w: %d oracles are on the allow-list; name at most %d", ErrRequest, len(q.Oracles), attest.MaxOracles)
		}
		if q.Threshold == 0 {
			q.Threshold = rules.Oracles.Threshold
		}
	}
	slices.SortFunc(q.Oracles, compareIDs)
	for _, key := range q.Oracles {
		if !slices.Contains(allowed, key) {
			return reject(wire.RejectOracleDeclined, "oracles", "oracle %x is not on the allow-list", key)
		}
	}
	if q.Threshold == 0 {
		q.Threshold = uint16(len(q.Oracles)/2 + 1) //nolint:gosec // at most 7, else refused by Check
	}
	return nil
}

// expiry fills in until when it holds.
func (b *Book) expiry(q *order.Quote, index string) error {
	maturity, err := b.cfg.Index.Maturity(index, q.StartDay)
	if err != nil {
		return err
	}
	now := b.now()
	if q.Expiry == 0 {
		q.Expiry = now + uint64(usualExpiry/time.Second)
	}
	q.Expiry = min(q.Expiry, uint64(maturity))
	if q.Expiry <= now {
		return fmt.Errorf("%w: it would be void at once: orders that begin on day %d end at its maturity", ErrRequest, q.StartDay)
	}
	return nil
}

// bandContext is what standard bands depend on.
type bandContext struct {
	index, leg  string
	first, last uint32
}

// bands fills in floor and cap.
func (b *Book) bands(ctx context.Context, q *order.Quote, d Draft, at bandContext) error {
	hasFloor := q.Product == payout.SwapM || q.Product == payout.Put || q.Product == payout.Collar
	hasCap := q.Product != payout.Put
	q.Floor, q.Cap = valueOf(d.Floor), valueOf(d.Cap)
	if (d.Floor != nil || !hasFloor) && (d.Cap != nil || !hasCap) {
		return nil
	}
	band, err := b.standardBand(ctx, q, at)
	if err != nil {
		return err
	}
	if hasFloor && d.Floor == nil {
		q.Floor = band.Floor
	}
	if hasCap && d.Cap == nil {
		q.Cap = band.Cap
	}
	if isSwap(q.Product) && q.K == 0 {
		return nil // asked for, or refused later
	}
	if low, high := q.K, max(q.K, q.KC); (hasFloor && low < q.Floor) || (hasCap && high > q.Cap) {
		return fmt.Errorf("%w: the strike is outside the standard band, %d to %d; name floor and cap", ErrRequest, band.Floor, band.Cap)
	}
	return nil
}

func valueOf(p *uint64) uint64 {
	if p == nil {
		return 0
	}
	return *p
}

// standardBand is the band of the standard series (PRODUCT.md 3.3).
func (b *Book) standardBand(ctx context.Context, q *order.Quote, at bandContext) (payout.Band, error) {
	if at.last < at.first {
		return payout.Band{}, fmt.Errorf("%w: no day of %s is closed yet; name floor and cap", ErrRequest, at.index)
	}
	days := payout.MeanDays(at.last + 1 - at.first)
	counter := func(day uint32) (uint64, error) { return b.cfg.Index.Counter(ctx, at.index, at.leg, day) }
	now, err := counter(at.last)
	if err != nil {
		return payout.Band{}, err
	}
	before, err := counter(at.last - days)
	if err != nil {
		return payout.Band{}, err
	}
	x, err := payout.Mean(before, now, days)
	if err != nil {
		return payout.Band{}, err
	}
	if at.leg == "fee" {
		bands, err := payout.FeeBands(x)
		if err != nil {
			return payout.Band{}, err
		}
		for _, band := range bands {
			if q.K >= band.Floor && max(q.K, q.KC) <= band.Cap {
				return band, nil
			}
		}
		return bands[0], nil
	}
	market, err := b.cfg.Index.Market(ctx, at.index)
	if err != nil {
		return payout.Band{}, err
	}
	ahead := uint32(0)
	if end := uint64(q.StartDay) + uint64(q.Days); end > uint64(at.last) {
		ahead = uint32(min(end-uint64(at.last), payout.MaxDays))
	}
	return payout.DefaultBand(x, q.Days, payout.HalvingAhead(market.Height, ahead, market.Halving))
}

// bucket fills in the bucket exponent. An open price is taken in the middle.
func (b *Book) bucket(ctx context.Context, q *order.Quote, given *uint8) error {
	if given != nil {
		q.QuantJ = *given
		return nil
	}
	terms, err := b.terms(ctx, middle(*q), q.HMax)
	if err != nil {
		return err
	}
	q.QuantJ, err = terms.DefaultBucket(payout.MaxSlots)
	return err
}

// middle returns the quote with an open price set so that the long locks about
// half of the collateral: valid terms, if any are.
func middle(q order.Quote) order.Quote {
	switch {
	case isSwap(q.Product) && q.K == 0:
		q.K = q.Floor + (max(q.Cap, q.Floor)-q.Floor)/2
	case !isSwap(q.Product) && q.Premium == 0:
		x := payout.Terms{
			Instrument: q.Product, StartDay: q.StartDay, EndDay: q.EndDay(), Notional: 1000, K: q.K, F: q.Floor, C: q.Cap, K2: q.KC,
			FaceValue: q.FV,
		}
		q.Premium = int64(x.M()/2) - int64(x.LongLock()) //nolint:gosec // strikes below 2^32 by checkStrikes
	}
	return q
}

// checkStrikes keeps prices where amounts cannot overflow, before anything is
// computed with them; the rest is said by the records themselves.
func checkStrikes(q *order.Quote) error {
	const high = 1 << payout.MaxDigits
	if max(q.K, q.KC, q.Floor, q.Cap) >= high || q.FV >= 1<<50 || q.Days == 0 || q.Days > order.MaxDays || q.HMax == 0 {
		return fmt.Errorf("%w: price, days or size out of range", ErrRequest)
	}
	return nil
}

// terms returns the contract terms that a take of h would lead to. Until the
// day before the first one is closed the base is that of the last closed day.
func (b *Book) terms(ctx context.Context, q order.Quote, h uint32) (payout.Terms, error) {
	index, leg, err := splitIndex(q.Index)
	if err != nil {
		return payout.Terms{}, err
	}
	if err := checkStrikes(&q); err != nil {
		return payout.Terms{}, err
	}
	_, last, err := b.cfg.Index.Closed(ctx, index)
	if err != nil {
		return payout.Terms{}, err
	}
	base, err := b.cfg.Index.Counter(ctx, index, leg, min(last, q.StartDay-1))
	if err != nil {
		return payout.Terms{}, err
	}
	digits, err := b.cfg.Index.Digits(index)
	if err != nil {
		return payout.Terms{}, err
	}
	return order.TermsFrom(&order.Order{Quote: q}, &order.Take{H: h}, order.Event{Base: base, Digits: digits})
}

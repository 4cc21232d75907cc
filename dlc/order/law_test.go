package order_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
)

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

func hash32() *rapid.Generator[[32]byte] {
	return rapid.Custom(func(t *rapid.T) [32]byte {
		return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
	})
}

func signature() *rapid.Generator[[64]byte] {
	return rapid.Custom(func(t *rapid.T) [64]byte {
		return [64]byte(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "sig"))
	})
}

// quote draws a quote of which most fields vary; whether it may be ordered is
// for Check to say.
func quote(t *rapid.T, all map[payout.Instrument]order.Order) order.Quote {
	q := all[rapid.SampledFrom(payout.Instruments()).Draw(t, "product")].Quote
	q.StartDay = rapid.Uint32Range(0, 1<<31).Draw(t, "start_day")
	q.Days = rapid.Uint32Range(1, 90).Draw(t, "days")
	q.HMin = 100 * rapid.Uint32Range(1, 100).Draw(t, "h_min")
	q.HMax = q.HMin + 100*rapid.Uint32Range(0, 100).Draw(t, "more")
	q.QuantJ = rapid.Uint8Range(0, 16).Draw(t, "quant_j")
	q.Oracles = q.Oracles[rapid.IntRange(0, 2).Draw(t, "skipped"):]
	q.Threshold = rapid.Uint16Range(1, uint16(len(q.Oracles))).Draw(t, "threshold") //nolint:gosec // G115: at most 3
	q.Expiry, q.Nonce = rapid.Uint64().Draw(t, "expiry"), rapid.Uint64().Draw(t, "nonce")
	if rapid.Bool().Draw(t, "addressed") {
		q.TakerPK = q.Oracles[0]
	}
	return q
}

func TestDecodeAfterEncodeIsTheIdentity(t *testing.T) {
	all := products(t)
	author := swap(t).MakerPK
	rapid.Check(t, func(t *rapid.T) {
		o := &order.Order{Quote: quote(t, all), Sig: signature().Draw(t, "sig")}
		o.Side = rapid.SampledFrom([]order.Side{order.Buy, order.Sell}).Draw(t, "side")
		back, err := order.DecodeOrder(o.Encode())
		require.Equal(t, o.Check() == nil, err == nil, "decoding refuses exactly what Check does")
		if err == nil {
			require.Equal(t, o, back)
			require.Equal(t, o.ID(), back.ID())
		}

		r := &order.RFQ{Quote: quote(t, all), Sig: o.Sig}
		r.Side, r.HMin = rapid.SampledFrom([]order.Side{order.Buy, order.Sell, order.Both}).Draw(t, "asked"), r.HMax
		if r.Product.HasPremium() {
			r.Premium = 0
		} else {
			r.K = 0
		}
		backR, err := order.DecodeRFQ(r.Encode())
		require.Equal(t, r.Check() == nil, err == nil)
		if err == nil {
			require.Equal(t, r, backR)
		}

		take := &order.Take{
			OrderID: hash32().Draw(t, "order_id"), TakerPK: author, H: 100 * rapid.Uint32Range(1, 1<<25).Draw(t, "h"),
			Nonce: rapid.Uint64().Draw(t, "take nonce"), Expiry: rapid.Uint64().Draw(t, "take expiry"), Sig: o.Sig,
		}
		backT, err := order.DecodeTake(take.Encode())
		require.NoError(t, err)
		require.Equal(t, take, backT)

		cancel := &order.Cancel{
			MakerPK: author, OrderIDs: rapid.SliceOfN(hash32(), 0, 50).Draw(t, "ids"),
			BelowNonce: rapid.Uint64().Draw(t, "below"), Nonce: rapid.Uint64().Draw(t, "cancel nonce"), Sig: o.Sig,
		}
		backC, err := order.DecodeCancel(cancel.Encode())
		require.NoError(t, err)
		require.Equal(t, cancel, backC)
	})
}

func TestEveryFillOfAnOrderHasValidTermsOrIsTooSmall(t *testing.T) {
	all := products(t)
	rapid.Check(t, func(t *rapid.T) {
		o := &order.Order{Quote: quote(t, all)}
		o.Side = order.Buy
		if o.Check() != nil {
			t.Skip("not an order")
		}
		event := order.Event{Base: rapid.Uint64Range(0, 1<<31).Draw(t, "base"), Digits: 32}
		take := &order.Take{H: o.HMax}
		terms, err := order.TermsFrom(o, take, event)
		if err != nil {
			// Only the event can still be at fault: reach, or buckets too wide.
			if !isAny(err, payout.ErrReach, payout.ErrFlat) {
				t.Fatalf("%v", err)
			}
			return
		}
		require.NoError(t, order.MatchTerms(terms.Encode(), o, take, event))
		back, err := payout.DecodeTerms(terms.Encode())
		require.NoError(t, err)
		require.Equal(t, terms, back)
	})
}

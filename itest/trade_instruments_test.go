package itest_test

import (
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"

	"github.com/alkimiya/alkimiya/itest/harness"
)

// instrumentCase is a contract of one day, and where the index ends up in it.
type instrumentCase struct {
	name  string
	terms *alkv1.TermsDraft
	// where says of the window's sum whether the case is what its name says.
	where func(s int64) bool
}

func strike(v uint64) *uint64 { return &v }

// TestEveryInstrumentPaysWhatItsTermsSay lets every instrument end below its
// floor, inside and above its cap, and a swap on each leg. The payouts come from
// the definitions of docs/product.md 3.3, written down here again.
func TestEveryInstrumentPaysWhatItsTermsSay(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	// Every block has a fee of one bitcoin: the fee leg is 1,600, the sum 11,600.
	m.cal.Each = func() error {
		_, err := m.node.PayFee(btcutil.SatoshiPerBitcoin)
		return err
	}
	m.endDay()
	m.endDay()
	miner, buyer := m.trader(6), m.trader(6)
	miner.meet(buyer)
	cases := m.instruments()
	if testing.Short() {
		cases = cases[:5]
	}
	deals := make([]*deal, len(cases))
	for i, c := range cases {
		deals[i] = m.sign(miner, buyer, c.terms)
		m.minutes(1)
	}
	for _, d := range deals {
		d.both("Active")
	}
	deals[0].mature()
	for i, d := range deals {
		miner, buyer := d.both("Closing", "Closed")
		x := buyer.GetTerms()
		s := int64(buyer.GetOutcome() - x.GetBase()) //nolint:gosec // G115: below 2^30
		require.True(t, cases[i].where(s), "%s: the window added up to %d", cases[i].name, s)
		want := longPayout(x, quantised(buyer.GetOutcome(), x.GetBucket())-int64(x.GetBase())) //nolint:gosec // G115: below 2^30
		require.NotEmpty(t, buyer.GetCloses(), cases[i].name)
		agreed := buyer.GetCloses()[len(buyer.GetCloses())-1]
		require.EqualValues(t, want, agreed.GetOwnSat(), cases[i].name)
		require.EqualValues(t, int64(miner.GetCollateralSat())-want, agreed.GetPeerSat(), cases[i].name) //nolint:gosec // G115: below 21e14
		t.Logf("%-28s sum %6d: long %9d of %9d", cases[i].name, s, want, miner.GetCollateralSat())
	}
	for _, d := range deals {
		d.final("Closed")
	}
}

// instruments are all cases, the first five one of each kind of end.
func (m *market) instruments() []instrumentCase {
	draft := func(product string, change func(*alkv1.TermsDraft)) *alkv1.TermsDraft {
		j := uint32(9)
		terms := &alkv1.TermsDraft{
			Product: product, Index: "hp1-regtest/tot", StartDay: m.today(), Days: 1, NotionalThs: 50_000, Bucket: &j,
		}
		change(terms)
		return terms
	}
	band := func(product string, floor, k, kc, top uint64) *alkv1.TermsDraft {
		return draft(product, func(t *alkv1.TermsDraft) {
			t.K, t.Kc = k, kc
			switch product {
			case "PUT":
				t.Floor, t.Premium = strike(floor), int64(k-floor)/3 //nolint:gosec // G115: small
			case "CALL", "CONV":
				t.Cap, t.Premium = strike(top), int64(top-k)/3 //nolint:gosec // G115: small
			case "COLLAR":
				t.Floor, t.Cap, t.Premium = strike(floor), strike(top), 200
			case "SWAP_P":
				t.Cap = strike(top)
			default:
				t.Floor, t.Cap = strike(floor), strike(top)
			}
			if product == "CONV" {
				t.FaceValue, t.Premium = 3_000, 3_500
			}
		})
	}
	on := func(leg string, terms *alkv1.TermsDraft) *alkv1.TermsDraft {
		terms.Index = "hp1-regtest/" + leg
		return terms
	}
	below := func(v int64) func(int64) bool { return func(s int64) bool { return s < v } }
	above := func(v int64) func(int64) bool { return func(s int64) bool { return s > v } }
	within := func(a, b int64) func(int64) bool { return func(s int64) bool { return s > a && s < b } }
	return []instrumentCase{
		{"swap inside", band("SWAP_M", 4_000, 10_000, 0, 16_000), within(4_000, 16_000)},
		{"call below its strike", band("CALL", 0, 13_000, 0, 16_000), below(13_000)},
		{"put inside", band("PUT", 6_000, 14_000, 0, 0), within(6_000, 14_000)},
		{"collar above its cap", band("COLLAR", 2_000, 4_000, 6_000, 8_000), above(8_000)},
		{"swap on the fee leg", on("fee", band("SWAP_M", 0, 1_500, 0, 4_000)), within(1_000, 4_000)},
		{"swap below its floor", band("SWAP_M", 13_000, 14_000, 0, 17_000), below(13_000)},
		{"swap above its cap", band("SWAP_M", 2_000, 5_000, 0, 8_000), above(8_000)},
		{"prepaid swap inside", band("SWAP_P", 0, 9_000, 0, 16_000), within(0, 16_000)},
		{"prepaid swap above its cap", band("SWAP_P", 0, 5_000, 0, 8_000), above(8_000)},
		{"call inside", band("CALL", 0, 8_000, 0, 16_000), within(8_000, 16_000)},
		{"call above its cap", band("CALL", 0, 4_000, 0, 8_000), above(8_000)},
		{"put below its floor", band("PUT", 13_000, 16_000, 0, 0), below(13_000)},
		{"put above its strike", band("PUT", 4_000, 8_000, 0, 0), above(8_000)},
		{"collar below its floor", band("COLLAR", 13_000, 14_000, 15_000, 17_000), below(13_000)},
		{"collar in its put", band("COLLAR", 6_000, 14_000, 15_000, 17_000), within(6_000, 14_000)},
		{"collar between its strikes", band("COLLAR", 5_000, 9_000, 14_000, 16_000), within(9_000, 14_000)},
		{"collar in its call", band("COLLAR", 2_000, 4_000, 8_000, 16_000), within(8_000, 16_000)},
		{"note below its strike", band("CONV", 0, 13_000, 0, 16_000), below(13_000)},
		{"note inside", band("CONV", 0, 8_000, 0, 16_000), within(8_000, 16_000)},
		{"note above its cap", band("CONV", 0, 4_000, 0, 8_000), above(8_000)},
		{"swap on the subsidy leg", on("sub", band("SWAP_M", 4_000, 9_500, 0, 16_000)), within(4_000, 16_000)},
	}
}

// quantised is the value by which a bucket is settled.
func quantised(x uint64, j uint32) int64 {
	if j == 0 {
		return int64(x) //nolint:gosec // G115: below 2^30
	}
	return int64(x>>j<<j) + 1<<(j-1) //nolint:gosec // G115: below 2^30
}

// longPayout is the long side's payout for a window that adds up to s.
func longPayout(x *alkv1.Terms, s int64) int64 {
	n := int64(x.GetEndDay() - x.GetStartDay() + 1)
	val := func(v int64) int64 { return int64(x.GetNotionalThs()) * v / 1000 }
	clamp := func(v, low, high int64) int64 { return max(low, min(v, high)) }
	f, k, c, k2 := int64(x.GetFloor())*n, int64(x.GetK())*n, int64(x.GetCap())*n, int64(x.GetKc())*n //nolint:gosec // G115: small
	switch x.GetProduct() {
	case "SWAP_M", "SWAP_P":
		return val(clamp(s, f, c) - f)
	case "CALL":
		return val(clamp(s, k, c) - k)
	case "PUT":
		return val(k - clamp(s, f, k))
	case "COLLAR":
		return val(c-k2) + val(k-clamp(s, f, k)) - val(clamp(s, k2, c)-k2)
	case "CONV":
		return val(int64(x.GetFaceValue())) + val(clamp(s, k, c)-k) //nolint:gosec // G115: small
	}
	panic(fmt.Sprintf("product %q", x.GetProduct()))
}

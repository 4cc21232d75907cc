package contract_test

import (
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// absurd are the numbers of SECURITY.md W1, and their neighbours.
var absurd = []uint64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 16, 17, 30, 31, 32, 33, 64, 100, 127, 128, 255, 256, 329, 330, 546, 999, 1_000, 1_001, 20_000, 20_001,
	20_599, 20_600, 20_601, 65_535, 65_536, 99_999, 100_000, 199_999, 200_000, 200_001, 300_000, 500_000, 499_999_999, 500_000_000,
	1_209_599, 31_536_001, maturity - 1, maturity, maturity + 1, refundAt, opening, opening + 500, opening + 601, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32,
	21e14 - 1, 21e14, 21e14 + 1, 1 << 53, 1<<62 - 1, 1 << 62, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64 - 1, math.MaxUint64,
}

// field is a number in an offer; legal says which values the sample may have.
type field struct {
	name  string
	bits  int
	set   func(*wire.Offer, uint64)
	legal func(uint64) bool
}

func only(value uint64) func(uint64) bool { return func(v uint64) bool { return v == value } }

func between(low, high uint64) func(uint64) bool {
	return func(v uint64) bool { return low <= v && v <= high }
}

func but(value uint64) func(uint64) bool { return func(v uint64) bool { return v != value } }

// inTerms sets a number of the terms.
func inTerms(set func(*payout.Terms, uint64)) func(*wire.Offer, uint64) {
	return func(o *wire.Offer, v uint64) {
		terms := testTerms(payout.Long)
		set(&terms, v)
		o.Terms = terms.Encode()
	}
}

//nolint:gosec // G115: values are cut to the field's size before
func fields() []field {
	return []field{
		{"fund_feerate", 32, func(o *wire.Offer, v uint64) { o.FundFeeRate = uint32(v) }, between(1, 100)},
		{"cet_feerate", 32, func(o *wire.Offer, v uint64) { o.CETFeeRate = uint32(v) }, between(1, 100)},
		{"cet_locktime", 32, func(o *wire.Offer, v uint64) { o.CETLocktime = uint32(v) }, only(maturity)},
		{"refund_locktime", 32, func(o *wire.Offer, v uint64) { o.RefundLocktime = uint32(v) }, between(maturity+1_209_600, maturity+31_536_000)},
		{"expiry", 32, func(o *wire.Offer, v uint64) { o.Expiry = uint32(v) }, between(opening+1, opening+600)},
		{"fund_serial", 64, func(o *wire.Offer, v uint64) { o.FundSerial = v }, but(100)},
		{"collateral", 64, func(o *wire.Offer, v uint64) { o.Party.Collateral = btcutil.Amount(min(v, 1<<62)) }, only(200_000)},
		{"payout_serial", 64, func(o *wire.Offer, v uint64) { o.Party.PayoutSerial = v }, between(0, math.MaxUint64)},
		{"change_serial", 64, func(o *wire.Offer, v uint64) { o.Party.ChangeSerial = v }, but(20)},
		{"vout", 32, func(o *wire.Offer, v uint64) { o.Party.Inputs[0].Vout = uint32(v) }, only(0)},
		{"instrument", 8, inTerms(func(p *payout.Terms, v uint64) { p.Instrument = payout.Instrument(v) }), only(1)},
		{"start day", 32, inTerms(func(p *payout.Terms, v uint64) { p.StartDay = uint32(v) }), only(20_600)},
		{"end day", 32, inTerms(func(p *payout.Terms, v uint64) { p.EndDay = uint32(v) }), only(20_600)},
		{"c0", 64, inTerms(func(p *payout.Terms, v uint64) { p.Base = v }), only(1)},
		{"digits", 8, inTerms(func(p *payout.Terms, v uint64) { p.Digits = uint8(v) }), only(4)},
		{"bucket exponent", 8, inTerms(func(p *payout.Terms, v uint64) { p.Bucket = uint8(v) }), only(1)},
		{"notional", 32, inTerms(func(p *payout.Terms, v uint64) { p.Notional = uint32(v) }), only(50_000_000)},
		{"K", 64, inTerms(func(p *payout.Terms, v uint64) { p.K = v }), only(6)},
		{"F", 64, inTerms(func(p *payout.Terms, v uint64) { p.F = v }), only(2)},
		{"C", 64, inTerms(func(p *payout.Terms, v uint64) { p.C = v }), only(12)},
		{"threshold", 16, inTerms(func(p *payout.Terms, v uint64) { p.Threshold = uint16(v) }), only(2)},
		{"side", 8, inTerms(func(p *payout.Terms, v uint64) { p.Offerer = payout.Side(v) }), only(0)},
	}
}

// W1 to W3: absurd values in an offer are refused with a typed error, before any
// state. What the announcements' signatures need not be checked for is refused
// in under a millisecond and a mebibyte; the rest, which PROTOCOL.md 10 judges
// after them, costs no more than a good offer does.
func TestAbsurdOffersAreRefusedCheaply(t *testing.T) {
	w := newWorld(t)
	a := w.parties[1]
	limit := time.Millisecond
	step := 1
	if raced { // which says nothing about what things cost
		limit, step = time.Hour, 5
	}
	good, _ := a.judge(w.offer, 0)
	refused, late, legal := 0, 0, 0
	for n, f := range fields() {
		for i, v := range absurd {
			if v>>(f.bits-1)>>1 != 0 || (i+n)%step != 0 {
				continue
			}
			o := offerOf(t, w)
			f.set(o, v)
			most := limit
			_, err := contract.CheckOffer(o.Encode(), a.clock(), a.params, a.facts)
			switch code := contract.CodeOf(err); {
			case err == nil:
				legal++
				if !f.legal(v) {
					t.Errorf("%s = %d is taken", f.name, v)
				}
				continue
			case code == wire.RejectInfoMismatch, code == wire.RejectBadInput:
				late++
				most = max(limit, 2*good)
			}
			refused++
			if f.legal(v) || !typed(err) {
				t.Errorf("%s = %d is refused: %v", f.name, v, err)
			}
			if cost, bytes := a.judge(o.Encode(), most); cost > most || bytes > 1<<20 {
				t.Errorf("%s = %d: refusing costs %s and %d bytes", f.name, v, cost, bytes)
			}
		}
	}
	t.Logf("%d offers refused, %d of them after the announcements, %d taken; a good one costs %s", refused, late, legal, good)
}

// judge returns what it costs to check an offer, the best of several tries,
// since others use the machine too; it tries no more once that is below enough.
func (p *party) judge(raw []byte, enough time.Duration) (best time.Duration, bytes uint64) {
	best = time.Hour
	for range 40 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		_, _ = contract.CheckOffer(raw, p.clock(), p.params, p.facts) // the caller has judged the result
		best = min(best, time.Since(begin))
		runtime.ReadMemStats(&after)
		if bytes = after.TotalAlloc - before.TotalAlloc; best <= enough {
			break
		}
	}
	return best, bytes
}

// typed are the sentinels of the packages that judge an offer.
func typed(err error) bool {
	if _, ok := errors.AsType[*wire.RejectError](err); ok {
		return true
	}
	for _, sentinel := range []error{txs.ErrInput, txs.ErrSerial, txs.ErrCollateral, txs.ErrFeeRate, txs.ErrLocktime, txs.ErrScript, txs.ErrKeys} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return contract.CodeOf(err) != wire.RejectMalformed
}

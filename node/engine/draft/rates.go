package draft

import (
	"context"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// rateTime is how long a fee estimate is used.
const rateTime = 30 * time.Second

// rates are fee estimates that are new enough.
type rates struct {
	mu    sync.Mutex
	known map[uint32]rate
}

type rate struct {
	perVB uint32
	until time.Time
}

// Rate returns the estimated fee rate for a target, sat/vB, within the protocol's
// limits.
func (d *Drafter) Rate(ctx context.Context, target uint32) (uint32, error) {
	d.rates.mu.Lock()
	known, ok := d.rates.known[target]
	d.rates.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.perVB, nil
	}
	perVB, err := d.cfg.Wallet.EstimateFee(ctx, target)
	if err != nil {
		return 0, err
	}
	fresh := rate{perVB: uint32(min(max(perVB, wire.MinFeeRate), wire.MaxFeeRate)), until: time.Now().Add(rateTime)}
	d.rates.mu.Lock()
	defer d.rates.mu.Unlock()
	d.rates.known[target] = fresh
	return fresh.perVB, nil
}

// Forget has all estimates asked for anew.
func (d *Drafter) Forget() {
	d.rates.mu.Lock()
	defer d.rates.mu.Unlock()
	clear(d.rates.known)
}

// feeRates returns those of a request, or estimates within the policy.
func (d *Drafter) feeRates(ctx context.Context, r Request) (fundRate, cetRate uint32, err error) {
	rules := d.cfg.Policy()
	fundRate, cetRate = r.FundFeeRate, r.CETFeeRate
	for _, want := range []struct {
		rate   *uint32
		target uint32
	}{{&fundRate, rules.Fees.FundTarget}, {&cetRate, rules.Fees.CETTarget}} {
		if *want.rate != 0 {
			continue
		}
		estimate, err := d.Rate(ctx, want.target)
		if err != nil {
			return 0, 0, err
		}
		*want.rate = rules.Rate(estimate)
	}
	return fundRate, cetRate, nil
}

package operator

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// lastDay is how long before its deadline a redemption is paid at whatever rate it allows, in
// seconds: a payment that is slow may still be in time, one that is not made is slashed.
const lastDay = 24 * 3600

// payLate pays the redemptions that are in their last day first and by themselves, at the
// highest rate up to the usual one that all of them allow. It returns those that wait on, and
// leaves an alert for each late one that no payment is in flight for.
func (p *Payments) payLate(
	ctx context.Context, now uint64, waiting []spv.Redemption, coins []relayer.Output, rate vault.FeeRate, height uint32,
) ([]spv.Redemption, error) {
	late := slices.DeleteFunc(slices.Clone(waiting), func(r spv.Redemption) bool { return now+lastDay <= r.Deadline })
	if len(late) == 0 {
		p.setAlerts(ctx, nil)
		return waiting, nil
	}
	payments, err := p.c.Store.Payments()
	if err != nil {
		return waiting, err
	}
	free := unused(coins, payments, height)
	all, allowed := p.allowed(ctx, p.due(late, 0), p.spendable(free, height), rate)
	// One that was made before at all that they allow is offered on, and need not be made anew.
	if len(all) > 0 && allowed >= p.least(payments, all) {
		err = p.pay(ctx, all, free, allowed, height)
	}
	after, problem := p.c.Store.Payments()
	if problem != nil {
		return waiting, problem
	}
	inFlight := func(r spv.Redemption) bool {
		return slices.ContainsFunc(after, func(made Payment) bool {
			return made.Complete && height < made.Height+stale && made.pays(r)
		})
	}
	var alerts []relayer.Alert
	for _, r := range late {
		if inFlight(r) {
			continue
		}
		rid := r.RID()
		alerts = append(alerts, relayer.Alert{
			Name: "redemption_unpaid", Subject: fmt.Sprintf("0x%x", rid), Since: now,
			Text: fmt.Sprintf("no payment can be made of %d sat, due until %d, that allows a fee of %d sat: no coin is free, its anchor is "+
				"spent, too few operators sign, or the last payment is not taken", r.Sats, r.Deadline, r.MaxFee),
		})
	}
	p.setAlerts(ctx, alerts)
	return slices.DeleteFunc(slices.Clone(waiting), inFlight), err
}

func (p Payment) pays(r spv.Redemption) bool {
	rid := r.RID()
	return slices.ContainsFunc(p.Redemptions, func(o spv.Redemption) bool { return o.RID() == rid })
}

// allowed returns the redemptions that can be paid in one batch and the highest rate up to one
// that all of them allow. Those that allow the least are left out while there is none.
func (p *Payments) allowed(
	ctx context.Context, late []spv.Redemption, spendable []vault.Coin, rate vault.FeeRate,
) ([]spv.Redemption, vault.FeeRate) {
	payable, must := p.payable(ctx, late, spendable)
	for rest := generous(payable); len(rest) > 0; rest = rest[:len(rest)-1] {
		below := sort.Search(int(rate), func(n int) bool { //nolint:gosec // G115: at most MaxFeeRate
			_, err := p.whole(rest, spendable, must, rate-vault.FeeRate(n)) //nolint:gosec // G115: not negative
			return err == nil
		})
		if below < int(rate) { //nolint:gosec // G115: at most MaxFeeRate
			return rest, rate - vault.FeeRate(below) //nolint:gosec // G115: not negative
		}
	}
	return nil, 0
}

// Alerts returns what a person should look at now.
func (p *Payments) Alerts() []relayer.Alert {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.alerts)
}

// setAlerts replaces the alerts. What was seen before keeps its time.
func (p *Payments) setAlerts(ctx context.Context, now []relayer.Alert) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range now {
		at := slices.IndexFunc(p.alerts, func(a relayer.Alert) bool { return a.Subject == now[i].Subject })
		if at >= 0 {
			now[i].Since = p.alerts[at].Since
		} else {
			p.c.Log.WarnContext(ctx, "alert", "name", now[i].Name, "subject", now[i].Subject, "text", now[i].Text)
		}
	}
	p.alerts = now
}

package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// lastDay is how long before its deadline a redemption is paid at whatever rate it allows, in
// seconds: a payment that is slow may still be in time, one that is not made is slashed.
const lastDay = 24 * 3600

// glance is how many late redemptions are looked at together, those whose deadlines are nearest
// first: a flood of them costs each step a bounded time for each.
const glance = 2 * spv.MaxBatch

// payLate pays the redemptions that are in their last day first and by themselves, at the
// highest rate up to the usual one that all of a batch allow. It returns those that wait on,
// and leaves an alert for each late one that no payment is in flight for.
func (p *Payments) payLate(
	ctx context.Context, view *ledger.View, waiting []spv.Redemption, coins []relayer.Output, rate vault.FeeRate, height uint32,
) ([]spv.Redemption, error) {
	now := view.Now()
	late := slices.DeleteFunc(slices.Clone(waiting), func(r spv.Redemption) bool { return now+lastDay <= r.Deadline })
	slices.SortStableFunc(late, func(a, b spv.Redemption) int { return cmp.Compare(a.Deadline, b.Deadline) })
	if len(late) == 0 {
		p.setAlerts(ctx, nil)
		return waiting, nil
	}
	err := p.payThriftily(ctx, view, late, waiting, coins, rate, height)
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

// payThriftily makes batches until no more can be made of what is late and what must be paid
// with it.
func (p *Payments) payThriftily(
	ctx context.Context, view *ledger.View, late, waiting []spv.Redemption, coins []relayer.Output, rate vault.FeeRate, height uint32,
) error {
	var problems []error
	for len(late) > 0 {
		plan, err := p.plan(ctx, view, coins, height) // the last batch holds what it spends
		if err != nil {
			return errors.Join(append(problems, err)...)
		}
		plan.thrifty = true
		first := late[:min(len(late), glance)]
		due := plan.alike(p.due(plan.raisable(plan.payable(plan.withJoined(first, waiting)), rate), 0), rate)
		if len(due) == 0 {
			due = plan.shared(first, waiting, rate)
		}
		if len(due) == 0 {
			late = late[len(first):]
			continue
		}
		paid, err := p.pay(ctx, plan, due, rate, height)
		problems = append(problems, err)
		if len(paid) == 0 || err != nil {
			paid = due // what fails keeps the others from nothing
		}
		gone := func(r spv.Redemption) bool { return slices.ContainsFunc(paid, r.Same) }
		late, waiting = slices.DeleteFunc(late, gone), slices.DeleteFunc(slices.Clone(waiting), gone)
	}
	return errors.Join(problems...)
}

func (p Payment) pays(r spv.Redemption) bool {
	return slices.ContainsFunc(p.Redemptions, r.Same)
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

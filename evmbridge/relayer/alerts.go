package relayer

import (
	"context"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
)

// Alert is something that a person should look at.
type Alert struct {
	// Name says which, in snake_case.
	Name string
	// Subject is the id of what it is about, or empty.
	Subject string
	// Text says it to a person.
	Text string
	// Since is when it was seen first, Unix seconds of the EVM chain.
	Since uint64
}

// deadlineNear is how long before its deadline an unpaid redemption is an alert, in
// seconds.
const deadlineNear = 24 * 3600

// Alerts returns what a person should look at now.
func (d *Desk) Alerts() []Alert {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := slices.Clone(d.alerts)
	if d.lacking != nil {
		all = append(all, Alert{Name: "ledger_unreadable", Text: d.lacking.Error()})
	}
	return all
}

// look gathers the alerts. What was seen before keeps its time.
func (d *Desk) look(ctx context.Context, view *ledger.View) error {
	var now []Alert
	add := func(name string, subject []byte, format string, args ...any) {
		a := Alert{Name: name, Text: fmt.Sprintf(format, args...), Since: view.Now()}
		if len(subject) > 0 {
			a.Subject = fmt.Sprintf("0x%x", subject)
		}
		now = append(now, a)
	}
	if err := d.lookAtHeaders(ctx, add); err != nil {
		return err
	}
	if err := d.lookAtBonds(ctx, add); err != nil {
		return err
	}
	for _, r := range view.Redemptions {
		if r.State == ledger.Requested && view.Now()+deadlineNear > r.DeadlineAt() {
			add("deadline_near", r.RID[:], "%d sat must be proven paid until %d", r.Sats, r.DeadlineAt())
		}
		if r.State == ledger.Owed {
			add("bond_empty", r.RID[:], "the bonds lack %d for a redemption", r.Left)
		}
	}
	for _, l := range view.Lots {
		d.lookAtLot(view, l, add)
	}
	for _, s := range view.Series {
		if s.PricedAt == 0 && s.Minted > 0 && view.Now() > s.Expiry+patience {
			add("series_unpriced", s.ID[:], "the oracles have not priced the series since %d", s.Expiry)
		}
	}
	for _, a := range view.Accusations {
		if !a.Answered {
			add("vault_accused", a.Txid[:], "a spend of the vault must be answered for until %d", a.Until)
		}
	}
	for _, f := range d.vaultSpends(view) {
		if _, ok := d.unclear[f.Txid]; ok {
			add("batch_unclear", f.Txid[:], "a spend of the vault may be a batch, of which redemptions cannot be told yet; nobody is accused")
		}
	}
	d.note(func() {
		for i := range now {
			same := func(b Alert) bool { return b.Name == now[i].Name && b.Subject == now[i].Subject }
			if at := slices.IndexFunc(d.alerts, same); at >= 0 {
				now[i].Since = d.alerts[at].Since
			} else {
				d.c.Log.WarnContext(ctx, "alert", "name", now[i].Name, "subject", now[i].Subject, "text", now[i].Text)
			}
		}
		d.alerts = now
	})
	return nil
}

type adder func(name string, subject []byte, format string, args ...any)

func (d *Desk) lookAtHeaders(ctx context.Context, add adder) error {
	tip, err := d.c.Prover.Blocks.Tip(ctx)
	if err != nil {
		return fmt.Errorf("tip of bitcoin: %w", err)
	}
	base, other, err := d.c.Prover.Headers.common(ctx)
	if err != nil {
		return err
	}
	if tip > base+2*d.c.Prover.Headers.Cadence.Every {
		add("headers_unposted", nil, "the relay knows block %d, our node %d", base, tip)
	}
	if other {
		add("relay_on_other_branch", nil, "the relay's tip is not on our node's best chain")
	}
	return nil
}

func (d *Desk) lookAtBonds(ctx context.Context, add adder) error {
	committee := bindings.NewCommittee()
	halted, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Committee, nil, committee.PackHalted(), committee.UnpackHalted)
	if err != nil {
		return err
	}
	if halted {
		add("mint_halted", nil, "fraud was proven; nothing is minted any more")
	}
	operators, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackOperatorBond(), bondContract.UnpackOperatorBond)
	if err != nil {
		return err
	}
	pledged, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackPledged(), bondContract.UnpackPledged)
	if err != nil {
		return err
	}
	totals, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bridge, nil, bridgeContract.PackTotals(), bridgeContract.UnpackTotals)
	if err != nil {
		return err
	}
	if need := Needed(totals.Vault + totals.Live); operators+pledged < need {
		add("bond_short", nil, "bonds of %d cover less than the %d that are needed", operators+pledged, need)
	} else if soon := Needed(totals.Vault); operators < soon {
		add("bond_short", nil, "the operators' bond of %d covers less than the %d for what is in the vault", operators, soon)
	}
	return nil
}

func (d *Desk) lookAtLot(view *ledger.View, l *ledger.Lot, add adder) {
	s := view.SeriesOf(l.Terms.SeriesID)
	switch {
	case l.Kind == ledger.KindViolated, l.Kind == ledger.KindMissing:
		add("lot_"+l.Kind.String(), l.ID[:], "its contract did not end as it should")
	case l.State == ledger.LotFrozen:
		add("lot_frozen", l.ID[:], "its proof was refuted")
	case l.State == ledger.LotLive && s != nil && s.PricedAt != 0 && view.Now() > s.PricedAt+ledger.Contest:
		add("lot_unspent", l.ID[:], "its series is priced, and no CET is proven")
	case l.State == ledger.LotFinal && l.Due != l.Sats && l.Kind == ledger.KindCET:
		add("price_differs", l.ID[:], "its CET pays %d, the price says %d", l.Sats, l.Due)
	}
}

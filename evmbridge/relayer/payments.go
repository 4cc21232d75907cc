package relayer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// vaultSpends returns what spent outputs of the lots' vaults.
func (d *Desk) vaultSpends(view *ledger.View) []*Found {
	scripts := map[string]bool{}
	for _, l := range view.Lots {
		scripts[string(l.Terms.VaultScript)] = true
	}
	var out []*Found
	for script := range scripts {
		for _, o := range d.c.Scanner.Outputs([]byte(script)) {
			if o.Spent != nil && !slices.Contains(out, o.Spent) {
				out = append(out, o.Spent)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Found) int {
		if a.Height != b.Height {
			return int(a.Height) - int(b.Height)
		}
		return a.Index - b.Index
	})
	return out
}

// prove proves the batches of payments that redemptions wait for.
func (d *Desk) prove(ctx context.Context, view *ledger.View) error {
	var problems []error
	wanted := map[[32]byte]bool{}
	for _, f := range d.vaultSpends(view) {
		batch, err := d.Batch(view, f)
		if errors.Is(err, ErrUnclear) {
			wanted[f.Txid] = true // what was enqueued when it was clear stays; there is an alert
			continue
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		var worth uint64
		var all []spv.Redemption
		for _, r := range batch {
			if r.State == ledger.Requested {
				worth += r.Sats
			}
			all = append(all, r.Redemption)
		}
		if worth == 0 {
			continue
		}
		wanted[f.Txid] = true
		proof, err := d.c.Prover.Prove(ctx, f, PaymentProof, worth)
		if err == nil {
			err = d.ensure("payments", f.Txid, d.c.At.Bridge, calls.ProveRedemptions(proof, all))
		}
		if quiet(err) != nil {
			problems = append(problems, fmt.Errorf("batch %v: %w", f.Txid, err))
		}
	}
	problems = append(problems, d.retractAll("payments", func(id [32]byte) bool { return wanted[id] }))
	problems = append(problems, d.answer(ctx, view))
	return errors.Join(problems...)
}

// answer shows that accused spends of the vault are batches.
func (d *Desk) answer(ctx context.Context, view *ledger.View) error {
	var problems []error
	for _, a := range view.Accusations {
		if a.Answered || view.Now() > a.Until {
			continue
		}
		if err := d.answerOne(ctx, view, a.Txid); err != nil {
			problems = append(problems, fmt.Errorf("answer for %v: %w", a.Txid, err))
		}
	}
	return errors.Join(problems...)
}

func (d *Desk) answerOne(ctx context.Context, view *ledger.View, txid chainhash.Hash) error {
	spends := d.vaultSpends(view)
	at := slices.IndexFunc(spends, func(f *Found) bool { return f.Txid == txid })
	if at < 0 {
		return nil
	}
	f := spends[at]
	batch, err := d.Batch(view, f)
	if err != nil || batch == nil {
		return err
	}
	var all []spv.Redemption
	for _, r := range batch {
		if r.State == ledger.Requested {
			return nil // its proof comes first
		}
		all = append(all, r.Redemption)
	}
	proof, err := d.c.Prover.Prove(ctx, f, PaymentProof, 0)
	if err != nil {
		return quiet(err)
	}
	change := d.changeOf(view, f.Tx, len(all))
	return d.ensure("answer", txid, d.c.At.Fraud, calls.Answer(proof, all, change))
}

// changeOf returns the lot whose vault gets a batch's change, or any lot if there is
// none.
func (d *Desk) changeOf(view *ledger.View, tx *wire.MsgTx, m int) spv.Terms {
	for _, l := range view.Lots {
		if len(tx.TxOut) == m+2 && bytes.Equal(tx.TxOut[m+1].PkScript, l.Terms.VaultScript) {
			return l.Terms
		}
	}
	if len(view.Lots) > 0 {
		return view.Lots[0].Terms
	}
	return spv.Terms{}
}

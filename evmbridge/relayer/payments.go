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

// tries bounds how many orders of redemptions with one script are looked through.
const tries = 20_000

// MatchBatch returns the redemptions that a transaction pays and commits to, in the
// order of its outputs, or nil if it is no batch of the domain's. Redemptions that pay
// to the same script are told apart by the commitment.
func MatchBatch(domain spv.Domain, tx *wire.MsgTx, redemptions []*ledger.Redemption) []*ledger.Redemption {
	m := slices.IndexFunc(tx.TxOut, func(o *wire.TxOut) bool {
		return len(o.PkScript) == len(spv.CommitmentScript([32]byte{})) &&
			bytes.HasPrefix(o.PkScript, spv.CommitmentScript([32]byte{})[:2])
	})
	if m < 1 || m > spv.MaxBatch {
		return nil
	}
	s := matching{domain: domain, tx: tx, want: tx.TxOut[m].PkScript}
	for _, o := range tx.TxOut[:m] {
		var fit []*ledger.Redemption
		for _, r := range redemptions {
			if bytes.Equal(r.Script, o.PkScript) && uint64(o.Value)+r.MaxFee >= r.Sats && uint64(o.Value) <= r.Sats { //nolint:gosec // G115: an amount in a block
				fit = append(fit, r)
			}
		}
		if len(fit) == 0 {
			return nil
		}
		s.fit = append(s.fit, fit)
	}
	// Our operators pay in the order of the numbers; others may not.
	for _, s.ordered = range []bool{true, false} {
		s.left = tries
		if s.search(nil) {
			return s.found
		}
	}
	return nil
}

// matching searches for the order of redemptions whose commitment is the wanted one.
type matching struct {
	domain spv.Domain
	tx     *wire.MsgTx
	want   []byte
	fit    [][]*ledger.Redemption
	left   int
	// ordered wants ascending numbers.
	ordered bool
	found   []*ledger.Redemption
}

func (s *matching) search(taken []*ledger.Redemption) bool {
	if len(taken) == len(s.fit) {
		s.left--
		rids := make([][32]byte, 0, len(taken))
		for _, r := range taken {
			rids = append(rids, r.RID)
		}
		if !bytes.Equal(spv.CommitmentScript(s.domain.BatchCommitment(rids)), s.want) {
			return false
		}
		s.found = slices.Clone(taken)
		return true
	}
	for _, r := range s.fit[len(taken)] {
		if s.left <= 0 {
			return false
		}
		if last := len(taken) - 1; s.ordered && last >= 0 && r.Nonce <= taken[last].Nonce {
			continue
		}
		if !slices.Contains(taken, r) && s.search(append(taken, r)) {
			return true
		}
	}
	return false
}

// batch returns the redemptions that a transaction pays, or nil.
func (d *Desk) batch(view *ledger.View, f *Found) []*ledger.Redemption {
	if known, ok := d.batches[f.Txid]; ok {
		var out []*ledger.Redemption
		for _, rid := range known {
			if r := view.RedemptionOf(rid); r != nil {
				out = append(out, r)
			}
		}
		if len(out) == len(known) {
			return out
		}
	}
	found := MatchBatch(d.c.Domain, f.Tx, view.Redemptions)
	if found != nil {
		var rids [][32]byte
		for _, r := range found {
			rids = append(rids, r.RID)
		}
		d.batches[f.Txid] = rids
	}
	return found
}

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
		batch := d.batch(view, f)
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
	at := slices.IndexFunc(d.vaultSpends(view), func(f *Found) bool { return f.Txid == txid })
	if at < 0 {
		return nil
	}
	f := d.vaultSpends(view)[at]
	batch := d.batch(view, f)
	if batch == nil {
		return nil
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

package relayer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

var fraudContract = bindings.NewFraud()

// Kinds of records that are contested.
const (
	contestLot     = 0
	contestPayment = 1
)

// contest refutes proofs whose blocks have left the best chain.
func (d *Desk) contest(ctx context.Context, view *ledger.View) error {
	var problems []error
	for _, l := range view.Lots {
		s := view.SeriesOf(l.Terms.SeriesID)
		if s == nil || l.State == ledger.LotReleased || l.State == ledger.LotFrozen || view.Now() >= l.Since+ledger.Contest {
			continue
		}
		tx := l.MintTx
		if l.State != ledger.LotLive {
			tx = l.SpendTx
		}
		slot := l.Terms.OutpointSide(s.Key.Long)
		err := d.refute(ctx, tx, "lot", l.ID, func(block chainhash.Hash, height uint32) (uint8, []byte) {
			return contestLot, spv.LotRecord(l.ID, slot, block, height)
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("contest lot %x: %w", l.ID, err))
		}
	}
	for _, r := range view.Redemptions {
		if r.State != ledger.Paid || view.Now() > r.Time+ledger.Contest {
			continue
		}
		err := d.refute(ctx, r.PaidTx, "payment", r.RID, func(block chainhash.Hash, height uint32) (uint8, []byte) {
			return contestPayment, spv.PaymentRecord(r.RID, r.Sats, block, height)
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("contest payment %x: %w", r.RID, err))
		}
	}
	return errors.Join(problems...)
}

// refute contests what an EVM transaction proved, if its block is on our best chain no
// longer and the relay knows it.
func (d *Desk) refute(
	ctx context.Context, tx common.Hash, what string, id [32]byte, record func(chainhash.Hash, uint32) (uint8, []byte),
) error {
	block, height, ok, err := d.proven(ctx, tx)
	if err != nil || !ok {
		return err
	}
	raw, err := d.c.Prover.Blocks.Header(ctx, height)
	if err != nil {
		return fmt.Errorf("header %d: %w", height, err)
	}
	name := "contest-" + what
	if spv.DoubleSHA256(raw) == block {
		return d.retract(name, id)
	}
	chain, hops, tip, err := d.c.Prover.chain(ctx, height)
	if err != nil {
		return err
	}
	if tip == 0 {
		_, err := d.c.Prover.Headers.Step(ctx, true)
		return err
	}
	kind, packed := record(block, height)
	return d.ensure(name, id, d.c.At.Bridge, bridgeContract.PackContest(kind, packed, chain, new(big.Int).SetUint64(hops)))
}

// proven returns the block in which an EVM transaction proved something, by its call:
// the first header of its proof's chain, as many below the last one's checkpoint as the
// chain is long. It reports false if the proof was not in a call of the bridge itself.
func (d *Desk) proven(ctx context.Context, hash common.Hash) (block chainhash.Hash, height uint32, ok bool, err error) {
	tx, _, err := d.c.History.TransactionByHash(ctx, hash)
	if errors.Is(err, ethereum.NotFound) {
		return block, 0, false, nil
	}
	if err != nil {
		return block, 0, false, fmt.Errorf("transaction %v: %w", hash, err)
	}
	if tx.To() == nil || *tx.To() != d.c.At.Bridge {
		return block, 0, false, nil
	}
	proof, ok := ProofOf(tx.Data())
	if !ok || len(proof.Chain) == 0 || len(proof.Chain)%spv.HeaderLen != 0 {
		return block, 0, false, nil
	}
	last := spv.DoubleSHA256(proof.Chain[len(proof.Chain)-spv.HeaderLen:])
	top, err := d.c.Prover.checkpoint(ctx, last)
	if err != nil || top == 0 {
		return block, 0, false, err
	}
	below := uint32(len(proof.Chain)/spv.HeaderLen - 1) //nolint:gosec // G115: a transaction is short
	return spv.DoubleSHA256(proof.Chain[:spv.HeaderLen]), top - below, true, nil
}

// ProofOf returns the proof in a call of the bridge, and false if there is none.
func ProofOf(input []byte) (proof bindings.Proof, ok bool) {
	const selector = 4
	parsed := bridgeContract.GetABI()
	if len(input) < selector {
		return proof, false
	}
	method, err := parsed.MethodById(input[:selector])
	if err != nil {
		return proof, false
	}
	args, err := method.Inputs.Unpack(input[selector:])
	if err != nil {
		return proof, false
	}
	for i, arg := range method.Inputs {
		if arg.Name == "p" && i < len(args) {
			converted, ok := abi.ConvertType(args[i], new(bindings.Proof)).(*bindings.Proof)
			if !ok {
				return proof, false
			}
			return *converted, true
		}
	}
	return proof, false
}

// accuse shows spends of the vault that are no batches, and convicts the operators of
// those that were not answered. Of what may be a batch it does neither.
func (d *Desk) accuse(ctx context.Context, view *ledger.View) error {
	cheats, problems := d.cheats(view)
	accused := map[chainhash.Hash]*ledger.Accusation{}
	for _, a := range view.Accusations {
		accused[a.Txid] = a
	}
	seen := map[chainhash.Hash]bool{}
	for _, f := range d.vaultSpends(view) {
		seen[f.Txid] = true
		a := accused[f.Txid]
		if a != nil && (a.Answered || view.Now() <= a.Until) {
			continue
		}
		var err error
		switch {
		case a == nil && cheats[f.Txid]:
			err = d.accuseOne(ctx, view, f)
		case a != nil && cheats[f.Txid]:
			err = d.convict(ctx, f.Txid)
		case a != nil:
			err = d.retract("convict", f.Txid)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("accuse %v: %w", f.Txid, err))
		}
	}
	for _, a := range view.Accusations { // proven to the contract, and not in our blocks
		if !seen[a.Txid] && !a.Answered && view.Now() > a.Until {
			problems = append(problems, d.convict(ctx, a.Txid))
		}
	}
	return errors.Join(problems...)
}

// cheats returns the spends of the vault that are certainly no batches, and those that pay
// what one of them says to pay, too: a redemption accounts for one spend, whichever is
// answered for first, and the other one convicts.
func (d *Desk) cheats(view *ledger.View) (all map[chainhash.Hash]bool, problems []error) {
	all = map[chainhash.Hash]bool{}
	for _, f := range d.vaultSpends(view) {
		if !inForm(view, f.Tx) {
			all[f.Txid] = true
			continue
		}
		batch, err := d.Batch(view, f)
		if errors.Is(err, ErrUnclear) {
			continue // there is an alert, and every look tries what changed
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("accuse %v: %w", f.Txid, err))
		}
		if batch != nil || err != nil {
			continue
		}
		all[f.Txid] = true
		for _, txid := range d.doubles(view, f) {
			all[txid] = true
		}
	}
	return all, problems
}

// doubles returns the batches that pay redemptions to which a transaction commits that is none.
func (d *Desk) doubles(view *ledger.View, f *Found) (out []chainhash.Hash) {
	found, err := MatchBatch(d.c.Domain, f.Tx, view.Redemptions)
	if err != nil {
		return nil // unclear which
	}
	for _, r := range found {
		if payer, ok := d.payers[r.RID]; ok && payer != f.Txid && d.c.Scanner.Tx(payer) != nil {
			out = append(out, payer)
		}
	}
	return out
}

func (d *Desk) convict(ctx context.Context, txid chainhash.Hash) error {
	until, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Fraud, nil, fraudContract.PackAccused(txid), fraudContract.UnpackAccused)
	if err != nil {
		return err
	}
	if until.Cmp(common.Big1) <= 0 {
		return d.retract("convict", txid)
	}
	return d.ensure("convict", txid, d.c.At.Fraud, fraudContract.PackConvict(txid))
}

func (d *Desk) accuseOne(ctx context.Context, view *ledger.View, f *Found) error {
	for _, l := range view.Lots {
		for _, o := range d.c.Scanner.Outputs(l.Terms.VaultScript) {
			if o.Spent == nil || o.Spent.Txid != f.Txid {
				continue
			}
			proof, err := d.c.Prover.Prove(ctx, f, SpendProof, uint64(o.Value)) //nolint:gosec // G115: an amount in a block
			if err != nil {
				return quiet(err)
			}
			var parent bytes.Buffer
			if err := o.In.Tx.SerializeNoWitness(&parent); err != nil {
				return fmt.Errorf("serialise %v: %w", o.In.Txid, err)
			}
			return d.ensure("accuse", f.Txid, d.c.At.Fraud, calls.Accuse(l.Terms, parent.Bytes(), o.Outpoint.Index, proof))
		}
	}
	return nil
}

// slash has every redemption compensated that was not paid in time.
func (d *Desk) slash(ctx context.Context, view *ledger.View) error {
	var problems []error
	for _, r := range view.Redemptions {
		overdue := r.State == ledger.Requested && view.Now() > r.DeadlineAt()
		if r.State == ledger.Owed {
			bond, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackOperatorBond(), bondContract.UnpackOperatorBond)
			if err != nil {
				return err
			}
			overdue = bond > 0
		}
		var err error
		if overdue {
			_, err = d.Slash(r, [32]byte{})
		} else {
			err = d.retract("slash", r.RID)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// Slash enqueues the compensation of a redemption, out of a lot's bond if the
// operators' is short and a lot is named.
func (d *Desk) Slash(r *ledger.Redemption, lot [32]byte) (string, error) {
	return d.c.Outbox.Ensure(fmt.Sprintf("slash/%x", r.RID[:]), d.c.At.Bridge, calls.Slash(r.Redemption, lot))
}

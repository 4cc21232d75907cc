package relayer

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// ErrUnclear means that a transaction may be a batch or not: there are more orders of
// redemptions than are tried, or the ledger does not know yet what the operator signed.
// Nobody is to be accused of it.
var ErrUnclear = errors.New("cannot tell which redemptions a transaction pays")

// Signed is what an operator remembers of the batches that he signed.
type Signed interface {
	// Batch returns the redemptions that a batch pays, in the order of its outputs, or
	// false if he did not sign it.
	Batch(txid chainhash.Hash) (rids [][32]byte, ok bool, err error)
}

// Batch returns the redemptions that a spend of the vault pays and commits to, in the
// order of its outputs, or nil if it is no batch. It fails with ErrUnclear.
func (d *Desk) Batch(view *ledger.View, f *Found) ([]*ledger.Redemption, error) {
	found, err := d.told(view, f)
	if found == nil && err == nil {
		found, err = d.matched(view, f)
	}
	if err != nil {
		return nil, fmt.Errorf("batch %v: %w", f.Txid, err)
	}
	delete(d.unclear, f.Txid)
	if found != nil {
		d.batches[f.Txid] = ridsOf(found)
	}
	for _, r := range found {
		d.payers[r.RID] = f.Txid
	}
	return found, nil
}

func ridsOf(all []*ledger.Redemption) [][32]byte {
	rids := make([][32]byte, 0, len(all))
	for _, r := range all {
		rids = append(rids, r.RID)
	}
	return rids
}

// told returns a batch that the operator signed, or that was found before, or nil.
func (d *Desk) told(view *ledger.View, f *Found) ([]*ledger.Redemption, error) {
	rids, signed := d.batches[f.Txid], false
	if d.c.Signed != nil {
		own, ok, err := d.c.Signed.Batch(f.Txid)
		if err != nil {
			return nil, err
		}
		if ok {
			rids, signed = own, true
		}
	}
	// He noted it before he checked it.
	if m := commitmentOf(f.Tx); m < 1 || len(rids) != m || !commits(d.c.Domain.Separator(), f.Tx.TxOut[m].PkScript, rids) {
		return nil, nil
	}
	var out []*ledger.Redemption
	for _, rid := range rids {
		r := view.RedemptionOf(rid)
		if r == nil && signed {
			d.unclear[f.Txid] = [32]byte{}
			return nil, fmt.Errorf("the ledger lacks redemption %x: %w", rid, ErrUnclear)
		}
		if r == nil {
			return nil, nil
		}
		out = append(out, r)
	}
	return out, nil
}

// matched looks for the batch among the redemptions that the bridge knows to be paid by
// it, and then among all that nothing else pays. What was tried in vain is tried again
// once these are others.
func (d *Desk) matched(view *ledger.View, f *Found) ([]*ledger.Redemption, error) {
	proven, open := d.candidates(view, f)
	h := sha256.New()
	for _, rids := range [][][32]byte{ridsOf(proven), ridsOf(open)} {
		for _, rid := range rids {
			h.Write(rid[:])
		}
		h.Write([]byte{0})
	}
	state := [32]byte(h.Sum(nil))
	if before, ok := d.unclear[f.Txid]; ok && before == state {
		return nil, ErrUnclear
	}
	if found, err := MatchBatch(d.c.Domain, f.Tx, proven); found != nil && err == nil {
		return found, nil
	}
	found, err := MatchBatch(d.c.Domain, f.Tx, open)
	if errors.Is(err, ErrUnclear) {
		d.unclear[f.Txid] = state
	}
	return found, err
}

// candidates returns the redemptions that a transaction may pay: those that the bridge
// knows to be paid by it or to have been compensated, and all that nothing else pays.
func (d *Desk) candidates(view *ledger.View, f *Found) (proven, open []*ledger.Redemption) {
	scripts := map[string]bool{}
	for _, o := range f.Tx.TxOut {
		scripts[string(o.PkScript)] = true
	}
	for _, r := range view.Redemptions {
		if !scripts[string(r.Script)] || d.paidElsewhere(view, r, f.Txid) {
			continue
		}
		open = append(open, r)
		if r.State == ledger.Slashed || r.State == ledger.Owed || (r.State == ledger.Paid && r.Txid == f.Txid) {
			proven = append(proven, r)
		}
	}
	return proven, open
}

// paidElsewhere says whether another transaction pays a redemption: one that was proven
// beyond contest, or another batch in the best chain. A batch spends a vault: what a
// holder pays himself out of coins of his own, and proves, makes no cheats of operators
// who pay him too.
func (d *Desk) paidElsewhere(view *ledger.View, r *ledger.Redemption, txid chainhash.Hash) bool {
	if r.State == ledger.Paid && r.Txid != txid && r.Done(view.Now()) && d.spendsVault(view, r.Txid) {
		return true
	}
	payer, ok := d.payers[r.RID]
	return ok && payer != txid && d.c.Scanner.Tx(payer) != nil
}

// spendsVault says whether a transaction in the best chain spends a coin of a vault.
func (d *Desk) spendsVault(view *ledger.View, txid chainhash.Hash) bool {
	return slices.ContainsFunc(view.Lots, func(l *ledger.Lot) bool {
		return slices.ContainsFunc(d.c.Scanner.Outputs(l.Terms.VaultScript), func(o Output) bool {
			return o.Spent != nil && o.Spent.Txid == txid
		})
	})
}

// commitmentOf returns the output of a transaction that commits to redemptions, or -1.
func commitmentOf(tx *wire.MsgTx) int {
	form := spv.CommitmentScript([32]byte{})
	return slices.IndexFunc(tx.TxOut, func(o *wire.TxOut) bool {
		return len(o.PkScript) == len(form) && bytes.HasPrefix(o.PkScript, form[:2])
	})
}

func commits(separator [32]byte, script []byte, rids [][32]byte) bool {
	return bytes.Equal(spv.CommitmentScript(spv.BatchCommitment(separator, rids)), script)
}

// inForm says whether a transaction has the outputs of a batch: payments, a commitment,
// and nothing but change to a lot's vault. For another one there is no answer.
func inForm(view *ledger.View, tx *wire.MsgTx) bool {
	m := commitmentOf(tx)
	if m < 1 || m > spv.MaxBatch || len(tx.TxOut) > m+2 {
		return false
	}
	return len(tx.TxOut) == m+1 || slices.ContainsFunc(view.Lots, func(l *ledger.Lot) bool {
		return bytes.Equal(tx.TxOut[m+1].PkScript, l.Terms.VaultScript)
	})
}

// work bounds the search for each kind of order: a redemption that is looked at costs 1,
// an order that is tried as much as it has redemptions.
const work = 1_000_000

// order is what orders of redemptions are tried.
type order uint8

const (
	// adjacent: each followed by the next number that fits. Our operators pay those that
	// wait in the order of the numbers.
	adjacent order = iota
	// ascending: with gaps, of those that allowed too small a fee.
	ascending
	// anyhow: others may pay in another order.
	anyhow
)

// MatchBatch returns the redemptions that a transaction pays and commits to, in the
// order of its outputs, or nil if it certainly pays none of those given. Redemptions that
// pay to the same script are told apart by the commitment; it fails with ErrUnclear if
// they have more orders than it tries.
func MatchBatch(domain spv.Domain, tx *wire.MsgTx, redemptions []*ledger.Redemption) ([]*ledger.Redemption, error) {
	m := commitmentOf(tx)
	if m < 1 || m > spv.MaxBatch {
		return nil, nil
	}
	s := matching{separator: domain.Separator(), want: tx.TxOut[m].PkScript}
	for _, o := range tx.TxOut[:m] {
		var fit []*ledger.Redemption
		for _, r := range redemptions {
			if bytes.Equal(r.Script, o.PkScript) && uint64(o.Value)+r.MaxFee >= r.Sats && uint64(o.Value) <= r.Sats { //nolint:gosec // G115: an amount in a block
				fit = append(fit, r)
			}
		}
		slices.SortFunc(fit, func(a, b *ledger.Redemption) int { return cmp.Compare(a.Nonce, b.Nonce) })
		s.fit = append(s.fit, fit)
	}
	if !s.covered(tx.TxOut[:m]) {
		return nil, nil
	}
	for _, s.order = range []order{adjacent, ascending, anyhow} {
		s.left = work
		if s.search(nil) {
			return s.found, nil
		}
	}
	if s.left <= 0 {
		return nil, ErrUnclear
	}
	return nil, nil
}

// matching searches for the order of redemptions whose commitment is the wanted one.
type matching struct {
	separator [32]byte // of the deployment's domain
	want      []byte
	// fit are those that fit an output, by ascending number.
	fit   [][]*ledger.Redemption
	order order
	left  int
	found []*ledger.Redemption
}

// covered says whether there is a redemption for each output, their order aside: what is
// given up as unclear takes no more than is claimed. The least outputs come first, and
// each takes the least claim that fits it; no other choice covers more.
func (s *matching) covered(outputs []*wire.TxOut) bool {
	places := make([]int, len(outputs))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return cmp.Compare(outputs[a].Value, outputs[b].Value) })
	taken := map[*ledger.Redemption]bool{}
	for _, i := range places {
		var least *ledger.Redemption
		for _, r := range s.fit[i] {
			if !taken[r] && (least == nil || r.Sats < least.Sats) {
				least = r
			}
		}
		if least == nil {
			return false
		}
		taken[least] = true
	}
	return true
}

func (s *matching) search(taken []*ledger.Redemption) bool {
	at := len(taken)
	if at == len(s.fit) {
		s.left -= at
		if !commits(s.separator, s.want, ridsOf(taken)) {
			return false
		}
		s.found = slices.Clone(taken)
		return true
	}
	fit := s.fit[at]
	if at > 0 && s.order != anyhow {
		after, _ := slices.BinarySearchFunc(fit, taken[at-1].Nonce+1, func(r *ledger.Redemption, n uint64) int { return cmp.Compare(r.Nonce, n) })
		fit = fit[after:]
		if s.order == adjacent {
			fit = fit[:min(1, len(fit))]
		}
	}
	for _, r := range fit {
		if s.left <= 0 {
			return false
		}
		s.left--
		if !slices.Contains(taken, r) && s.search(append(taken, r)) {
			return true
		}
	}
	return false
}

package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/records"
)

// holds says of each payment whether nothing else is to be done with what it spends and pays.
// One that this operator completed holds until it is stale. Of another one it is known only
// that his signature was asked for: it holds for as long after the first that spends one of
// its coins or pays one of its redemptions, and as long again while the own node has it in its
// pool. Else who never completes what he has signed, or raises it by next to nothing, could keep
// the others from paying for ever.
func holds(ctx context.Context, network Network, payments []Payment, height uint32) ([]bool, error) {
	held := make([]bool, len(payments))
	for i, p := range payments {
		if height >= p.Height+stale {
			continue
		}
		first := p.Height
		for _, o := range payments {
			if o.Height < first && p.overlaps(o) {
				first = o.Height
			}
		}
		if held[i] = p.Complete || height < first+stale; held[i] || height >= first+2*stale {
			continue
		}
		var err error
		if held[i], err = network.Pooled(ctx, p.Tx.TxHash()); err != nil {
			return nil, fmt.Errorf("look for payment %v: %w", p.Tx.TxHash(), err)
		}
	}
	return held, nil
}

// overlaps says whether two payments spend the same or pay the same.
func (p Payment) overlaps(o Payment) bool {
	return slices.ContainsFunc(p.Tx.TxIn, func(in *wire.TxIn) bool { return spends(o.Tx, in.PreviousOutPoint) }) ||
		slices.ContainsFunc(p.Redemptions, o.pays)
}

// unused leaves the coins out that a payment in flight spends: until that is in a block or
// stale, what is bound to them could become unpayable.
func unused(coins []relayer.Output, payments []Payment, held []bool) []relayer.Output {
	return slices.DeleteFunc(slices.Clone(coins), func(c relayer.Output) bool {
		for i, p := range payments {
			if held[i] && spends(p.Tx, c.Outpoint) {
				return true
			}
		}
		return false
	})
}

func spends(tx *wire.MsgTx, o wire.OutPoint) bool {
	return slices.ContainsFunc(tx.TxIn, func(in *wire.TxIn) bool { return in.PreviousOutPoint == o })
}

// askTimeout bounds how long an operator is waited for who is asked for his bindings.
const askTimeout = 8 * time.Second

// elsewhere asks the others, at the same time, what they bound the redemptions of a batch to,
// and returns what it lacks. It is asked once they are bound here, and before a signature
// leaves: of two operators who sign for two batches of one redemption, the one who asks later
// hears of it, whoever else signed for both. Who does not answer in time is not waited for, by
// this clock and not by that of whoever wants the signature: payments go on while operators are
// dead, and of those who cannot reach each other a liar among them can have signatures of two.
// What is told is believed only if it counts.
func elsewhere(
	ctx context.Context, log *slog.Logger, others []Cosigner, b *vault.Batch, counts func(r spv.Redemption, anchor wire.OutPoint) bool,
) (missing []Bound) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
	defer cancel()
	answers := make(chan []Bound, len(others))
	for _, o := range others {
		go func() {
			key := o.Key()
			bound, err := o.Bindings(ctx, b.Redemptions)
			if err != nil {
				log.WarnContext(ctx, "operator tells no bindings", "operator", fmt.Sprintf("%x", key), "error", err)
			}
			answers <- bound
		}()
	}
	for range others {
		for _, a := range <-answers {
			at := slices.IndexFunc(b.Redemptions, func(r spv.Redemption) bool { return r.RID() == a.RID })
			if at >= 0 && !spends(b.Tx, a.Anchor) && counts(b.Redemptions[at], a.Anchor) {
				missing = append(missing, a)
			}
		}
	}
	return missing
}

// bindAnew binds the redemptions of a batch, and returns how to take back what was not bound
// before: for a batch that is withdrawn before a signature leaves. Left behind, it would keep
// a redemption from being paid by a batch without that coin.
func bindAnew(self *vault.Operator, anchors *vault.Store, store *Store, b *vault.Batch) (unbind func() error, err error) {
	var fresh [][32]byte
	for _, r := range b.Redemptions {
		if _, err := anchors.Anchor(r.RID()); errors.Is(err, records.ErrNotFound) {
			fresh = append(fresh, r.RID())
		}
	}
	unbind = func() error {
		return store.Free(fresh, func(rid [32]byte) error { return anchors.Unbind(rid, b.Coins[0].Outpoint) })
	}
	return unbind, self.Bind(b)
}

// conflict fails with ErrBusy if a batch would make a payment that was signed before
// unpayable, or is made while that is in flight: it must pay everything that the other
// one pays and that still waits, and until the other one is stale, nothing else.
func conflict(payments []Payment, held []bool, b *vault.Batch, waits func(rid [32]byte) (bool, error)) error {
	rids := map[[32]byte]bool{}
	for _, r := range b.Redemptions {
		rids[r.RID()] = true
	}
	for i, p := range payments {
		shared := slices.ContainsFunc(b.Tx.TxIn, func(in *wire.TxIn) bool { return spends(p.Tx, in.PreviousOutPoint) })
		if !shared || p.Tx.TxHash() == b.Tx.TxHash() {
			continue
		}
		kept := 0
		for _, r := range p.Redemptions {
			if rids[r.RID()] {
				kept++
				continue
			}
			if waiting, err := waits(r.RID()); err != nil || waiting {
				return fmt.Errorf("payment %v: redemption %d is left out: %w", p.Tx.TxHash(), r.Nonce, errors.Join(ErrBusy, err))
			}
		}
		if held[i] && kept != len(rids) {
			return fmt.Errorf("payment %v of height %d: %w", p.Tx.TxHash(), p.Height, ErrBusy)
		}
	}
	return nil
}

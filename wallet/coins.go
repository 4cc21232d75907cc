package wallet

import (
	"context"
	"fmt"
	"sort"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/btcsuite/btcwallet/walletdb"
	"github.com/btcsuite/btcwallet/wtxmgr"
	"github.com/lightningnetwork/lnd/lnwallet"
)

// MaxLabel is the longest label of a coin or a transaction, in bytes.
const MaxLabel = wtxmgr.TxLabelLimit

// NewAddress returns a fresh address of the wallet, for receiving or, with
// change, for own change. No address is given out twice. It returns
// chain.ErrUnavailable while the backend, which must watch it, is away, and
// ErrNotSynced while a restored wallet does not know yet what was given out.
func (w *Wallet) NewAddress(ctx context.Context, kind AddressType, change bool) (btcutil.Address, error) {
	lndType := lnwallet.TaprootPubkey
	if kind == P2WPKH {
		lndType = lnwallet.WitnessPubKey
	}
	if err := w.usable(ctx); err != nil {
		return nil, fmt.Errorf("new %s address: %w", kind, err)
	}
	addr, err := w.lnd.NewAddress(lndType, change, lnwallet.DefaultAccountName)
	if err != nil {
		return nil, fmt.Errorf("new %s address: %w", kind, w.mapChainError(err))
	}
	return addr, nil
}

// confirmations of something mined at height, seen from tip; 0 if unmined.
func confirmations(height, tip int32) int64 {
	if height < 0 || height > tip {
		return 0
	}
	return int64(tip) - int64(height) + 1
}

// snapshot is the coins at one moment: free ones, which nobody leases and no
// transaction of ours spends, and leased ones.
type snapshot struct {
	free   []wtxmgr.Credit
	leased []Coin
	tip    int32
}

// takeSnapshot reads both lists in one database transaction, so that no coin is
// missing or seen twice while leases come and go.
func (w *Wallet) takeSnapshot() (snapshot, error) {
	records, err := w.store.Leases()
	if err != nil {
		return snapshot{}, err
	}
	byID := make(map[[32]byte]Lease, len(records))
	for _, r := range records {
		byID[r.ID] = leaseOf(r)
	}
	snap := snapshot{tip: w.base.SyncedTo().Height}
	err = w.view(func(ns walletdb.ReadBucket) error {
		var err error
		if snap.free, err = w.base.TxStore.UnspentOutputs(ns); err != nil {
			return err
		}
		locked, err := w.base.TxStore.ListLockedOutputs(ns)
		if err != nil {
			return err
		}
		for _, l := range locked {
			coin, ok, err := w.leasedCoin(ns, l, byID, snap.tip)
			if err != nil {
				return err
			}
			if ok {
				snap.leased = append(snap.leased, coin)
			}
		}
		return nil
	})
	if err != nil {
		return snapshot{}, fmt.Errorf("list coins: %w", err)
	}
	return snap, nil
}

// leasedCoin describes a locked output, if it is still unspent.
func (w *Wallet) leasedCoin(ns walletdb.ReadBucket, l *wtxmgr.LockedOutput, leases map[[32]byte]Lease, tip int32) (Coin, bool, error) {
	details, err := w.base.TxStore.TxDetails(ns, &l.Outpoint.Hash)
	if err != nil || details == nil {
		return Coin{}, false, err
	}
	for _, credit := range details.Credits {
		if credit.Index != l.Outpoint.Index || credit.Spent {
			continue
		}
		lease, ok := leases[l.LockID]
		if !ok {
			// A lock taken a moment after the records were read.
			lease = Lease{ID: LeaseID(l.LockID), Owner: "unknown", OutPoints: []wire.OutPoint{l.Outpoint}, Expiry: l.Expiration}
		}
		return Coin{
			OutPoint: l.Outpoint, Value: credit.Amount,
			PkScript:      details.MsgTx.TxOut[credit.Index].PkScript,
			Confirmations: confirmations(details.Block.Height, tip), Lease: &lease,
		}, true, nil
	}
	return Coin{}, false, nil
}

// immature tells whether a mined reward may not be spent yet.
func (w *Wallet) immature(c wtxmgr.Credit, tip int32) bool {
	return c.FromCoinBase && confirmations(c.Height, tip) < int64(w.cfg.Params.CoinbaseMaturity)
}

// Balance adds up the wallet's coins.
func (w *Wallet) Balance(context.Context) (Balance, error) {
	snap, err := w.takeSnapshot()
	if err != nil {
		return Balance{}, err
	}
	var b Balance
	for _, c := range snap.free {
		switch {
		case w.immature(c, snap.tip):
			b.Immature += c.Amount
		case confirmations(c.Height, snap.tip) > 0:
			b.Confirmed += c.Amount
		default:
			b.Unconfirmed += c.Amount
		}
	}
	for _, c := range snap.leased {
		b.Leased += c.Value
	}
	return b, nil
}

// Coins lists the unspent coins with at least minConfs confirmations, leased
// ones too, by falling value.
func (w *Wallet) Coins(_ context.Context, minConfs int32) ([]Coin, error) {
	labels, err := w.store.Labels()
	if err != nil {
		return nil, err
	}
	snap, err := w.takeSnapshot()
	if err != nil {
		return nil, err
	}
	coins := snap.leased
	for _, c := range snap.free {
		coins = append(coins, Coin{
			OutPoint: c.OutPoint, Value: c.Amount, PkScript: c.PkScript,
			Confirmations: confirmations(c.Height, snap.tip), Immature: w.immature(c, snap.tip),
		})
	}
	kept := coins[:0]
	for _, c := range coins {
		if c.Confirmations < int64(minConfs) {
			continue
		}
		c.Label = labels[c.OutPoint]
		c.Address = w.addressOf(c.PkScript)
		kept = append(kept, c)
	}
	sort.Slice(kept, func(i, j int) bool {
		if kept[i].Value != kept[j].Value {
			return kept[i].Value > kept[j].Value
		}
		return kept[i].OutPoint.String() < kept[j].OutPoint.String()
	})
	return kept, nil
}

func (w *Wallet) addressOf(script []byte) string {
	_, addrs, _, err := txscript.ExtractPkScriptAddrs(script, w.cfg.Params)
	if err != nil || len(addrs) != 1 {
		return ""
	}
	return addrs[0].EncodeAddress()
}

// LabelCoin names an unspent coin; an empty label removes the name. It returns
// ErrUnknownCoin, or ErrBadRequest for a label over MaxLabel bytes.
func (w *Wallet) LabelCoin(ctx context.Context, op wire.OutPoint, label string) error {
	if len(label) > MaxLabel {
		return fmt.Errorf("%w: label of %d bytes, limit %d", ErrBadRequest, len(label), MaxLabel)
	}
	coins, err := w.Coins(ctx, 0)
	if err != nil {
		return err
	}
	for _, c := range coins {
		if c.OutPoint == op {
			return w.store.PutLabel(op, label)
		}
	}
	return fmt.Errorf("%w: %s", ErrUnknownCoin, op)
}

package wallet

import (
	"context"
	"time"
)

// pollInterval is how often pending broadcasts and the end of a recovery are
// looked at.
const pollInterval = 2 * time.Second

// Sync tells how far the wallet has followed the chain. It asks the backend,
// bounded by ctx; that the backend cannot be reached is told in the status.
func (w *Wallet) Sync(ctx context.Context) SyncStatus {
	stamp := w.base.SyncedTo()
	w.recoveryMu.Lock()
	status := SyncStatus{
		WalletHeight: stamp.Height, WalletHash: stamp.Hash,
		StartHeight: w.startHeight, Recovering: w.recovery,
	}
	w.recoveryMu.Unlock()
	tip, err := w.cfg.Backend.Tip(ctx)
	if err != nil {
		status.BackendError = err
		return status
	}
	status.ChainHeight = tip.Height
	// ChainSynced turns true when the first scan after opening has ended; it
	// is judged with the hash, since lnd's IsSynced wants a tip of the last two
	// hours, which a quiet or chosen-time chain does not have.
	status.Synced = w.base.ChainSynced() && stamp.Hash == tip.Hash
	return status
}

// run sends what the network may not have, on every poll while anything is
// stored, and ends recoveries, until ctx ends.
func (w *Wallet) run(ctx context.Context) {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		w.rebroadcast(ctx)
		w.endRecovery(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// endRecovery forgets the wish to recover once the wallet stands at the tip.
func (w *Wallet) endRecovery(ctx context.Context) {
	if !w.recovering() || !w.Sync(ctx).Synced {
		return
	}
	// Leases of coins that were not known at opening take hold now.
	if err := w.renewLeases(); err != nil {
		w.log.Error("leases not renewed after recovery", "err", err)
		return
	}
	if err := w.store.SetRecovery(0); err != nil {
		w.log.Error("end of recovery not stored", "err", err)
		return
	}
	w.recoveryMu.Lock()
	w.recovery = false
	w.recoveryMu.Unlock()
	w.log.Info("recovery complete", "height", w.base.SyncedTo().Height)
}

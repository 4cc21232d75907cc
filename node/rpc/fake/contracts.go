package fake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// deskContracts are the contracts of a Desk: requests change their phase and
// nothing else.
type deskContracts struct{ d *Desk }

func (c deskContracts) terms(r engine.OfferRequest) (payout.Terms, error) {
	if r.Terms != nil {
		return *r.Terms, r.Terms.Validate()
	}
	o, err := order.DecodeOrder(r.Order)
	if err != nil {
		return payout.Terms{}, err
	}
	t, err := order.DecodeTake(r.Take)
	if err != nil {
		return payout.Terms{}, err
	}
	return order.TermsFrom(o, t, order.Event{Base: Daily * (LastDay + 1 - FirstDay), Digits: 30})
}

// Offer implements rpc.Contracts.
func (c deskContracts) Offer(_ context.Context, r engine.OfferRequest) (engine.View, error) {
	if r.Peer != [33]byte(c.d.MakerKey) {
		return engine.View{}, fmt.Errorf("%w: %x", engine.ErrNotConnected, r.Peer)
	}
	t, err := c.terms(r)
	if err != nil {
		return engine.View{}, err
	}
	v := viewOf(engine.Key(sha256.Sum256(t.Encode())), t, t.Offerer, c.d.MakerKey)
	if err := Tokenise(&v, r.Bridge); err != nil {
		return engine.View{}, err
	}
	c.d.Put(v)
	return v, nil
}

// Simulate implements rpc.Contracts.
func (c deskContracts) Simulate(_ context.Context, r engine.OfferRequest) (engine.Simulation, error) {
	t, err := c.terms(r)
	if err != nil {
		return engine.Simulation{}, err
	}
	s, err := engine.Estimate(t, max(2, r.FundFeeRate), max(2, r.CETFeeRate), payout.MaxSlots)
	s.CETLocktime = (t.EndDay + 1) * 86_400
	s.RefundLocktime = s.CETLocktime + 2_419_200
	return s, err
}

func (c deskContracts) change(k engine.Key, phase contract.Phase, from ...contract.Phase) (engine.View, error) {
	c.d.mu.Lock()
	v, ok := c.d.views[k]
	c.d.mu.Unlock()
	if !ok {
		return v, fmt.Errorf("%w: %s", engine.ErrUnknown, k)
	}
	if !slices.Contains(from, v.Phase) {
		return v, fmt.Errorf("%w: %s", contract.ErrIllegal, v.Phase)
	}
	v.Phase, v.Decision = phase, nil
	c.d.Put(v)
	return v, nil
}

// Approve implements rpc.Contracts.
func (c deskContracts) Approve(_ context.Context, k engine.Key, r engine.ApproveRequest) (engine.View, error) {
	v, err := c.change(k, contract.Accepted, contract.Offered)
	if err == nil && r.Bridge != nil {
		err = Tokenise(&v, r.Bridge)
		c.d.Put(v)
	}
	return v, err
}

// Tokenise has the own payout of a view go to a vault, unless it is nil.
func Tokenise(v *engine.View, bridge *vault.Record) error {
	if bridge == nil {
		return nil
	}
	made, err := bridge.Vault(*chaincfg.RegressionNetParams.GenesisHash)
	if err != nil {
		return fmt.Errorf("%w: %w", engine.ErrRequest, err)
	}
	v.Bridged = true
	v.OwnVault = &engine.VaultView{
		ChainID: bridge.ChainID, Bridge: bridge.Bridge, Salt: bridge.Salt, Script: made.Script(),
		Operators: bridge.Committee.Operators, Threshold: bridge.Committee.Threshold,
	}
	return nil
}

// Presigned implements rpc.Bridge: the package is the contract's key.
func (c deskContracts) Presigned(ctx context.Context, k engine.Key) (engine.Presigned, error) {
	v, err := c.Contract(ctx, k)
	if err != nil {
		return engine.Presigned{}, err
	}
	if v.OwnVault == nil {
		return engine.Presigned{}, fmt.Errorf("%w: our payout goes to no vault of a bridge", engine.ErrRequest)
	}
	return engine.Presigned{View: v, Package: k[:], Side: v.Side, Funding: v.FundingOutput, FundingScript: v.OwnVault.Script}, nil
}

// SignMint implements rpc.Bridge: by the key of this fake node.
func (c deskContracts) SignMint(ctx context.Context, k engine.Key, r engine.MintRequest) ([64]byte, error) {
	if _, err := c.Presigned(ctx, k); err != nil {
		return [64]byte{}, err
	}
	hash := vault.RequestHash(r.Separator, r.LotID, r.To)
	sig, err := schnorr.Sign(secret("node"), hash[:])
	if err != nil {
		return [64]byte{}, err
	}
	return [64]byte(sig.Serialize()), nil
}

// Release implements rpc.Bridge.
func (c deskContracts) Release(ctx context.Context, k engine.Key) (engine.View, error) {
	v, err := c.Contract(ctx, k)
	if err != nil {
		return v, err
	}
	if !v.Bridged {
		return v, fmt.Errorf("%w: nothing to release", contract.ErrIllegal)
	}
	v.Bridged = false
	c.d.Put(v)
	return v, nil
}

// Withdraw implements rpc.Contracts.
func (c deskContracts) Withdraw(_ context.Context, k engine.Key) (engine.View, error) {
	return c.change(k, contract.Aborted, contract.Offered, contract.Accepted)
}

// Close implements rpc.Closes.
func (c deskContracts) Close(_ context.Context, k engine.Key, r engine.CloseRequest) (engine.View, error) {
	v, err := c.change(k, contract.Active, contract.Active)
	if err == nil && r.OwnValue > v.Collateral {
		return v, fmt.Errorf("%w: %d of %d sat", engine.ErrRequest, int64(r.OwnValue), int64(v.Collateral))
	}
	return v, err
}

// ApproveClose implements rpc.Closes: no coin is ever free to take an exit back with.
func (c deskContracts) ApproveClose(_ context.Context, k engine.Key, r engine.ApproveCloseRequest) (engine.View, error) {
	if !r.Irrevocable {
		return engine.View{}, engine.ErrIrrevocable
	}
	return c.change(k, contract.Closing, contract.Active)
}

// DeclineClose implements rpc.Closes.
func (c deskContracts) DeclineClose(_ context.Context, k engine.Key, _ uint32) (engine.View, error) {
	return c.change(k, contract.Active, contract.Active)
}

// Resolve implements rpc.Contracts.
func (c deskContracts) Resolve(_ context.Context, text string) (engine.Key, error) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	for k := range c.d.views {
		if len(text) >= 4 && strings.HasPrefix(hex.EncodeToString(k[:]), text) {
			return k, nil
		}
	}
	return engine.Key{}, fmt.Errorf("%w: %s", engine.ErrUnknown, text)
}

// Contract implements rpc.Views.
func (c deskContracts) Contract(_ context.Context, k engine.Key) (engine.View, error) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	v, ok := c.d.views[k]
	if !ok {
		return v, fmt.Errorf("%w: %s", engine.ErrUnknown, k)
	}
	return v, nil
}

// Contracts implements rpc.Views.
func (c deskContracts) Contracts(_ context.Context, f engine.Filter) ([]engine.View, error) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	var out []engine.View
	for _, v := range c.d.views {
		if (len(f.Phases) == 0 || slices.Contains(f.Phases, v.Phase)) && (f.Peer == [33]byte{} || f.Peer == v.Peer) &&
			(!f.Undecided || v.Decision != nil) && string(v.Key[:]) > string(f.After[:]) {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b engine.View) int { return slices.Compare(a.Key[:], b.Key[:]) })
	if f.Limit > 0 {
		out = out[:min(len(out), f.Limit)]
	}
	return out, nil
}

// History implements rpc.Views.
func (c deskContracts) History(_ context.Context, _ engine.Key, first uint64, limit int) ([]store.Entry, error) {
	all := []store.Entry{
		{Number: 0, Time: c.d.Now().Unix(), Height: 432, Event: "user offer", From: "New", To: "Offered", Effects: []string{"send offer"}},
		{Number: 1, Time: c.d.Now().Unix() + 5, Height: 432, Event: "peer accept", From: "Offered", To: "Accepted"},
	}
	all = all[min(first, uint64(len(all))):]
	return all[:min(len(all), limit)], nil
}

// Evidence implements rpc.Views.
func (c deskContracts) Evidence(context.Context) ([]attest.Evidence, error) { return nil, nil }

// Follow implements rpc.Views.
func (c deskContracts) Follow(ctx context.Context, f engine.EventFilter, emit func(engine.Event) error) error {
	at := 0
	if f.New {
		c.d.mu.Lock()
		at = len(c.d.events)
		c.d.mu.Unlock()
	}
	if f.Ready != nil {
		if err := f.Ready(); err != nil {
			return err
		}
	}
	for {
		c.d.mu.Lock()
		events, told := c.d.events[at:], c.d.told
		at = len(c.d.events)
		c.d.mu.Unlock()
		for _, e := range events {
			progress := e.Kind == engine.EventProgress
			if (progress && !f.Progress) || (!progress && e.Cursor <= f.After) || (f.Key != [32]byte{} && f.Key != e.Key) {
				continue
			}
			if err := emit(e); err != nil {
				return err
			}
		}
		if f.StoredOnly {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-told:
		}
	}
}

package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// keepEvidence verifies a proof, keeps it if it is about an oracle that we
// trust, and tells the user and, the first time, all peers.
func (e *Engine) keepEvidence(proof attest.Evidence) error {
	verified, err := proof.Verify()
	if err != nil {
		return err
	}
	if !slices.Contains(e.cfg.Oracles.Allowed(), verified.Key) {
		return fmt.Errorf("%w: %x is not one of ours", ErrOracle, verified.Key[:8])
	}
	faulty, err := e.drafts.Faulty()
	if err != nil || slices.Contains(faulty, verified.Key) {
		return err
	}
	if err := e.store.PutEvidence(proof); err != nil {
		return err
	}
	reason := fmt.Sprintf("oracle %x: %s", verified.Key, verified.Kind)
	if err := e.journal.Write(Event{Kind: EventAlarm, Reason: reason}, nil); err != nil {
		return err
	}
	e.log.Error("oracle is faulty and no longer trusted", "oracle", fmt.Sprintf("%x", verified.Key), "proof", verified.Kind.String())
	e.spread(proof)
	return nil
}

// Accuse keeps a proof against an oracle that the node has found itself; see
// keepEvidence. It fails as attest.Evidence.Verify does, or with ErrOracle.
func (e *Engine) Accuse(ctx context.Context, proof attest.Evidence) error {
	if err := e.await(ctx); err != nil {
		return err
	}
	return e.keepEvidence(proof)
}

// spread sends a proof to all connected peers.
func (e *Engine) spread(proof attest.Evidence) {
	message := (&wire.Evidence{Proof: proof.Encode()}).Encode()
	e.mu.Lock()
	peers := make([][33]byte, 0, len(e.links))
	for peer := range e.links {
		peers = append(peers, peer)
	}
	e.mu.Unlock()
	started := e.spawn(func(ctx context.Context) {
		for _, peer := range peers {
			e.send(ctx, peer, message)
		}
	})
	if !started {
		e.log.Debug("evidence not spread, the engine stops")
	}
}

// accuse spreads what a contract's own attestations prove; the commit has kept
// it.
func (a *actor) accuse(effects []contract.Effect) {
	for _, effect := range effects {
		if _, ok := effect.(contract.StoreEvidence); !ok {
			continue
		}
		all, err := a.e.store.Evidence()
		if err != nil {
			a.log.Error("evidence not spread", "err", err)
			return
		}
		for _, proof := range all {
			a.e.spread(proof)
		}
	}
}

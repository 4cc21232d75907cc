package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// link is a connected peer.
type link struct {
	local, remote *wire.Hello
	// evidence counts the proofs it has sent over this connection.
	evidence int
}

// maxEvidence bounds the proofs against oracles that are looked at for one
// connection.
const maxEvidence = 16

// errSegment refuses a long message that no contract waits for.
var errSegment = errors.New("no contract expects the message")

// connected reports whether a peer is.
func (e *Engine) connected(peer [33]byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.links[peer] != nil
}

func (e *Engine) linkOf(peer [33]byte) *link {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.links[peer]
}

// hellos returns what was said at the beginning of a peer's connection, nil if it
// has none.
func (e *Engine) hellos(peer [33]byte) (local, remote *wire.Hello) {
	if l := e.linkOf(peer); l != nil {
		return l.local, l.remote
	}
	return nil, nil
}

// needs fails with ErrNotConnected unless the peer is connected.
func (e *Engine) needs(peer [33]byte) error {
	if !e.connected(peer) {
		return fmt.Errorf("%w: %x", ErrNotConnected, peer)
	}
	return nil
}

// Connected tells that a peer's connection is up: local and remote are the two
// hellos. It sends resume for all contracts with it.
func (e *Engine) Connected(peer [33]byte, local, remote *wire.Hello) {
	e.mu.Lock()
	e.links[peer] = &link{local: local, remote: remote}
	e.mu.Unlock()
	started := e.spawn(func(ctx context.Context) {
		if e.await(ctx) != nil {
			return
		}
		var entries []wire.ResumeEntry
		for _, a := range e.with(peer) {
			state := a.snapshot()
			if state.OfferHash != [32]byte{} && !state.Phase.Final() {
				entries = append(entries, wire.ResumeEntry{TempID: state.TempID, Have: have(state)})
			}
		}
		for _, message := range wire.SplitResume(entries) {
			e.send(ctx, peer, message.Encode())
		}
	})
	if !started {
		e.log.Debug("peer comes while the engine stops")
	}
}

// Disconnected tells that a peer's connection is gone; secret nonces of closes
// with it are wiped.
func (e *Engine) Disconnected(peer [33]byte) {
	e.mu.Lock()
	delete(e.links, peer)
	e.mu.Unlock()
	for _, a := range e.with(peer) {
		if a.snapshot().Session.Open() {
			a.post(func(m *mail) { m.gone = true })
		}
	}
}

// with returns the contracts with a peer that have a goroutine.
func (e *Engine) with(peer [33]byte) []*actor {
	e.mu.Lock()
	defer e.mu.Unlock()
	actors := make([]*actor, 0, len(e.byPeer[peer]))
	for _, a := range e.byPeer[peer] {
		actors = append(actors, a)
	}
	return actors
}

// have says which messages of a contract we hold.
func have(s contract.State) wire.Have {
	h := wire.HaveOffer
	pending := s.Pending != [32]byte{}
	if s.AcceptHash != [32]byte{} || s.Role == contract.Offerer && pending {
		h |= wire.HaveAccept
	}
	if s.SignHash != [32]byte{} || s.Role == contract.Accepter && pending {
		h |= wire.HaveSign
	}
	if s.FundedHash != [32]byte{} || s.Role == contract.Offerer && s.FundingComplete {
		h |= wire.HaveFunded
	}
	return h
}

// Expect judges the head of a message that is longer than a frame, before it is
// read: an error means that nobody waits for it.
func (e *Engine) Expect(peer [33]byte, head wire.Head, _ uint32) error {
	switch head.Type { //nolint:exhaustive // only these can be long, and record is not ours
	case wire.TypeOffer:
		if open := e.openWith(peer, Key(contract.Key(contract.Accepter, peer, head.ID))); open >= e.policy().Limits.OpenOffersPerPeer {
			return fmt.Errorf("%w: %d offers are open", ErrLimit, open)
		}
		return nil
	case wire.TypeAccept:
		if _, ok := e.known(Key(contract.Key(contract.Offerer, peer, head.ID))); ok {
			return nil
		}
	case wire.TypeSign:
		if _, ok := e.byID(peer, head.ID); ok {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", errSegment, head.Type)
}

// known returns the goroutine of a contract, if it has one.
func (e *Engine) known(key Key) (*actor, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, ok := e.actors[key]
	return a, ok
}

// byID returns the key of the contract that a peer calls by a contract id.
func (e *Engine) byID(peer [33]byte, id [32]byte) (Key, bool) {
	e.mu.Lock()
	key, ok := e.ids[peerID{peer, id}]
	e.mu.Unlock()
	if ok {
		return key, true
	}
	found, err := e.store.Find(peer, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		e.log.Error("contract not looked up", "err", err)
	}
	return found, err == nil
}

// Message takes a message of a peer about a contract: offer, accept, sign,
// funded, reject, the closes, resume or evidence. It returns when the contract
// has it, so that a peer who sends faster than we work waits.
func (e *Engine) Message(ctx context.Context, peer [33]byte, raw []byte) {
	if e.await(ctx) != nil {
		return
	}
	message, err := wire.DecodeMaxList(raw, e.drafts.MaxList(peer))
	if err != nil {
		if wire.Closes(err) {
			e.log.Warn("peer breaks the rules, ending the connection", "peer", fmt.Sprintf("%x", peer[:8]), "err", err)
			if err := e.cfg.Peers.Disconnect(peer); err != nil {
				e.log.Debug("connection is gone", "err", err)
			}
			return
		}
		e.refuse(ctx, peer, raw, err)
		return
	}
	switch m := message.(type) { //nolint:gochecksumtype // the others are not about contracts
	case *wire.Offer:
		e.peerOffer(ctx, peer, raw, m)
	case *wire.Accept:
		e.peerAccept(ctx, peer, raw, m)
	case *wire.Resume:
		e.peerResume(ctx, peer, m)
	case *wire.Reject:
		e.peerReject(ctx, peer, raw, m)
	case *wire.Evidence:
		e.peerEvidence(peer, m)
	case *wire.Sign:
		e.toContract(ctx, peer, raw, m.ContractID, func(c contract.Clock) contract.Event {
			return contract.PeerSign{Clock: c, Peer: peer, Message: raw}
		})
	case *wire.Funded:
		e.toContract(ctx, peer, raw, m.ContractID, func(c contract.Clock) contract.Event {
			return contract.PeerFunded{Clock: c, Peer: peer, Message: raw}
		})
	case *wire.CloseOffer:
		estimate, err := e.drafts.Rate(ctx, e.policy().Fees.CETTarget)
		if err != nil {
			e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectInternal, Field: "feerate", Err: err})
			return
		}
		e.toContract(ctx, peer, raw, m.ContractID, func(c contract.Clock) contract.Event {
			return contract.PeerCloseOffer{Clock: c, Peer: peer, Estimate: estimate, Message: raw}
		})
	case *wire.CloseAccept:
		e.toContract(ctx, peer, raw, m.ContractID, func(c contract.Clock) contract.Event {
			return contract.PeerCloseAccept{Clock: c, Peer: peer, Message: raw}
		})
	case *wire.CloseComplete:
		e.toContract(ctx, peer, raw, m.ContractID, func(c contract.Clock) contract.Event {
			return contract.PeerCloseComplete{Clock: c, Peer: peer, Message: raw}
		})
	default:
		e.log.Debug("message is not about a contract", "type", message.Type().String())
	}
}

// refuse answers a message with a reject that changes nothing.
func (e *Engine) refuse(ctx context.Context, peer [33]byte, raw []byte, err error) {
	if reject, ok := wire.Refusal(raw, err); ok {
		e.log.Info("message refused", "peer", fmt.Sprintf("%x", peer[:8]), "type", reject.Refused.String(), "code", reject.Code.String(), "err", err)
		e.send(ctx, peer, reject.Encode())
	}
}

// refuseUnknown answers a message about a contract that this peer does not have
// with us.
func (e *Engine) refuseUnknown(ctx context.Context, peer [33]byte, raw []byte) {
	e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectUnknownContract, Field: "id", Err: ErrUnknown})
}

// toContract hands a message to the contract that the peer calls by id.
func (e *Engine) toContract(ctx context.Context, peer [33]byte, raw []byte, id [32]byte, event func(contract.Clock) contract.Event) {
	key, ok := e.byID(peer, id)
	if !ok {
		e.refuseUnknown(ctx, peer, raw)
		return
	}
	e.toKey(ctx, peer, raw, key, event)
}

// toKey hands a message to a contract and waits until it is taken.
func (e *Engine) toKey(ctx context.Context, peer [33]byte, raw []byte, key Key, event func(contract.Clock) contract.Event) {
	err := e.tell(ctx, key, event)
	switch {
	case err == nil, ctx.Err() != nil, errors.Is(err, ErrStopped):
	case errors.Is(err, ErrUnknown):
		e.refuseUnknown(ctx, peer, raw)
	default:
		// Not answered: after a reconnection the peer sends it again.
		e.log.Warn("message of a peer not taken", "peer", fmt.Sprintf("%x", peer[:8]), "contract", key.String()[:16], "err", err)
	}
}

// tell hands an event to a contract wherever it is and waits for what comes of
// it.
func (e *Engine) tell(ctx context.Context, key Key, event func(contract.Clock) contract.Event) error {
	const tries = 3 // a goroutine may end just before it is asked
	err := ErrStopped
	for range tries {
		a, failed := e.actor(ctx, key)
		if failed != nil {
			return failed
		}
		if _, err = a.ask(ctx, event); !errors.Is(err, ErrStopped) {
			return err
		}
	}
	return err
}

// peerAccept takes the answer to an offer of ours, after its coins were looked
// up.
func (e *Engine) peerAccept(ctx context.Context, peer [33]byte, raw []byte, m *wire.Accept) {
	key := Key(contract.Key(contract.Offerer, peer, m.TempID))
	if _, ok := e.known(key); !ok {
		if _, err := e.store.Contract(key); err != nil {
			e.refuseUnknown(ctx, peer, raw)
			return
		}
	}
	facts, err := e.drafts.CoinFacts(ctx, m.Party)
	if err != nil {
		e.log.Warn("coins of a peer not looked up", "err", err)
		facts.Unavailable = draft.OutPoints(m.Party) // what cannot be seen is not relied on
	}
	facts.Policy = e.judgeVault(m.Vault, m.Party.Payout)
	e.toKey(ctx, peer, raw, key, func(c contract.Clock) contract.Event {
		return contract.PeerAccept{Clock: c, Peer: peer, Facts: facts, Message: raw}
	})
}

// peerResume sends again what the peer lacks, and says which contracts are
// unknown here.
func (e *Engine) peerResume(ctx context.Context, peer [33]byte, m *wire.Resume) {
	for _, entry := range m.Contracts {
		found := false
		for _, role := range []contract.Role{contract.Offerer, contract.Accepter} {
			key := Key(contract.Key(role, peer, entry.TempID))
			err := e.tell(ctx, key, func(c contract.Clock) contract.Event {
				return contract.PeerResume{Clock: c, Peer: peer, Have: entry.Have}
			})
			if ctx.Err() != nil {
				return
			}
			found = found || !errors.Is(err, ErrUnknown)
		}
		if !found {
			reject := wire.Reject{ID: entry.TempID, Refused: wire.TypeResume, Code: wire.RejectUnknownContract}
			e.send(ctx, peer, reject.Encode())
		}
	}
}

// peerReject hands a reject to the contract it is about, if there is one; it is
// never answered.
func (e *Engine) peerReject(ctx context.Context, peer [33]byte, raw []byte, m *wire.Reject) {
	keys := []Key{Key(contract.Key(contract.Offerer, peer, m.ID)), Key(contract.Key(contract.Accepter, peer, m.ID))}
	switch m.Refused { //nolint:exhaustive // the others do not tell the role
	case wire.TypeOffer, wire.TypeSign:
		keys = keys[:1]
	case wire.TypeAccept, wire.TypeFunded:
		keys = keys[1:]
	}
	if key, ok := e.byID(peer, m.ID); ok {
		keys = append(keys, key)
	}
	e.log.Info("peer refuses", "peer", fmt.Sprintf("%x", peer[:8]), "type", m.Refused.String(), "code", m.Code.String(),
		"detail", fmt.Sprintf("%q", m.Detail))
	for _, key := range keys {
		err := e.tell(ctx, key, func(c contract.Clock) contract.Event {
			return contract.PeerReject{Clock: c, Peer: peer, Message: raw}
		})
		if err != nil && !errors.Is(err, ErrUnknown) && ctx.Err() == nil {
			e.log.Warn("reject not taken", "err", err)
		}
	}
}

// peerEvidence keeps a proof against an oracle that we use; its key is refused
// from then on.
func (e *Engine) peerEvidence(peer [33]byte, m *wire.Evidence) {
	e.mu.Lock()
	l := e.links[peer]
	if l != nil {
		l.evidence++
	}
	tooMany := l == nil || l.evidence > maxEvidence
	e.mu.Unlock()
	if tooMany {
		return
	}
	proof, err := attest.DecodeEvidence(m.Proof)
	if err == nil {
		err = e.keepEvidence(proof)
	}
	if err != nil {
		e.log.Info("evidence refused", "peer", fmt.Sprintf("%x", peer[:8]), "err", err)
	}
}

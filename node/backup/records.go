package backup

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Times of recovery from peers.
const (
	// answerEvery is how often one peer is told everything, asking for each
	// record's reading of the disk.
	answerEvery = time.Minute
	// askGrace is how much later than that we ask again.
	askGrace = time.Second
	// forgedMost is how many records with a bad list are read of a peer that was asked.
	forgedMost = 16
	// listenFor is how long records are taken after we asked.
	listenFor = 10 * time.Minute
)

// Errors of recovery from peers.
var (
	// ErrUnasked means that a peer sent a record that nobody asked for.
	ErrUnasked = errors.New("record that was not asked for")
	// ErrNotOurs means that a record holds no contract of this node.
	ErrNotOurs = errors.New("record of a contract that is not ours")
	// ErrUnsigned means that a contract in a record cannot be funded: it may be
	// forgotten.
	ErrUnsigned = errors.New("record of a contract that was not signed")
)

// Keys derives a contract's keys; *keys.Ring implements it.
type Keys interface {
	ContractKeys(id keys.KeyID) (internal, contract *btcec.PrivateKey, err error)
}

// Peers sends a whole message to a connected peer, waiting while its queue is
// full.
type Peers interface {
	Send(ctx context.Context, peer [33]byte, message []byte) error
}

// RecordsConfig is what Records works with.
type RecordsConfig struct {
	Contracts Contracts
	Keys      Keys
	Peers     Peers
	// Import takes a contract over.
	Import Importer
	// Unread is why the own files were not taken over yet; until it returns nil no
	// peer is asked, for his record would take the place of one of them.
	Unread func() error
	// Params are the times and depths of contracts from records, whose own are
	// lost.
	Params contract.Params
	Log    *slog.Logger
	// Now is a clock that does not run back.
	Now func() time.Time
}

// Records asks peers for lost contracts and answers those who ask. Its methods
// are safe for concurrent use; make it with NewRecords.
type Records struct {
	cfg RecordsConfig

	mu sync.Mutex
	// asked is until when records of a peer are taken, answered when a peer was
	// last told.
	asked, answered map[[33]byte]time.Time
	// forged counts a peer's records since it was asked whose lists do not verify.
	forged map[[33]byte]int
	// again are peers that told us to ask later.
	again chan askAgain
}

// askAgain is a peer and when to ask it again.
type askAgain struct {
	peer [33]byte
	at   time.Time
}

// askAgains bounds how many peers wait to be asked again; one beyond them is asked
// when it connects the next time.
const askAgains = 64

// NewRecords returns Records.
func NewRecords(cfg RecordsConfig) *Records {
	return &Records{
		cfg: cfg, asked: make(map[[33]byte]time.Time), answered: make(map[[33]byte]time.Time), forged: make(map[[33]byte]int), again: make(chan askAgain, askAgains),
	}
}

// Refused takes the reject of a recover. A peer that was asked too soon is asked
// again by Run, once it answers again.
func (r *Records) Refused(peer [33]byte, code wire.RejectCode) {
	if code != wire.RejectRateLimited || r.Expect(peer) != nil {
		return
	}
	select {
	case r.again <- askAgain{peer, r.cfg.Now().Add(answerEvery + askGrace)}:
	default:
	}
}

// Run asks peers again that were asked too soon, if the store still holds no
// contract, until ctx ends.
func (r *Records) Run(ctx context.Context) error {
	for {
		var next askAgain
		select {
		case next = <-r.again:
		case <-ctx.Done():
			return nil
		}
		timer := time.NewTimer(next.at.Sub(r.cfg.Now()))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		if err := r.AskIfEmpty(ctx, next.peer); err != nil {
			r.cfg.Log.Debug("peer not asked again for lost contracts", "peer", hex.EncodeToString(next.peer[:]), "err", err)
		}
	}
}

// Ask asks a connected peer for the contracts with it; what it has comes as
// messages. It fails with ErrUnread before the own files were taken over.
func (r *Records) Ask(ctx context.Context, peer [33]byte) error {
	if err := r.cfg.Unread(); err != nil {
		return fmt.Errorf("ask for contracts: %w", err)
	}
	now := r.cfg.Now()
	r.mu.Lock()
	for k, until := range r.asked {
		if now.After(until) {
			delete(r.asked, k)
			delete(r.forged, k)
		}
	}
	r.asked[peer] = now.Add(listenFor)
	delete(r.forged, peer)
	r.mu.Unlock()
	ask := wire.Recover{}
	if err := r.cfg.Peers.Send(ctx, peer, ask.Encode()); err != nil {
		return fmt.Errorf("ask for contracts: %w", err)
	}
	return nil
}

// AskIfEmpty asks a peer if the store holds no contract at all, as that of a
// node that lost it.
func (r *Records) AskIfEmpty(ctx context.Context, peer [33]byte) error {
	if empty, err := Empty(r.cfg.Contracts); err != nil || !empty {
		return err
	}
	return r.Ask(ctx, peer)
}

// Empty says whether a store holds no contract at all.
func Empty(c Contracts) (bool, error) {
	found := errors.New("there is one")
	err := c.Contracts(func(contract.State) error { return found })
	if errors.Is(err, found) {
		return false, nil
	}
	return err == nil, err
}

// Expect says whether a record of the peer may be read: only after we asked.
func (r *Records) Expect(peer [33]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until, ok := r.asked[peer]; !ok || r.cfg.Now().After(until) {
		return ErrUnasked
	}
	return nil
}

// Answer answers a peer's recover: one record for each contract with it that is
// not final, as far as its messages exist. It takes as long as the peer does to
// receive them. A peer that asks again too soon gets ErrTooSoon, to be told
// `rate_limited`.
func (r *Records) Answer(ctx context.Context, peer [33]byte) error {
	now := r.cfg.Now()
	r.mu.Lock()
	last, ok := r.answered[peer]
	if ok && now.Sub(last) < answerEvery {
		r.mu.Unlock()
		return ErrTooSoon
	}
	for k, at := range r.answered {
		if now.Sub(at) >= answerEvery {
			delete(r.answered, k)
		}
	}
	r.answered[peer] = now
	r.mu.Unlock()

	var states []contract.State
	err := r.cfg.Contracts.Contracts(func(s contract.State) error {
		if s.Peer == peer && !s.Phase.Final() {
			states = append(states, contract.State{Role: s.Role, Peer: s.Peer, TempID: s.TempID})
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("list contracts for a peer: %w", err)
	}
	for _, s := range states {
		if err := r.answerOne(ctx, peer, s.Key()); err != nil {
			return err
		}
	}
	if len(states) > 0 {
		r.cfg.Log.Info("peer asked for lost contracts", "peer", fmt.Sprintf("%x", peer), "contracts", len(states))
	}
	return nil
}

// ErrTooSoon means that a peer asked again too soon.
var ErrTooSoon = errors.New("asked again too soon")

func (r *Records) answerOne(ctx context.Context, peer [33]byte, key [32]byte) error {
	state, err := r.cfg.Contracts.Contract(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	record := wire.Record{Offer: state.Offer}
	for _, m := range []struct {
		ref  [32]byte
		into *[]byte
	}{{state.AcceptHash, &record.Accept}, {state.SignHash, &record.Sign}} {
		if m.ref == [32]byte{} {
			break
		}
		if *m.into, err = r.cfg.Contracts.Message(key, m.ref); err != nil {
			return err
		}
	}
	if len(record.Offer) == 0 {
		return nil
	}
	return r.cfg.Peers.Send(ctx, peer, record.Encode())
}

// Record takes one record that a peer sent. It is kept only if it was asked
// for, its keys are ours, and all signatures in it hold, those for each outcome too. A contract
// that is here already changes nothing. Errors are ErrUnasked, ErrNotOurs,
// ErrUnsigned, those of decoding, and of the store.
func (r *Records) Record(ctx context.Context, peer [33]byte, raw []byte) error {
	if err := r.Expect(peer); err != nil {
		return err
	}
	recovery, err := r.recovery(peer, raw)
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	if err != nil {
		return err
	}
	encoded, err := recovery.Encode()
	if err != nil {
		return err
	}
	err = r.cfg.Import(ctx, encoded)
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over a contract from its peer: %w", err)
	}
	r.cfg.Log.Info("contract taken over from its peer", "peer", fmt.Sprintf("%x", peer))
	return nil
}

// recovery makes the recovery record of a peer's record.
func (r *Records) recovery(peer [33]byte, raw []byte) (contract.Recovery, error) {
	m, err := wire.Decode(raw)
	if err != nil {
		return contract.Recovery{}, err
	}
	record, ok := m.(*wire.Record)
	if !ok {
		return contract.Recovery{}, fmt.Errorf("%s: %w", m.Type(), ErrNotOurs)
	}
	if len(record.Sign) == 0 {
		return contract.Recovery{}, ErrUnsigned
	}
	role, err := r.role(record)
	if err != nil {
		return contract.Recovery{}, err
	}
	tower, err := wire.NewTowerPackage(record.Offer, record.Accept, record.Sign)
	if err != nil {
		return contract.Recovery{}, err
	}
	recovery := contract.Recovery{Role: role, Peer: peer, Params: r.cfg.Params, Tower: tower.Encode()}
	// Restore verifies both refund signatures, ours among them.
	state, _, err := contract.Restore(recovery)
	if err != nil {
		return contract.Recovery{}, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	switch _, err := r.cfg.Contracts.Contract(state.Key()); {
	case err == nil:
		return contract.Recovery{}, fmt.Errorf("contract %x: %w", state.ContractID, store.ErrStale)
	case !errors.Is(err, store.ErrNotFound):
		return contract.Recovery{}, err
	}
	// A refund does not depend on the terms; our own list does, every signature of it.
	// Only that list says that these are the terms which we agreed to.
	for _, message := range [][]byte{record.Accept, record.Sign} {
		if _, err := contract.Verify(state, message, rand.Reader); err != nil {
			r.distrust(peer)
			return contract.Recovery{}, fmt.Errorf("%w: %w", ErrNotOurs, err)
		}
	}
	return recovery, nil
}

// distrust counts a record whose lists do not verify, which is the most work that a
// record can make; of a peer that sends forgedMost of them no more are read until it is
// asked again.
func (r *Records) distrust(peer [33]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.forged[peer]++; r.forged[peer] >= forgedMost {
		delete(r.asked, peer)
	}
}

// role returns the role in which both keys of a record are ours.
func (r *Records) role(record *wire.Record) (contract.Role, error) {
	for role, message := range map[contract.Role][]byte{contract.Offerer: record.Offer, contract.Accepter: record.Accept} {
		m, err := wire.Decode(message)
		if err != nil {
			return 0, err
		}
		var party *wire.Party
		switch m := m.(type) { //nolint:gochecksumtype // a record holds no other messages there
		case *wire.Offer:
			party = &m.Party
		case *wire.Accept:
			party = &m.Party
		}
		if party == nil {
			return 0, fmt.Errorf("%s: %w", m.Type(), ErrNotOurs)
		}
		id, err := keys.ParseKeyID(party.KeyID[:])
		if err != nil {
			continue
		}
		internal, own, err := r.cfg.Keys.ContractKeys(id)
		if err != nil {
			return 0, fmt.Errorf("derive the keys of a record: %w", err)
		}
		match := [33]byte(internal.PubKey().SerializeCompressed()) == party.Internal &&
			[33]byte(own.PubKey().SerializeCompressed()) == party.Contract
		internal.Zero()
		own.Zero()
		if match {
			return role, nil
		}
	}
	return 0, ErrNotOurs
}

package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Entry is one line of a contract's history.
type Entry struct {
	// Number counts from 0.
	Number uint64 `json:"number"`
	// Time is the event's own clock, Unix seconds; Height its tip.
	Time   int64  `json:"time"`
	Height uint32 `json:"height"`
	// Event, From, To and Effects are names, for people.
	Event   string   `json:"event"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Effects []string `json:"effects,omitempty"`
}

// Commit writes the result of one Step: the new state, its in-commit effects,
// the durable ones to the outbox, and a line of history if something happened.
// All of it is one synced transaction. old is the state that Step was given.
//
// It fails with ErrStale if old is not what the store holds, with
// ErrUnavailable or ErrNonceReuse if an in-commit effect cannot be had; then
// the event is to be answered with OwnFailure. A result without a trace (New
// without an offer), or one in which only the clock moved on, is not written:
// a restart brings its own clock.
func (s *Store) Commit(old, next contract.State, event contract.Kind, effects []contract.Effect) error {
	if next.Phase == contract.New && next.OfferHash == [32]byte{} {
		return nil
	}
	record, err := next.Encode()
	if err != nil {
		return fmt.Errorf("encode contract: %w", err)
	}
	if len(effects) == 0 && onlyClock(old, next, record) {
		return nil
	}
	key := next.Key()
	update := s.db.Update
	if old.SignHash != [32]byte{} || next.Phase.Final() {
		update = s.db.Finish // what is signed must go on when the disk fills up
	}
	err = update(func(txn *records.Txn) error {
		if err := checkOld(txn, key, old); err != nil {
			return err
		}
		if err := putState(txn, key, old, next, record); err != nil {
			return err
		}
		for _, e := range effects {
			if err := perform(txn, key, next, e); err != nil {
				return fmt.Errorf("%s: %w", e, err)
			}
		}
		if old.Phase == next.Phase && !slices.ContainsFunc(effects, isNews) {
			return nil
		}
		return appendHistory(txn, key, entryOf(old, next, event, effects))
	})
	if err != nil {
		return fmt.Errorf("commit contract %x: %w", key[:4], err)
	}
	return nil
}

// isNews reports whether an effect is more than an answer to the peer. A step
// that only answers leaves no line of history, so that a peer who repeats itself
// does not fill the disk.
func isNews(e contract.Effect) bool {
	_, answer := e.(contract.Send)
	return !answer
}

// onlyClock reports whether two states differ in nothing but the clock; record
// is that of the second.
func onlyClock(old, next contract.State, record []byte) bool {
	old.Clock = next.Clock
	before, err := old.Encode()
	return err == nil && bytes.Equal(before, record)
}

// checkOld compares the stored contract with the one that Step was given.
func checkOld(txn *records.Txn, key [32]byte, old contract.State) error {
	raw, err := txn.Get(join(prefixState, key[:]))
	switch {
	case errors.Is(err, ErrNotFound):
		if old.Seq != 0 {
			return fmt.Errorf("%w: it is gone", ErrStale)
		}
		return nil
	case err != nil:
		return err
	}
	stored, err := decodeState(raw)
	if err != nil {
		return err
	}
	if stored.Seq != old.Seq || stored.Phase != old.Phase {
		return ErrStale
	}
	return nil
}

func decodeState(raw []byte) (contract.State, error) {
	state, err := contract.DecodeState(raw)
	switch {
	case errors.Is(err, contract.ErrNewer):
		return state, fmt.Errorf("%w: %w", ErrNewer, err)
	case err != nil:
		return state, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return state, nil
}

func putState(txn *records.Txn, key [32]byte, old, next contract.State, record []byte) error {
	if err := txn.Put(join(prefixState, key[:]), record); err != nil {
		return err
	}
	if old.Phase != next.Phase {
		if err := txn.Delete(join(prefixPhase, []byte{byte(old.Phase)}, key[:])); err != nil {
			return err
		}
	}
	if old.Phase != next.Phase || old.Seq == 0 {
		if err := txn.Put(join(prefixPhase, []byte{byte(next.Phase)}, key[:]), nil); err != nil {
			return err
		}
	}
	if next.ContractID == old.ContractID {
		return nil
	}
	return txn.Put(join(prefixID, next.Peer[:], next.ContractID[:]), key[:])
}

// perform does an effect's part in the transaction.
func perform(txn *records.Txn, key [32]byte, state contract.State, effect contract.Effect) error {
	switch e := effect.(type) {
	case contract.StoreMessage:
		return txn.PutOnce(join(prefixMessage, key[:], e.Ref[:]), e.Data)
	case contract.RecordNonces:
		for _, raw := range e.Announcements {
			if err := recordNonces(txn, raw); err != nil {
				return err
			}
		}
		return nil
	case contract.TakeOrder:
		return takeOrder(txn, key, e)
	case contract.GiveBack:
		return giveBack(txn, e)
	case contract.StoreEvidence:
		return storeEvidence(txn, key, state, e)
	case contract.Archive:
		if e.Until == 0 {
			return txn.Delete(join(prefixArchive, key[:]))
		}
		return txn.Put(join(prefixArchive, key[:]), binary.BigEndian.AppendUint32(nil, e.Until))
	case contract.ProposeClose, contract.AnswerClose, contract.AggregateClose, contract.DropClose:
		return nil
	case contract.ReserveInputs, contract.ReleaseInputs, contract.Send, contract.SignContract, contract.VerifyPeer,
		contract.BroadcastTx, contract.WatchTx, contract.WatchSpends, contract.StartTimer, contract.CompleteCET,
		contract.RaiseFee, contract.Notify, contract.Alarm:
		raw, err := contract.EncodeEffect(e)
		if err != nil {
			return err
		}
		return txn.Put(join(prefixOutbox, key[:], number(e.ID())), raw)
	}
	return fmt.Errorf("%w: unknown effect", contract.ErrRecord)
}

func entryOf(old, next contract.State, event contract.Kind, effects []contract.Effect) Entry {
	e := Entry{
		Time: next.Clock.Now, Height: next.Clock.Height,
		Event: event.String(), From: old.Phase.String(), To: next.Phase.String(),
	}
	for _, effect := range effects {
		e.Effects = append(e.Effects, effect.String())
	}
	return e
}

// appendHistory writes the next entry. Its number is that after the last one.
func appendHistory(txn *records.Txn, key [32]byte, e Entry) error {
	last, err := txn.Last(join(prefixHistory, key[:]))
	switch {
	case err == nil:
		e.Number = binary.BigEndian.Uint64(last) + 1
	case !errors.Is(err, ErrNotFound):
		return err
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return txn.Put(join(prefixHistory, key[:], number(e.Number)), raw)
}

// Contract returns the state of a contract; ErrNotFound, ErrNewer or
// ErrCorrupt.
func (s *Store) Contract(key [32]byte) (contract.State, error) {
	var state contract.State
	err := s.db.View(func(txn *records.Txn) error {
		raw, err := txn.Get(join(prefixState, key[:]))
		if err != nil {
			return err
		}
		state, err = decodeState(raw)
		return err
	})
	if err != nil {
		return contract.State{}, fmt.Errorf("contract %x: %w", key[:4], err)
	}
	return state, nil
}

// Find returns the key of the contract that a peer calls contractID;
// ErrNotFound if that peer has none of this id.
func (s *Store) Find(peer [33]byte, contractID [32]byte) ([32]byte, error) {
	var key [32]byte
	err := s.db.View(func(txn *records.Txn) error {
		raw, err := txn.Get(join(prefixID, peer[:], contractID[:]))
		copy(key[:], raw)
		return err
	})
	if err != nil {
		return key, fmt.Errorf("contract id %x: %w", contractID[:4], err)
	}
	return key, nil
}

// Contracts calls f for the contracts in the given phases, or for all without
// any, one by one; f must not write to the store. It stops at f's first error.
func (s *Store) Contracts(f func(contract.State) error, phases ...contract.Phase) error {
	if len(phases) == 0 {
		phases = contract.Phases()
	}
	return s.db.View(func(txn *records.Txn) error {
		for _, p := range phases {
			err := txn.Scan(join(prefixPhase, []byte{byte(p)}), nil, func(key, _ []byte) error {
				raw, err := txn.Get(join(prefixState, key))
				if err != nil {
					return fmt.Errorf("%w: contract %x of the index: %w", ErrCorrupt, key[:4], err)
				}
				state, err := decodeState(raw)
				if err != nil {
					return fmt.Errorf("contract %x: %w", key[:4], err)
				}
				return f(state)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Message returns a stored message of a contract by its SHA256; ErrNotFound.
func (s *Store) Message(key, ref [32]byte) ([]byte, error) {
	var raw []byte
	err := s.db.View(func(txn *records.Txn) (err error) {
		raw, err = txn.Get(join(prefixMessage, key[:], ref[:]))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("message %x of contract %x: %w", ref[:4], key[:4], err)
	}
	return raw, nil
}

// Outbox calls f for every effect of every contract that is not marked done,
// contract by contract, in the order in which they were emitted; f must not
// write to the store. It stops at f's first error.
func (s *Store) Outbox(f func(key [32]byte, e contract.Effect) error) error {
	return s.outbox(join(prefixOutbox), func(rest []byte, e contract.Effect) error {
		return f([32]byte(rest[:32]), e)
	})
}

// Undone returns the effects of one contract that are not marked done, in
// order.
func (s *Store) Undone(key [32]byte) ([]contract.Effect, error) {
	var all []contract.Effect
	err := s.outbox(join(prefixOutbox, key[:]), func(_ []byte, e contract.Effect) error {
		all = append(all, e)
		return nil
	})
	return all, err
}

func (s *Store) outbox(prefix []byte, f func(rest []byte, e contract.Effect) error) error {
	return s.db.View(func(txn *records.Txn) error {
		return txn.Scan(prefix, nil, func(rest, raw []byte) error {
			e, err := contract.DecodeEffect(raw)
			if err != nil {
				return fmt.Errorf("%w: outbox: %w", ErrCorrupt, err)
			}
			return f(rest, e)
		})
	})
}

// Done marks effects of a contract as done; marking twice does no harm.
func (s *Store) Done(key [32]byte, ids ...uint64) error {
	err := s.db.Finish(func(txn *records.Txn) error {
		for _, id := range ids {
			if err := txn.Delete(join(prefixOutbox, key[:], number(id))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark effects of contract %x done: %w", key[:4], err)
	}
	return nil
}

// History returns a contract's history from entry number first on, at most
// limit entries.
func (s *Store) History(key [32]byte, first uint64, limit int) ([]Entry, error) {
	var all []Entry
	err := s.db.View(func(txn *records.Txn) error {
		prefix := join(prefixHistory, key[:])
		for at := first; len(all) < limit; at++ {
			raw, err := txn.Get(join(string(prefix), number(at)))
			if errors.Is(err, ErrNotFound) {
				return nil // numbers have no gaps
			}
			if err != nil {
				return err
			}
			var e Entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return fmt.Errorf("%w: history: %w", ErrCorrupt, err)
			}
			all = append(all, e)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("history of contract %x: %w", key[:4], err)
	}
	return all, nil
}

// Prune deletes all records of the contracts that may go at the given height
// and have nothing left to do, and returns how many went. Their takes stay used and their nonces known.
func (s *Store) Prune(height uint32) (int, error) {
	var due [][]byte
	err := s.db.View(func(txn *records.Txn) error {
		return txn.Scan(join(prefixArchive), nil, func(key, raw []byte) error {
			if len(raw) == 4 && binary.BigEndian.Uint32(raw) <= height {
				due = append(due, key)
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	gone := 0
	for _, key := range due {
		switch err := s.prune([32]byte(key)); {
		case err == nil:
			gone++
		case !errors.Is(err, errUndone):
			return gone, fmt.Errorf("prune contract %x: %w", key[:4], err)
		}
	}
	return gone, nil
}

// errUndone: a contract has effects that are not marked done.
var errUndone = errors.New("effects are not done")

func (s *Store) prune(key [32]byte) error {
	return s.db.Finish(func(txn *records.Txn) error {
		if _, err := txn.Last(join(prefixOutbox, key[:])); !errors.Is(err, ErrNotFound) {
			return cmp.Or(err, errUndone)
		}
		raw, err := txn.Get(join(prefixState, key[:]))
		if err != nil {
			return err
		}
		state, err := decodeState(raw)
		if err != nil {
			return err
		}
		gone := [][]byte{
			join(prefixState, key[:]), join(prefixArchive, key[:]),
			join(prefixPhase, []byte{byte(state.Phase)}, key[:]), join(prefixID, state.Peer[:], state.ContractID[:]),
		}
		for _, prefix := range []string{prefixMessage, prefixHistory} {
			full := join(prefix, key[:])
			err := txn.Scan(full, nil, func(rest, _ []byte) error {
				gone = append(gone, join(string(full), rest))
				return nil
			})
			if err != nil {
				return err
			}
		}
		for _, k := range gone {
			if err := txn.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// Export returns a contract's recovery data, encoded: the tower package with
// role and peer, the claims and the attestations. The caller encrypts it. It
// is contract.ErrIllegal for a contract that cannot be funded yet.
func (s *Store) Export(key [32]byte) ([]byte, error) {
	state, err := s.Contract(key)
	if err != nil {
		return nil, err
	}
	if state.SignHash == [32]byte{} {
		return nil, fmt.Errorf("export contract %x: %w", key[:4], contract.ErrIllegal)
	}
	var messages [][]byte
	refs := [][32]byte{state.AcceptHash, state.SignHash}
	for _, a := range state.Attestations {
		refs = append(refs, a.Ref)
	}
	for _, ref := range refs {
		raw, err := s.Message(key, ref)
		if err != nil {
			return nil, err
		}
		messages = append(messages, raw)
	}
	recovery, err := contract.RecoveryOf(state, messages[0], messages[1], messages[2:])
	if err != nil {
		return nil, fmt.Errorf("export contract %x: %w", key[:4], err)
	}
	return recovery.Encode()
}

// Import stores a contract from its recovery data and returns its state;
// ErrStale if the contract is there. The first event for it is Restarted.
func (s *Store) Import(raw []byte) (contract.State, error) {
	recovery, err := contract.DecodeRecovery(raw)
	if err != nil {
		return contract.State{}, fmt.Errorf("import contract: %w", err)
	}
	state, effects, err := contract.Restore(recovery)
	if err != nil {
		return contract.State{}, fmt.Errorf("import contract: %w", err)
	}
	if _, err := s.Contract(state.Key()); !errors.Is(err, ErrNotFound) {
		return contract.State{}, fmt.Errorf("import contract: %w", errors.Join(ErrStale, err))
	}
	return state, s.Commit(contract.State{}, state, contract.KindRestarted, effects)
}

// storeEvidence writes the proof that an oracle attested two outcomes.
func storeEvidence(txn *records.Txn, key [32]byte, state contract.State, e contract.StoreEvidence) error {
	deal, err := contract.DealOf(state)
	if err != nil || int(e.Oracle) >= len(deal.Offer.Announcements) {
		return errors.Join(ErrCorrupt, err)
	}
	announcement, err := attest.DecodeAnnouncement(deal.Offer.Announcements[e.Oracle])
	if err != nil {
		return err
	}
	var attestations [2]attest.Attestation
	for i, ref := range [][32]byte{e.First, e.Second} {
		raw, err := txn.Get(join(prefixMessage, key[:], ref[:]))
		if err != nil {
			return err
		}
		if attestations[i], err = attest.DecodeAttestation(raw); err != nil {
			return err
		}
	}
	evidence, err := attest.Equivocation(announcement, attestations[0], attestations[1])
	if err != nil {
		return err
	}
	return putEvidence(txn, evidence)
}

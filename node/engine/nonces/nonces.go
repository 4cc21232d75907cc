// Package nonces signs cooperative closes: it holds the secret nonces of the
// MuSig2 sessions in progress, one for each contract and attempt, and makes the
// messages close_offer and close_accept and the finished close from them
// (PROTOCOL.md 8).
//
// It decides nothing: dlc/contract says which attempt is made and what it pays.
// It neither stores nor sends.
//
// Invariant: a secret nonce lives in memory alone, from random bytes drawn for
// this one attempt; it signs at most once and is wiped by its use, by Drop and
// by Close. A number of an attempt never gets a second nonce in one process,
// and the number's high-water mark is on disk before it gets the first
// (SECURITY.md N2).
package nonces

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Errors, beside those of dlc/txs and dlc/contract.
var (
	// ErrGone: the attempt's nonce was used or dropped, or never was.
	ErrGone = errors.New("secret nonce is gone")
	// ErrAgain: the attempt had its nonce already.
	ErrAgain = errors.New("attempt had a nonce before")
	// ErrRandom: the source of randomness failed.
	ErrRandom = errors.New("no randomness for a nonce")
)

// Keys derives a contract's keys; *keys.Ring does.
type Keys interface {
	ContractKeys(id keys.KeyID) (internal, contract *btcec.PrivateKey, err error)
}

// attempt names a close of a contract.
type attempt struct {
	contract [32]byte
	number   uint32
}

// Sessions are the closes in progress of all contracts. It is safe for
// concurrent use.
type Sessions struct {
	keys   Keys
	random io.Reader

	mu   sync.Mutex
	open map[attempt]*txs.SecretNonce
	// marks are, for each contract and side of the numbering, the numbers up to
	// which nonces were drawn.
	marks  map[attempt]uint32
	closed bool
}

// New returns sessions that draw from random, a CSPRNG.
func New(ring Keys, random io.Reader) *Sessions {
	return &Sessions{keys: ring, random: random, open: make(map[attempt]*txs.SecretNonce), marks: make(map[attempt]uint32)}
}

// Propose draws the nonce of an attempt of ours and returns close_offer. The
// state must be on disk, the attempt's number with it. It fails with ErrAgain
// for a number that had a nonce.
func (s *Sessions) Propose(state contract.State, session contract.Session) ([]byte, error) {
	deal, err := contract.DealOf(state)
	if err != nil {
		return nil, err
	}
	nonce, err := s.draw(state, deal, session, nil)
	if err != nil {
		return nil, err
	}
	message := wire.CloseOffer{
		ContractID: state.ContractID, Attempt: session.Attempt, Kind: wire.CloseKind(session.Kind),
		OffererValue: btcutil.Amount(session.VO), AccepterValue: btcutil.Amount(session.VA), //nolint:gosec // CloseOf held them to M
		FeeRate: session.FeeRate, PubNonce: nonce.Public(),
	}
	return message.Encode(), nil
}

// Answer draws a nonce for the peer's attempt, signs the close with it and
// returns close_accept. The close must be on disk as a claim. cancel is our
// cancel input or nil.
func (s *Sessions) Answer(state contract.State, session contract.Session, cancel *wire.CancelInput) ([]byte, error) {
	deal, err := contract.DealOf(state)
	if err != nil {
		return nil, err
	}
	offer, err := decode[*wire.CloseOffer](session.Message)
	if err != nil {
		return nil, err
	}
	built, err := contract.CloseOf(state, session, cancel)
	if err != nil {
		return nil, err
	}
	hash := built.Sighash()
	nonce, err := s.draw(state, deal, session, &hash)
	if err != nil {
		return nil, err
	}
	partial, err := s.sign(state, deal, hash, offer.PubNonce, session.Attempt)
	if err != nil {
		return nil, err
	}
	message := wire.CloseAccept{
		ContractID: state.ContractID, Attempt: session.Attempt, PubNonce: nonce.Public(), Partial: partial, Cancel: cancel,
	}
	return message.Encode(), nil
}

// Aggregate checks the peer's close_accept, adds our partial signature and
// returns the complete close. The nonce is gone afterwards, whatever happens.
// Errors of dlc/txs about the peer's part have a reject code
// (contract.CodeOf); ErrGone and those about our own have none.
func (s *Sessions) Aggregate(state contract.State, session contract.Session) (*btcwire.MsgTx, error) {
	defer s.Drop(state.Key(), session.Attempt)
	deal, err := contract.DealOf(state)
	if err != nil {
		return nil, err
	}
	accept, err := decode[*wire.CloseAccept](session.Message)
	if err != nil {
		return nil, err
	}
	built, err := contract.CloseOf(state, session, accept.Cancel)
	if err != nil {
		return nil, err
	}
	var witness [][]byte
	if accept.Cancel != nil {
		witness = accept.Cancel.Witness
	}
	if err := built.VerifyCancelWitness(witness); err != nil {
		return nil, err
	}
	own, ok := s.public(state.Key(), session.Attempt)
	if !ok {
		return nil, fmt.Errorf("%w: attempt %d", ErrGone, session.Attempt)
	}
	path, err := keyPath(state, deal, built.Sighash(), own, accept.PubNonce)
	if err != nil {
		return nil, err
	}
	if err := path.Verify(state.Role.Other(), accept.Partial); err != nil {
		return nil, err
	}
	partial, err := s.sign(state, deal, built.Sighash(), accept.PubNonce, session.Attempt)
	if err != nil {
		return nil, err
	}
	var parts [2][32]byte
	parts[state.Role], parts[state.Role.Other()] = partial, accept.Partial
	signature, err := path.Aggregate(parts[contract.Offerer], parts[contract.Accepter])
	if err != nil {
		return nil, err
	}
	return built.Complete(signature, witness)
}

// Drop wipes the nonce of an attempt, if there is one.
func (s *Sessions) Drop(key [32]byte, number uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := attempt{key, number}
	if nonce, ok := s.open[at]; ok {
		nonce.Wipe()
		delete(s.open, at)
	}
}

// Forget wipes all nonces of a contract, as for one that is gone.
func (s *Sessions) Forget(key [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at, nonce := range s.open {
		if at.contract == key {
			nonce.Wipe()
			delete(s.open, at)
		}
	}
	delete(s.marks, attempt{key, 0})
	delete(s.marks, attempt{key, 1})
}

// Close wipes everything; after it nothing is signed.
func (s *Sessions) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for at, nonce := range s.open {
		nonce.Wipe()
		delete(s.open, at)
	}
	s.closed = true
}

// draw makes the one nonce of an attempt.
func (s *Sessions) draw(state contract.State, deal *contract.Deal, session contract.Session, message *[32]byte) (*txs.SecretNonce, error) {
	internal, err := s.internal(state, deal)
	if err != nil {
		return nil, err
	}
	defer internal.Zero()
	var random [32]byte
	defer clear(random[:])
	if _, err := io.ReadFull(s.random, random[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRandom, err)
	}
	nonce, err := txs.NewNonce(internal, &random, txs.NonceTerms{
		Role: state.Role, Output: deal.Contract.Settlement.Output(), Message: message,
		ContractID: state.ContractID, Attempt: session.Attempt,
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mark := attempt{state.Key(), session.Attempt % 2}
	if s.closed || session.Attempt < s.marks[mark] {
		nonce.Wipe()
		return nil, fmt.Errorf("%w: %d", ErrAgain, session.Attempt)
	}
	s.marks[mark] = session.Attempt + 1
	s.open[attempt{state.Key(), session.Attempt}] = nonce
	return nonce, nil
}

func (s *Sessions) public(key [32]byte, number uint32) ([txs.PublicNonceSize]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nonce, ok := s.open[attempt{key, number}]
	if !ok {
		return [txs.PublicNonceSize]byte{}, false
	}
	return nonce.Public(), true
}

// sign uses up the nonce of an attempt.
func (s *Sessions) sign(state contract.State, deal *contract.Deal, hash [32]byte, theirs [txs.PublicNonceSize]byte, number uint32) ([32]byte, error) {
	s.mu.Lock()
	at := attempt{state.Key(), number}
	nonce, ok := s.open[at]
	delete(s.open, at)
	s.mu.Unlock()
	if !ok {
		return [32]byte{}, fmt.Errorf("%w: attempt %d", ErrGone, number)
	}
	defer nonce.Wipe()
	path, err := keyPath(state, deal, hash, nonce.Public(), theirs)
	if err != nil {
		return [32]byte{}, err
	}
	internal, err := s.internal(state, deal)
	if err != nil {
		return [32]byte{}, err
	}
	defer internal.Zero()
	return path.Sign(state.Role, internal, nonce)
}

// internal derives the internal key of our side.
func (s *Sessions) internal(state contract.State, deal *contract.Deal) (*btcec.PrivateKey, error) {
	if deal.Contract == nil {
		return nil, fmt.Errorf("%w: no contract to close", contract.ErrIllegal)
	}
	id := deal.Offer.Party.KeyID
	if state.Role == contract.Accepter {
		id = deal.Accept.Party.KeyID
	}
	internal, other, err := s.keys.ContractKeys(keys.KeyID(id))
	if err != nil {
		return nil, err
	}
	other.Zero()
	return internal, nil
}

// keyPath orders the public nonces by role.
func keyPath(state contract.State, deal *contract.Deal, hash [32]byte, own, theirs [txs.PublicNonceSize]byte) (*txs.KeyPath, error) {
	var nonces [2][txs.PublicNonceSize]byte
	nonces[state.Role], nonces[state.Role.Other()] = own, theirs
	return txs.NewKeyPath(deal.Contract.Settlement.Output(), hash, nonces[contract.Offerer], nonces[contract.Accepter])
}

func decode[M wire.Message](raw []byte) (M, error) {
	var none M
	message, err := wire.Decode(raw)
	if err != nil {
		return none, err
	}
	m, ok := message.(M)
	if !ok {
		return none, fmt.Errorf("%w: %s is no message of a close", contract.ErrIllegal, message.Type())
	}
	return m, nil
}

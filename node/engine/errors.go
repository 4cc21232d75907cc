package engine

import (
	"errors"

	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/node/engine/fund"
)

// Errors of requests, wrapped with the datum at fault; test with errors.Is.
// Those of the packages below (contract.ErrIllegal, payout.ErrTerms,
// wallet.ErrInsufficientFunds, ...) come through as well.
var (
	// ErrUnknown: there is no such contract.
	ErrUnknown = errors.New("no such contract")
	// ErrAmbiguous: an abbreviation fits several contracts.
	ErrAmbiguous = errors.New("several contracts begin like this")
	// ErrRequest: a field of a request is missing or out of range.
	ErrRequest = draft.ErrRequest
	// ErrPolicy: the node's own policy forbids it.
	ErrPolicy = errors.New("against the policy")
	// ErrNotConnected: the peer is not connected.
	ErrNotConnected = errors.New("peer is not connected")
	// ErrUnsupported: the peer does not trade the index, with the same
	// parameters, or not in this scheme.
	ErrUnsupported = draft.ErrUnsupported
	// ErrOracle: an oracle has not announced the event, or is not on the
	// allow-list.
	ErrOracle = draft.ErrOracle
	// ErrLimit: too many offers are open, or too much is reserved.
	ErrLimit = errors.New("limit reached")
	// ErrReadOnly: the store cannot write, so that nothing may be signed; the
	// chain is still watched.
	ErrReadOnly = errors.New("contract store cannot write")
	// ErrStopped: the engine is shutting down, or has.
	ErrStopped = errors.New("engine has stopped")
	// ErrIrrevocable: no coin is free by which an exit could be taken back.
	ErrIrrevocable = fund.ErrNoSpare
	// ErrBusy: a contract has more events waiting than it can take.
	ErrBusy = errors.New("contract is busy")
)

package engine

import (
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/node/engine/view"
)

// Key identifies a contract in this node; see view.Key.
type Key = view.Key

// ParseKey reads what String writes; ErrRequest for anything else.
func ParseKey(text string) (Key, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(Key{}) {
		return Key{}, fmt.Errorf("%w: contract key %q, want 64 hex digits", ErrRequest, text)
	}
	return Key(raw), nil
}

type (
	// OfferRequest asks to offer a contract to a peer.
	OfferRequest = draft.Request
	// Simulation is what a contract would be, without making one.
	Simulation = draft.Simulation
)

// ApproveRequest accepts a peer's offer that waits for the user.
type ApproveRequest struct {
	// Coins, if not empty, are the only ones that fund it.
	Coins []wire.OutPoint
	// Bridge, if not nil, has our payout go to a fresh vault of that bridge, so
	// that our side can become tokens. Its Salt is not used.
	Bridge *vault.Record
}

// CloseRequest proposes an exit at a price.
type CloseRequest struct {
	// OwnValue is what we get of the collateral M, in satoshi; the peer gets the
	// rest. The miner fee of the close is shared.
	OwnValue btcutil.Amount
	// FeeRate is in sat/vB; 0 takes the estimate.
	FeeRate uint32
}

package engine

import (
	"context"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Oracles is what oracles and the own index say; node/feed implements it. Safe
// for concurrent use.
type Oracles interface {
	draft.Oracles
	// Subscribe delivers the event's attestations by the given oracles: those
	// stored at once, later ones as they appear, perhaps more than once.
	// deliver must not block; it is not called after cancel has returned.
	Subscribe(eventID string, keys [][32]byte, deliver func(attestation []byte)) (cancel func())
}

// Peers sends messages. Safe for concurrent use.
type Peers interface {
	// Send queues a whole message to a connected peer; an error means that it
	// was not sent and will not be.
	Send(ctx context.Context, peer [33]byte, message []byte) error
	// Disconnect ends a peer's connection: what it sends breaks the rules, or
	// what it should get cannot be sent.
	Disconnect(peer [33]byte) error
}

// Clock is the time by which contracts are judged: the wall clock, or on a
// private chain that of the chain. Safe for concurrent use.
type Clock interface {
	Now() time.Time
	// Tip tells the time in the header of a new tip.
	Tip(header time.Time)
}

// Keys derives a contract's keys; *keys.Ring does.
type Keys interface {
	ContractKeys(id keys.KeyID) (internal, contract *btcec.PrivateKey, err error)
}

// Wallet publishes transactions and knows fees. *wallet.Wallet implements it.
// Safe for concurrent use.
type Wallet interface {
	draft.Wallet
	Publish(ctx context.Context, tx *btcwire.MsgTx, label string) error
	Bump(ctx context.Context, r wallet.BumpRequest) (wallet.Sent, error)
	PublishPackage(ctx context.Context, tx *btcwire.MsgTx, label string, fee wallet.FeeSpec) (wallet.Sent, error)
}

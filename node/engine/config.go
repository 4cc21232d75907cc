package engine

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/engine/track"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// Config is what an Engine works with. All of it outlives Run.
type Config struct {
	// Store is open; nobody else writes contracts to it.
	Store *store.Store
	// NodeKey is our own node key, compressed.
	NodeKey [33]byte
	// Genesis is the hash of the Bitcoin network's genesis block.
	Genesis chainhash.Hash
	Keys    Keys
	Fund    *fund.Fund
	Wallet  Wallet
	Peers   Peers
	Oracles Oracles
	// Passing are errors of Oracles that pass by themselves.
	Passing []error
	Track   *track.Tracker
	// Mempool is nil on a light client: then coins of peers are not looked up
	// and transactions are seen in blocks only.
	Mempool chain.FullNode
	Clock   Clock
	Policy  policy.Policy
	// Params are the times and depths of new contracts.
	Params contract.Params
	// Random is a CSPRNG.
	Random io.Reader
	Log    *slog.Logger

	// Workers is how many processors sign and verify; 0 means one.
	Workers int
	// PoolPoll is how often the mempool is looked at while a contract waits for
	// a transaction; 0 means 5 s.
	PoolPoll time.Duration
	// Changed, if not nil, is called after a contract has changed on disk. It
	// must not block.
	Changed func(Key)
	// Unready, if not nil, is why no peer's offer may be taken yet: contracts of ours
	// that are not in the store may have its id. It returns nil once that is over.
	Unready func() error
}

func (c *Config) check() error {
	for name, missing := range map[string]bool{
		"Store": c.Store == nil, "Keys": c.Keys == nil, "Fund": c.Fund == nil, "Wallet": c.Wallet == nil,
		"Peers": c.Peers == nil, "Oracles": c.Oracles == nil, "Track": c.Track == nil, "Clock": c.Clock == nil,
		"Genesis": c.Genesis == chainhash.Hash{}, "Random": c.Random == nil, "Log": c.Log == nil,
	} {
		if missing {
			return fmt.Errorf("%w: engine without %s", ErrRequest, name)
		}
	}
	if c.Workers < 1 {
		c.Workers = 1
	}
	if c.PoolPoll <= 0 {
		c.PoolPoll = 5 * time.Second
	}
	return c.Policy.Check()
}

// Package hints opens the file in which lnd's chain notifiers remember from
// which height a confirmation or a spend need be looked for.
//
// The file is a cache: losing it costs time, not money. Its invariant: one
// process has it open.
package hints

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lightningnetwork/lnd/channeldb"
	"github.com/lightningnetwork/lnd/kvdb"
)

const (
	fileName = "notifier-hints.db"
	// lockTimeout is how long another process may keep the file.
	lockTimeout = 5 * time.Second
)

// Cache is an open hint cache, for confirmations and for spends.
type Cache struct {
	*channeldb.HeightHintCache
	db kvdb.Backend
}

// Open opens or makes the cache in dir, which is made (0700) if need be.
func Open(dir string) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the hint cache: %w", err)
	}
	db, err := kvdb.GetBoltBackend(&kvdb.BoltBackendConfig{
		DBPath: dir, DBFileName: fileName, NoFreelistSync: true, DBTimeout: lockTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("open %s in %s: %w", fileName, dir, err)
	}
	cache, err := channeldb.NewHeightHintCache(channeldb.CacheConfig{}, db)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", fileName, err), db.Close())
	}
	return &Cache{HeightHintCache: cache, db: db}, nil
}

// Close closes the file.
func (c *Cache) Close() error { return c.db.Close() }

package node

import (
	"context"
	"fmt"
	"time"

	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/definition"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// openFeed opens what oracles and the own index say; where nothing is traded it is
// silent.
func (d *Daemon) openFeed(s *session, t *trading) (Feed, error) {
	entries, err := d.cfg.Trading.indices(d.params.GenesisHash[:])
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return noFeed{}, nil
	}
	oracles, err := d.cfg.Trading.oracles()
	if err != nil {
		return nil, err
	}
	key, err := s.ring.StoreKey(keys.LabelIndexStore)
	if err != nil {
		return nil, err
	}
	f, err := feed.New(feed.Config{
		Dir: d.cfg.path("feed"), Key: key, Entries: entries, Oracles: oracles, Backend: d.backend,
		Light: d.cfg.Backend == BackendNeutrino || d.cfg.Trading.IndexFromOracles, CheckAll: d.cfg.Trading.CheckAllDays,
		Ledger: ledger{t}, Clock: t.clock, Poll: d.cfg.Trading.OraclePoll, Log: d.cfg.Logs.Logger("oracle"),
	})
	if err != nil {
		return nil, fmt.Errorf("open feed: %w", err)
	}
	return f, nil
}

// oracles reads those of the configuration.
func (t *Trading) oracles() ([]feed.Oracle, error) {
	list := make([]feed.Oracle, 0, len(t.Oracles))
	for _, text := range t.Oracles {
		o, err := feed.ParseOracle(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		list = append(list, o)
	}
	return list, nil
}

// indices are those of the chain, and those that the operator approved by files.
func (t *Trading) indices(genesis []byte) ([]index.Entry, error) {
	var hash [32]byte
	copy(hash[:], genesis)
	entries := index.ForGenesis(hash)
	for _, path := range t.IndexFiles {
		defined, err := definition.Read(path)
		if err != nil {
			return nil, fmt.Errorf("%w: index file: %w", ErrConfig, err)
		}
		entries = append(entries, defined.Entry)
	}
	return entries, nil
}

// checkFeed returns ErrConfig unless oracles and indices can be used.
func (t *Trading) checkFeed() error {
	if t.OraclePoll < 0 || t.OraclePoll > time.Hour {
		return fmt.Errorf("%w: oracle-poll %s", ErrConfig, t.OraclePoll)
	}
	if _, err := t.oracles(); err != nil {
		return err
	}
	_, err := t.indices(nil)
	return err
}

// ledger records what oracles commit themselves to: announcements in the store,
// and proofs against them where the user and all peers hear of them.
type ledger struct{ t *trading }

// RecordAnnouncement implements feed.Ledger.
func (l ledger) RecordAnnouncement(raw []byte) error { return l.t.store.RecordAnnouncement(raw) }

// PutEvidence implements feed.Ledger. It is called only while the feed runs, and
// by then the engine is there.
func (l ledger) PutEvidence(e attest.Evidence) error {
	return l.t.engine.Accuse(context.Background(), e)
}

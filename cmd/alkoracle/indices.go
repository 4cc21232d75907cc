package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/definition"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/report"
	"github.com/alkimiya/alkimiya/oracle/series"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// readDefinition reads an index file strictly.
func readDefinition(path string) (*report.Source, error) {
	d, err := definition.Read(path)
	if err != nil {
		return nil, bad("index-file: %w", err)
	}
	s, err := report.New(report.Config{Index: d.Index, File: d.File, Command: d.Command})
	if err != nil {
		return nil, bad("index-file: %s: %w", path, err)
	}
	return s, nil
}

// followed is a chain-derived index with what keeps it up to date.
type followed struct {
	*oracle.ChainSource
	series *series.Series
	source blockSource
	log    *slog.Logger
	poll   time.Duration

	mu  sync.Mutex
	err error // of the last sync
}

// Closed implements oracle.Source: an index that does not follow the chain closes
// nothing.
func (f *followed) Closed(ctx context.Context) (uint32, error) {
	f.mu.Lock()
	err := f.err
	f.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return f.ChainSource.Closed(ctx)
}

// run keeps the index at the source's tip until ctx ends.
func (f *followed) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		err := f.source.refresh()
		if err == nil {
			err = f.series.Sync(ctx, f.source)
		}
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return nil
		}
		f.note(err)
		timer.Reset(f.poll)
	}
}

// note keeps the error of the last sync and logs when it begins and ends.
func (f *followed) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.Entry().ID
	switch {
	case err != nil && (f.err == nil || f.err.Error() != err.Error()):
		f.log.Warn("index does not follow the chain", "index", id, "err", err)
	case err == nil && f.err != nil:
		f.log.Info("index follows the chain again", "index", id)
	}
	f.err = err
}

// sources opens the indices of the network and those of the index files.
func (a *app) sources(cfg config, ring *keys.Ring, source blockSource, node oracle.Node, log *slog.Logger) (all []oracle.Source, chains []*followed, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, closeSeries(chains))
		}
	}()
	for _, e := range index.ForGenesis(*cfg.params().GenesisHash) {
		key, err := ring.StoreKey(keys.LabelIndexStore)
		if err != nil {
			return nil, chains, err
		}
		s, err := series.Open(series.Config{
			Dir: cfg.path(seriesDir, e.ID), Key: key, Params: *e.Chain, Logger: log, Progress: progress(log, e.ID),
		})
		clear(key[:])
		if err != nil {
			return nil, chains, err
		}
		f := &followed{
			ChainSource: oracle.NewChainSource(*e.Chain, s, node), series: s, source: source, log: log, poll: cfg.poll, err: fmt.Errorf("%s: %w", e.ID, oracle.ErrNotReady),
		}
		chains, all = append(chains, f), append(all, f)
	}
	for _, path := range cfg.indexFiles {
		s, err := readDefinition(path)
		if err != nil {
			return nil, chains, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, chains, bad("%s has no index of its own, and no --index-file names one", cfg.network)
	}
	return all, chains, nil
}

func closeSeries(chains []*followed) error {
	var errs []error
	for _, f := range chains {
		errs = append(errs, f.series.Close())
	}
	return errors.Join(errs...)
}

// progress logs how far a long backfill is, every few seconds.
func progress(log *slog.Logger, id string) func(done, total uint32) {
	const every = 5 * time.Second
	last := time.Now()
	return func(done, total uint32) {
		if total < 100 || time.Since(last) < every {
			return
		}
		last = time.Now()
		log.Info("reading blocks", "index", id, "done", done, "total", total, "percent", fmt.Sprintf("%.1f", 100*float64(done)/float64(total)))
	}
}

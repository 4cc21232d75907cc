package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// How soon a failed write is tried again.
const (
	retryFirst = time.Second
	retryLast  = time.Minute
)

// ErrStopped means that the folder is written no more.
var ErrStopped = errors.New("recovery files are not written any more")

// Contracts is the contract store; *store.Store implements it. Safe for
// concurrent use.
type Contracts interface {
	// Contract returns a contract's state; store.ErrNotFound.
	Contract(key [32]byte) (contract.State, error)
	// Contracts calls f for the contracts in the given phases, or for all
	// without any.
	Contracts(f func(contract.State) error, phases ...contract.Phase) error
	// Export returns a contract's recovery record; contract.ErrIllegal for one
	// that cannot be funded yet.
	Export(key [32]byte) ([]byte, error)
	// Message returns a stored message by its SHA256.
	Message(key, ref [32]byte) ([]byte, error)
}

// Importer takes a contract over from its recovery record; store.ErrStale if
// it is there already.
type Importer func(ctx context.Context, record []byte) error

// Folder keeps the recovery files of a node's contracts. Its methods are safe
// for concurrent use; make it with NewFolder.
type Folder struct {
	dir       string
	seal      *Seal
	contracts Contracts
	log       *slog.Logger
	alarm     Alarm

	mu sync.Mutex
	// dirty are the contracts whose file may be behind, with who waits for it.
	dirty map[[32]byte][]chan error
	// failing is why the last write failed, nil if it did not.
	failing error
	// unread is why files were not taken over yet, nil when they were; told says that
	// the user knows.
	unread error
	told   bool
	// aside are the names of files put aside, or to be, that the user was told of.
	aside   map[string]bool
	stopped bool
	wake    chan struct{} // of capacity 1
	// prepared is the writer's: the folder is there.
	prepared bool
}

// NewFolder returns the Folder in dir. The folder is made when there is
// something to write and if its parent exists.
func NewFolder(dir string, seal *Seal, contracts Contracts, log *slog.Logger, alarm Alarm) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("folder of recovery files: %w", err)
	}
	return &Folder{
		dir: dir, seal: seal, contracts: contracts, log: log, alarm: alarm, unread: ErrUnread,
		dirty: make(map[[32]byte][]chan error), aside: make(map[string]bool), wake: make(chan struct{}, 1),
	}, nil
}

// Dir is the folder's absolute path.
func (f *Folder) Dir() string { return f.dir }

// Changed says that a contract has changed in the store. It does not block; the
// file follows.
func (f *Folder) Changed(key [32]byte) { f.note(key, nil) }

// Secured waits until the file of a contract is as new as the store was at the
// call, or is not needed, and returns why it could not be written otherwise.
// It is for steps that are not to be taken with a contract that one disk alone
// knows.
func (f *Folder) Secured(ctx context.Context, key [32]byte) error {
	written := make(chan error, 1)
	if !f.note(key, written) {
		return ErrStopped
	}
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// note marks a contract and wakes the writer; false after Run.
func (f *Folder) note(key [32]byte, written chan error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped {
		return false
	}
	waiting := f.dirty[key]
	if written != nil {
		waiting = append(waiting, written)
	}
	f.dirty[key] = waiting
	select {
	case f.wake <- struct{}{}:
	default:
	}
	return true
}

// Failing returns why the folder cannot be written at present, or nil.
func (f *Folder) Failing() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failing
}

// Run brings the folder up to the store and keeps it there until ctx ends. What
// fails is told to the log once, and tried again. It returns nil; a folder that
// cannot be written does not stop a node that has money to settle.
func (f *Folder) Run(ctx context.Context) error {
	defer f.stop()
	f.compare(ctx)
	pause := time.Duration(0)
	for {
		if !f.wait(ctx, pause) {
			f.flush()
			return nil
		}
		if failed := f.flush(); failed {
			pause = min(max(retryFirst, 2*pause), retryLast)
		} else {
			pause = 0
		}
	}
}

// wait waits for something to write, or for the time to try again; false when
// ctx ends.
func (f *Folder) wait(ctx context.Context, pause time.Duration) bool {
	if pause == 0 {
		select {
		case <-f.wake:
			return true
		case <-ctx.Done():
			return false
		}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// compare marks every contract that has, or should have, a file. Files of
// contracts that the store does not hold stay where they are.
func (f *Folder) compare(ctx context.Context) {
	held := make(map[[32]byte]bool)
	err := f.contracts.Contracts(func(s contract.State) error {
		held[s.Key()] = true
		return ctx.Err()
	})
	if err != nil && ctx.Err() == nil {
		f.report(fmt.Errorf("list contracts: %w", err))
	}
	for key := range held {
		f.Changed(key)
	}
	files, err := names(f.dir)
	if err != nil {
		f.report(err)
		return
	}
	unknown := 0
	for _, key := range files {
		if !held[key] {
			unknown++
		}
	}
	if unknown > 0 {
		f.log.Info("recovery files of contracts that are not in the store", "files", unknown, "path", f.dir)
	}
}

// flush writes what is marked, once; failed says that something is left.
func (f *Folder) flush() (failed bool) {
	f.mu.Lock()
	batch := f.dirty
	f.dirty = make(map[[32]byte][]chan error)
	f.mu.Unlock()
	var last error
	for key, waiting := range batch {
		err := f.update(key)
		for _, w := range waiting {
			w <- err
		}
		if err != nil {
			last = err
			f.prepared = false // the medium may have gone
			f.note(key, nil)
		}
	}
	f.report(last)
	return last != nil
}

// report keeps the folder's health, and tells when it changes.
func (f *Folder) report(err error) {
	f.mu.Lock()
	before := f.failing
	f.failing = err
	f.mu.Unlock()
	switch {
	case err != nil && before == nil:
		f.log.Error("recovery files cannot be written, trying again", "path", f.dir, "err", err)
	case err == nil && before != nil:
		f.log.Info("recovery files are written again", "path", f.dir)
	}
}

// update brings one contract's file up to the store.
func (f *Folder) update(key [32]byte) error {
	if !f.prepared {
		if err := prepare(f.dir); err != nil {
			return err
		}
		f.prepared = true
	}
	state, err := f.contracts.Contract(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if state.Phase.Final() || state.SignHash == [32]byte{} {
		return f.retire(key, state)
	}
	fingerprint, err := fingerprintOf(state)
	if err != nil {
		return err
	}
	mark := f.seal.mark(fingerprint)
	stored, ok, err := storedMark(f.dir, key)
	if err != nil || ok && stored == mark {
		return err
	}
	record, err := f.contracts.Export(key)
	if err != nil {
		return err
	}
	if err := f.keep(key, record); err != nil {
		return err
	}
	// A step that came between mark and record has marked the contract again.
	file, err := f.seal.close(record, mark)
	if err != nil {
		return err
	}
	return write(f.dir, key, file)
}

// retire deletes the file of a contract that needs none: it is final, or cannot be
// funded yet.
func (f *Folder) retire(key [32]byte, state contract.State) error {
	_, err := os.Lstat(filepath.Join(f.dir, FileName(key)))
	if err != nil {
		return ignoreMissing(err)
	}
	var record []byte
	if state.SignHash != [32]byte{} {
		if record, err = f.contracts.Export(key); err != nil {
			return err
		}
	}
	if err := f.keep(key, record); err != nil {
		return err
	}
	return remove(f.dir, key)
}

// fingerprintOf is the recovery record of a state with the hashes of its messages in
// place of them, so that a start reads no lists to see that files are as they should
// be.
func fingerprintOf(s contract.State) ([]byte, error) {
	r := contract.Recovery{
		Role: s.Role, Peer: s.Peer, Params: s.Params, Tower: slices.Concat(s.OfferHash[:], s.AcceptHash[:], s.SignHash[:]),
		NextAttempt: s.NextAttempt, PeerAttempt: s.PeerAttempt, Claims: s.Claims,
	}
	for _, a := range s.Attestations {
		r.Attestations = append(r.Attestations, a.Ref[:])
	}
	return r.Encode()
}

// stop ends the folder; who still waits is told.
func (f *Folder) stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
	for _, waiting := range f.dirty {
		for _, w := range waiting {
			w <- ErrStopped
		}
	}
	f.dirty = nil
}

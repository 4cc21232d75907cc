package engine

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/engine/view"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

const (
	// usualLimit and maxLimit bound a page of contracts.
	usualLimit = 1_000
	maxLimit   = 10_000
	// minAbbreviation is the fewest hex digits that name a contract.
	minAbbreviation = 4
)

// view shows a contract with a goroutine.
func (e *Engine) view(a *actor) View { return e.viewOf(a.snapshot(), a.work.Load()) }

// viewOf shows a state.
func (e *Engine) viewOf(s contract.State, work *Work) View {
	v := view.Of(s, e.policy().WarnsOf)
	v.Alarms = e.journal.Alarms(v.Key)
	if work != nil {
		w := *work
		v.Work = &w
	}
	return v
}

// amountOf is an amount that was checked to be one.
func amountOf(sat int64) btcutil.Amount { return btcutil.Amount(sat) }

// stateOf returns a contract's state, from memory or from the store.
func (e *Engine) stateOf(ctx context.Context, key Key) (contract.State, *Work, error) {
	if err := e.await(ctx); err != nil {
		return contract.State{}, nil, err
	}
	if a, ok := e.known(key); ok {
		s := a.snapshot()
		if s.OfferHash == [32]byte{} {
			return s, nil, fmt.Errorf("%w: %s", ErrUnknown, key) // it is just being made
		}
		return s, a.work.Load(), nil
	}
	s, err := e.store.Contract(key)
	if errors.Is(err, store.ErrNotFound) {
		return s, nil, fmt.Errorf("%w: %s", ErrUnknown, key)
	}
	return s, nil, err
}

// Contract shows one contract; ErrUnknown.
func (e *Engine) Contract(ctx context.Context, key Key) (View, error) {
	s, work, err := e.stateOf(ctx, key)
	if err != nil {
		return View{}, err
	}
	return e.viewOf(s, work), nil
}

// Contracts lists contracts by ascending key. Those that are over are read from
// the store, which takes longer the more there are.
func (e *Engine) Contracts(ctx context.Context, f Filter) ([]View, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	limit := f.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	limit = min(limit, maxLimit)
	var matching []contract.State
	err := e.store.Contracts(func(s contract.State) error {
		key := Key(s.Key())
		if slices.Compare(key[:], f.After[:]) <= 0 || f.Peer != [33]byte{} && s.Peer != f.Peer {
			return ctx.Err()
		}
		if f.Undecided && view.DecisionOf(s, 0) == nil {
			return ctx.Err()
		}
		matching = append(matching, s)
		return ctx.Err()
	}, f.Phases...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(matching, func(a, b contract.State) int {
		x, y := a.Key(), b.Key()
		return slices.Compare(x[:], y[:])
	})
	views := make([]View, 0, min(limit, len(matching)))
	for _, s := range matching[:min(limit, len(matching))] {
		var work *Work
		if a, ok := e.known(Key(s.Key())); ok {
			// A commit can be read before the actor shows what it committed.
			if now := a.snapshot(); now.OfferHash != [32]byte{} {
				s = now
			}
			work = a.work.Load()
		}
		views = append(views, e.viewOf(s, work))
	}
	return views, ctx.Err()
}

// Resolve returns the key of the contract that a text names: its key, contract
// id or temporary id in hexadecimal, or at least four digits with which exactly
// one of them begins. It fails with ErrUnknown, ErrAmbiguous or ErrRequest.
func (e *Engine) Resolve(ctx context.Context, text string) (Key, error) {
	if err := e.await(ctx); err != nil {
		return Key{}, err
	}
	text = strings.ToLower(text)
	if _, err := hex.DecodeString(text + strings.Repeat("0", len(text)%2)); err != nil || len(text) < minAbbreviation {
		return Key{}, fmt.Errorf("%w: contract %q, want at least %d hex digits", ErrRequest, text, minAbbreviation)
	}
	found := make(map[Key]bool)
	err := e.store.Contracts(func(s contract.State) error {
		key := Key(s.Key())
		for _, id := range [][32]byte{key, s.ContractID, s.TempID} {
			if id != [32]byte{} && strings.HasPrefix(hex.EncodeToString(id[:]), text) {
				found[key] = true
			}
		}
		return ctx.Err()
	})
	switch {
	case err != nil:
		return Key{}, err
	case len(found) == 0:
		return Key{}, fmt.Errorf("%w: %q", ErrUnknown, text)
	case len(found) > 1:
		return Key{}, fmt.Errorf("%w: %q fits %d", ErrAmbiguous, text, len(found))
	}
	for key := range found {
		return key, nil
	}
	return Key{}, ErrUnknown
}

// Totals sums up over all contracts.
func (e *Engine) Totals(ctx context.Context) (Totals, error) {
	if err := e.await(ctx); err != nil {
		return Totals{}, err
	}
	t := Totals{ByPhase: make(map[contract.Phase]int)}
	for _, a := range e.all() {
		b := a.brief.Load()
		if b == nil || b.phase == contract.New && b.role == contract.Offerer {
			continue
		}
		t.ByPhase[b.phase]++
		if b.phase.Funded() && !b.phase.Final() {
			t.Locked += amountOf(b.lock)
		}
		if b.undecided {
			t.Undecided++
		}
	}
	return t, nil
}

// History returns what happened to a contract from entry number first on, at
// most limit entries.
func (e *Engine) History(ctx context.Context, key Key, first uint64, limit int) ([]store.Entry, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.History(key, first, limit)
}

// Export returns a contract's recovery record, not encrypted. It fails with
// contract.ErrIllegal for a contract that cannot be funded yet.
func (e *Engine) Export(ctx context.Context, key Key) ([]byte, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.Export(key)
}

// Import takes a contract over from its recovery record and looks for it in the
// chain. It fails with store.ErrStale if the contract is here already.
func (e *Engine) Import(ctx context.Context, record []byte) (View, error) {
	if err := errors.Join(e.await(ctx), e.writable()); err != nil {
		return View{}, err
	}
	state, err := e.store.Import(record)
	if err != nil {
		return View{}, err
	}
	hint, err := e.search(ctx, state, make(heights))
	if err != nil {
		e.log.Warn("begin of the search not found, searching from the first block", "err", err)
	}
	a := e.adopt(state, hint, e.clock())
	return e.view(a), nil
}

// Evidence returns the proofs against oracles that are kept.
func (e *Engine) Evidence(ctx context.Context) ([]attest.Evidence, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	return e.store.Evidence()
}

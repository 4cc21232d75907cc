package engine

import (
	"context"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// Phase is the phase of a contract without its View, which takes time to derive.
func (e *Engine) Phase(ctx context.Context, key Key) (contract.Phase, error) {
	s, _, err := e.stateOf(ctx, key)
	return s.Phase, err
}

// ForgetRates has the fee estimates asked for anew.
func (e *Engine) ForgetRates() { e.drafts.Forget() }

// Known is the height up to which all contracts know the chain.
func (e *Engine) Known() uint32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.place.known
}

// Break has f asked before each write of a contract. It is called before Run.
func (e *Engine) Break(f func() error) { e.fault = f }

// Damage has f asked before each CET is made. It is called before Run.
func (e *Engine) Damage(f func() error) { e.damage = f }

// Watch has f called at every place of a crash. It is called before Run.
func (e *Engine) Watch(f func(name string)) { e.watch = f }

// Watching reports whether every watch that was asked for is there.
func (e *Engine) Watching() bool { return e.unwatched.Load() == 0 }

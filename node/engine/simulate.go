package engine

import (
	"context"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine/draft"
)

// Simulate says what a contract would be, without making one; see draft.Simulate.
func (e *Engine) Simulate(ctx context.Context, r OfferRequest) (Simulation, error) {
	if err := e.await(ctx); err != nil {
		return Simulation{}, err
	}
	return e.drafts.Simulate(ctx, r)
}

// Estimate is a simulation of complete terms that needs no node; see
// draft.Estimate.
func Estimate(terms payout.Terms, fundRate, cetRate uint32, limit int) (Simulation, error) {
	return draft.Estimate(terms, fundRate, cetRate, limit)
}

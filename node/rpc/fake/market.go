package fake

import (
	"context"

	"github.com/alkimiya/alkimiya/node/pricer"
)

// Market implements book.Index: a chain without retargets whose blocks come
// three a day and pay what the closed days were worth.
func (deskIndex) Market(context.Context, string) (pricer.Market, error) {
	return pricer.Market{
		Now: (LastDay+1)*86_400 + 43_200, Work: 2, Unit: 1.0 / 31_250, Height: 500, Subsidy: 593_750_000, Spacing: 28_800, Fixed: true,
		MeanFee: 31_250_000, FeeVol: 0.3, Halving: 0,
	}, nil
}

// Market implements rpc.Indices.
func (o deskOracles) Market(ctx context.Context, id string) (pricer.Market, error) {
	return deskIndex{}.Market(ctx, id)
}

package feed

import (
	"context"
	"fmt"
	"math/big"

	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/oracle/index"
)

const (
	epochBlocks = 2016
	// trailing is over how many blocks the mean fee is taken.
	trailing = 144
	// settled is from how many blocks of an epoch on its spacing is measured.
	settled = 144
)

// Market returns what the reference pricer needs to know of the chain behind an
// index now, with the growth of the next retarget as the only one. It fails with
// ErrIndex for an index without a chain, and with ErrBehind before the tip is known.
func (f *Feed) Market(_ context.Context, id string) (pricer.Market, error) {
	e, err := f.entry(id, "")
	if err != nil {
		return pricer.Market{}, err
	}
	if e.Chain == nil {
		return pricer.Market{}, fmt.Errorf("%w: %s has no chain to price by", ErrIndex, id)
	}
	p := *e.Chain
	f.tip.mu.RLock()
	defer f.tip.mu.RUnlock()
	if !f.tip.known {
		return pricer.Market{}, fmt.Errorf("%w: the tip is not known yet", ErrBehind)
	}
	work, err := index.Work(f.tip.header.Bits)
	if err != nil {
		return pricer.Market{}, err
	}
	rules, err := p.HeaderRules()
	if err != nil {
		return pricer.Market{}, err
	}
	m := pricer.Market{
		Now: f.cfg.Clock.Now().Unix(), Work: float(work), Unit: float(p.UnitNum) / float(p.UnitDen), Height: f.tip.height,
		Subsidy: float64(p.InitialSubsidy), Halving: p.HalvingInterval,
		ToRetarget: float64(epochBlocks - f.tip.height%epochBlocks), Spacing: pricer.TargetSpacing,
		Fixed: rules.Fixed, Vol: pricer.DefaultVol, FeeVol: pricer.DefaultFeeVol,
	}
	elapsed := float64(f.tip.header.Timestamp.Unix() - f.tip.epochStart)
	mined := f.tip.height - f.tip.epochFirst
	if mined >= settled || rules.Fixed && mined > 0 {
		m.Spacing = pricer.Spacing(elapsed, int(mined))
	}
	if rules.Fixed {
		m.Vol = 0
	} else {
		m.Growth = []float64{pricer.NextGrowth(elapsed, m.ToRetarget, m.Spacing)}
	}
	m.MeanFee, err = f.meanFee(id)
	return m, err
}

func float(n *big.Int) float64 {
	v, _ := new(big.Float).SetInt(n).Float64()
	return v
}

// meanFee is the mean of the clipped fees of the last blocks, 0 where the own index
// is not computed.
func (f *Feed) meanFee(id string) (float64, error) {
	s := f.own[id]
	if s == nil {
		return 0, nil
	}
	start, tip, ok := s.Heights()
	if !ok {
		return 0, nil
	}
	first := max(start, tip-min(tip, trailing-1))
	rows, err := s.Rows(first, tip)
	if err != nil {
		return 0, fmt.Errorf("last blocks of %s: %w", id, err)
	}
	var sum float64
	for _, r := range rows {
		sum += float64(r.Fee)
	}
	return sum / float64(len(rows)), nil
}

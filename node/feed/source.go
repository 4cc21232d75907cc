package feed

import (
	"context"
	"fmt"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// HashAt implements series.Source.
func (s *source) HashAt(ctx context.Context, height uint32) (chainhash.Hash, error) {
	return s.backend.HashAt(ctx, int32(height)) //nolint:gosec // G115: heights fit 31 bits
}

// Header implements series.Source.
func (s *source) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	return s.backend.Header(ctx, hash)
}

// Block implements series.Source.
func (s *source) Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	return s.backend.Block(ctx, hash)
}

// ownChain is the backend's header chain as evidence is compared with.
type ownChain struct {
	ctx     context.Context //nolint:containedctx // the interface of oracle/index has none; it lives for one call
	backend chain.Backend
}

// HashAt implements index.Chain.
func (c ownChain) HashAt(height uint32) (chainhash.Hash, error) {
	return c.backend.HashAt(c.ctx, int32(height)) //nolint:gosec // G115: evidence bounds heights to 31 bits
}

// tipState is what is known of the backend's tip for the pricer.
type tipState struct {
	mu     sync.RWMutex
	known  bool
	height uint32
	header wire.BlockHeader
	// epochStart is the time of the first block of the tip's difficulty epoch.
	epochStart int64
	epochFirst uint32
}

func (f *Feed) noteTip(ctx context.Context) error {
	tip, err := f.cfg.Backend.Tip(ctx)
	if err != nil {
		return fmt.Errorf("ask for the tip: %w", err)
	}
	f.tip.mu.RLock()
	same := f.tip.known && f.tip.header.BlockHash() == tip.Hash
	f.tip.mu.RUnlock()
	if same {
		return nil
	}
	header, err := f.cfg.Backend.Header(ctx, tip.Hash)
	if err != nil {
		return fmt.Errorf("ask for the tip's header: %w", err)
	}
	first := tip.Height / epochBlocks * epochBlocks
	if first == 0 {
		// A young chain: its genesis block may be years older than the next one.
		first = min(tip.Height, max(1, tip.Height-trailing))
	}
	hash, err := f.cfg.Backend.HashAt(ctx, first)
	if err != nil {
		return fmt.Errorf("ask for block %d: %w", first, err)
	}
	start, err := f.cfg.Backend.Header(ctx, hash)
	if err != nil {
		return fmt.Errorf("ask for header %d: %w", first, err)
	}
	f.tip.mu.Lock()
	defer f.tip.mu.Unlock()
	f.tip.known, f.tip.height, f.tip.header = true, uint32(tip.Height), *header //nolint:gosec // G115: heights are not negative
	f.tip.epochStart, f.tip.epochFirst = start.Timestamp.Unix(), uint32(first)  //nolint:gosec // G115: as above
	return nil
}

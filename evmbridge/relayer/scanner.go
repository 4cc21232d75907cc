package relayer

import (
	"context"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Blocks is a Bitcoin node that gives whole blocks.
type Blocks interface {
	Bitcoin
	// Block returns a block of the best chain.
	Block(ctx context.Context, height uint32) (*wire.MsgBlock, error)
}

// Found is a transaction in a block of the best chain. It must not be written to.
type Found struct {
	Tx     *wire.MsgTx
	Txid   chainhash.Hash
	Height uint32
	// Index is its place in the block.
	Index int
	Block chainhash.Hash
}

// Output is an output that pays to a watched script.
type Output struct {
	Outpoint wire.OutPoint
	Value    int64
	Script   []byte
	// In made it, Spent spends it or is nil.
	In, Spent *Found
}

// Scanner finds transactions in Bitcoin's blocks: those of watched ids, those that
// spend watched outputs, and those that pay to watched scripts. Everything it knows
// is from blocks of the best chain; after a reorganisation it forgets. It is not safe
// for concurrent use; NewScanner makes one.
type Scanner struct {
	blocks Blocks
	next   uint32
	first  uint32
	hashes map[uint32]chainhash.Hash

	txids     map[chainhash.Hash]bool
	outpoints map[wire.OutPoint]bool
	scripts   map[string]uint32 // from which height on each is looked for

	found map[chainhash.Hash]*Found
	// spends are by the output that is spent.
	spends map[wire.OutPoint]*Found
	// done says that the last step reached the tip, and nothing is to be looked at again.
	done bool
}

// NewScanner returns a scanner that looks at no block below first.
func NewScanner(blocks Blocks, first uint32) *Scanner {
	return &Scanner{
		blocks: blocks, first: first, next: first, hashes: map[uint32]chainhash.Hash{},
		txids: map[chainhash.Hash]bool{}, outpoints: map[wire.OutPoint]bool{}, scripts: map[string]uint32{},
		found: map[chainhash.Hash]*Found{}, spends: map[wire.OutPoint]*Found{},
	}
}

// WatchTx looks for a transaction from a height on.
func (s *Scanner) WatchTx(txid chainhash.Hash, from uint32) {
	if !s.txids[txid] {
		s.txids[txid] = true
		s.again(from)
	}
}

// WatchOutput looks for a transaction that spends an output, from a height on.
func (s *Scanner) WatchOutput(o wire.OutPoint, from uint32) {
	if !s.outpoints[o] {
		s.outpoints[o] = true
		s.again(from)
	}
}

// WatchScript looks for outputs that pay to a script, and for what spends them, from a
// height on. What was paid to it before is passed over, though it was found: anybody could
// have the chain read from there again.
func (s *Scanner) WatchScript(script []byte, from uint32) {
	if _, known := s.scripts[string(script)]; !known {
		s.scripts[string(script)] = from
		s.again(from)
	}
}

// again makes the next step begin at a height that was scanned already.
func (s *Scanner) again(from uint32) {
	s.next, s.done = min(s.next, max(from, s.first)), false
}

// Done says whether all that is watched was looked for up to the tip of the last step:
// before, an output may look unspent that is spent.
func (s *Scanner) Done() bool { return s.done }

// Tx returns a watched transaction that is in a block, or nil.
func (s *Scanner) Tx(txid chainhash.Hash) *Found { return s.found[txid] }

// SpendOf returns the transaction that spends a watched output, or nil.
func (s *Scanner) SpendOf(o wire.OutPoint) *Found { return s.spends[o] }

// Outputs returns the outputs that pay to a watched script, oldest first.
func (s *Scanner) Outputs(script []byte) []Output {
	var out []Output
	from, ok := s.scripts[string(script)]
	for _, f := range s.found {
		if !ok || f.Height < from {
			continue // what spends them was not looked for
		}
		for i, o := range f.Tx.TxOut {
			if string(o.PkScript) == string(script) {
				at := wire.OutPoint{Hash: f.Txid, Index: uint32(i)}
				out = append(out, Output{Outpoint: at, Value: o.Value, Script: o.PkScript, In: f, Spent: s.spends[at]})
			}
		}
	}
	slices.SortFunc(out, func(a, b Output) int {
		if a.In.Height != b.In.Height {
			return int(a.In.Height) - int(b.In.Height)
		}
		if a.In.Index != b.In.Index {
			return a.In.Index - b.In.Index
		}
		return int(a.Outpoint.Index) - int(b.Outpoint.Index)
	})
	return out
}

// Spends returns what spends outputs of a watched script or watched outputs, by
// ascending place in the chain, each once.
func (s *Scanner) Spends() []*Found {
	var out []*Found
	for _, f := range s.spends {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *Found) int {
		if a.Height != b.Height {
			return int(a.Height) - int(b.Height)
		}
		return a.Index - b.Index
	})
	return out
}

// Step scans up to most blocks and reports whether it has reached the tip. It first
// forgets what is not in the best chain any more.
func (s *Scanner) Step(ctx context.Context, most uint32) (done bool, err error) {
	s.done = false
	tip, err := s.blocks.Tip(ctx)
	if err != nil {
		return false, fmt.Errorf("tip of bitcoin: %w", err)
	}
	if err := s.rewind(ctx, tip); err != nil {
		return false, err
	}
	for n := uint32(0); s.next <= tip; n++ {
		if n == most {
			return false, nil
		}
		if err := s.scan(ctx, s.next); err != nil {
			return false, err
		}
		s.next++
	}
	s.done = true
	return true, nil
}

// rewind goes back to the last block that is still in the best chain.
func (s *Scanner) rewind(ctx context.Context, tip uint32) error {
	for s.next > s.first {
		last := s.next - 1
		if last <= tip {
			raw, err := s.blocks.Header(ctx, last)
			if err != nil {
				return fmt.Errorf("header %d: %w", last, err)
			}
			if known, ok := s.hashes[last]; !ok || known == spv.DoubleSHA256(raw) {
				break
			}
		}
		s.forget(last)
		s.next = last
	}
	for _, f := range s.found {
		if f.Height > tip {
			s.forget(f.Height)
		}
	}
	return nil
}

// forget drops what was found at a height.
func (s *Scanner) forget(height uint32) {
	delete(s.hashes, height)
	for txid, f := range s.found {
		if f.Height == height {
			delete(s.found, txid)
		}
	}
	for o, f := range s.spends {
		if f.Height == height {
			delete(s.spends, o)
		}
	}
}

func (s *Scanner) scan(ctx context.Context, height uint32) error {
	block, err := s.blocks.Block(ctx, height)
	if err != nil {
		return fmt.Errorf("block %d: %w", height, err)
	}
	hash := block.BlockHash()
	s.forget(height)
	s.hashes[height] = hash
	for i, tx := range block.Transactions {
		f := &Found{Tx: tx, Txid: tx.TxHash(), Height: height, Index: i, Block: hash}
		if s.concerns(f) {
			s.found[f.Txid] = f
		}
	}
	return nil
}

// concerns says whether a transaction is looked for, and notes what it spends.
func (s *Scanner) concerns(f *Found) bool {
	wanted := s.txids[f.Txid]
	for _, in := range f.Tx.TxIn {
		if s.outpoints[in.PreviousOutPoint] {
			s.spends[in.PreviousOutPoint] = f
			wanted = true
		}
	}
	for i, out := range f.Tx.TxOut {
		if _, ok := s.scripts[string(out.PkScript)]; ok {
			s.outpoints[wire.OutPoint{Hash: f.Txid, Index: uint32(i)}] = true
			wanted = true
		}
	}
	return wanted
}

// HeightAt returns the lowest height whose block is not older than a time, Unix
// seconds, between first and the tip; it takes times to ascend, which they do within
// two hours.
func (s *Scanner) HeightAt(ctx context.Context, time uint64) (uint32, error) {
	tip, err := s.blocks.Tip(ctx)
	if err != nil {
		return 0, fmt.Errorf("tip of bitcoin: %w", err)
	}
	low, high := s.first, max(tip, s.first)
	for low < high {
		middle := low + (high-low)/2
		raw, err := s.blocks.Header(ctx, middle)
		if err != nil {
			return 0, fmt.Errorf("header %d: %w", middle, err)
		}
		if headerTime(raw) < time {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

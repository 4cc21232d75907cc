package follow_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/chainntnfs"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// backend is a chain in memory. What the Watcher does not use is nil and
// panics.
type backend struct {
	chain.Backend

	mu     sync.Mutex
	blocks map[chainhash.Hash]*wire.MsgBlock
	best   []chainhash.Hash // by height
	salt   uint32
	down   error
	filter bool
	// forged is sent instead of every block.
	forged *wire.MsgBlock
	calls  map[string]int
	// gate, if set, is called without the lock in MayContain.
	gate func()

	ntfn *notifier
}

func newBackend(length int) *backend {
	b := &backend{blocks: map[chainhash.Hash]*wire.MsgBlock{}, calls: map[string]int{}}
	b.ntfn = &notifier{b: b, readers: map[*reader]bool{}}
	b.mu.Lock()
	defer b.mu.Unlock()
	for range length {
		b.push()
	}
	return b
}

// push adds a block; the lock is held.
func (b *backend) push(txs ...*wire.MsgTx) {
	b.salt++
	h := wire.BlockHeader{Version: 4, Nonce: b.salt, Timestamp: time.Unix(1_700_000_000, 0)}
	if n := len(b.best); n > 0 {
		h.PrevBlock = b.best[n-1]
	}
	coinbase := wire.NewMsgTx(2)
	coinbase.LockTime = b.salt
	block := &wire.MsgBlock{Header: h, Transactions: append([]*wire.MsgTx{coinbase}, txs...)}
	hash := h.BlockHash()
	b.blocks[hash] = block
	b.best = append(b.best, hash)
}

// mine adds a block and tells everybody who listens.
func (b *backend) mine(txs ...*wire.MsgTx) {
	b.mineQuietly(txs...)
	b.ntfn.tell()
}

func (b *backend) mineQuietly(txs ...*wire.MsgTx) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.push(txs...)
}

// reorg replaces the last depth blocks by one more, the first with txs.
func (b *backend) reorg(depth int, txs ...*wire.MsgTx) {
	b.mu.Lock()
	b.best = b.best[:len(b.best)-depth]
	b.push(txs...)
	for range depth {
		b.push()
	}
	b.mu.Unlock()
	b.ntfn.tell()
}

// shrink takes blocks away without replacing them.
func (b *backend) shrink(depth int) {
	b.mu.Lock()
	b.best = b.best[:len(b.best)-depth]
	b.mu.Unlock()
	b.ntfn.tell()
}

func (b *backend) set(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func (b *backend) called(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[name]
}

func (b *backend) height() int32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int32(len(b.best)) - 1 //nolint:gosec // a short chain
}

func (b *backend) enter(name string) error {
	b.calls[name]++
	return b.down
}

var errUnknown = errors.New("unknown block")

func (b *backend) Tip(context.Context) (chain.Tip, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.best) - 1
	return chain.Tip{Hash: b.best[n], Height: int32(n)}, b.enter("Tip") //nolint:gosec // a short chain
}

func (b *backend) Header(_ context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.enter("Header"); err != nil {
		return nil, err
	}
	block, ok := b.blocks[hash]
	if !ok {
		return nil, errUnknown
	}
	return &block.Header, nil
}

func (b *backend) HashAt(_ context.Context, height int32) (chainhash.Hash, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.enter("HashAt"); err != nil {
		return chainhash.Hash{}, err
	}
	if height < 0 || int(height) >= len(b.best) {
		return chainhash.Hash{}, errUnknown
	}
	return b.best[height], nil
}

func (b *backend) Block(_ context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.enter("Block"); err != nil {
		return nil, err
	}
	if b.forged != nil {
		return b.forged, nil
	}
	block, ok := b.blocks[hash]
	if !ok {
		return nil, errUnknown
	}
	return block, nil
}

func (b *backend) MayContain(_ context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error) {
	b.mu.Lock()
	gate := b.gate
	err := b.enter("MayContain")
	block, filter := b.blocks[hash], b.filter
	b.mu.Unlock()
	if gate != nil {
		gate()
	}
	if err != nil || !filter {
		return true, err
	}
	for _, tx := range block.Transactions {
		for _, out := range tx.TxOut {
			for _, s := range scripts {
				if bytes.Equal(s, out.PkScript) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

func (b *backend) Notifier() chainntnfs.ChainNotifier { return b.ntfn }

// notifier tells of new tips.
type notifier struct {
	chainntnfs.ChainNotifier
	b *backend

	mu      sync.Mutex
	readers map[*reader]bool
	refuse  error
	total   int
}

type reader struct {
	epochs chan *chainntnfs.BlockEpoch
}

func (n *notifier) RegisterBlockEpochNtfn(*chainntnfs.BlockEpoch) (*chainntnfs.BlockEpochEvent, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.total++
	if n.refuse != nil {
		return nil, n.refuse
	}
	r := &reader{epochs: make(chan *chainntnfs.BlockEpoch, 100)}
	n.readers[r] = true
	r.epochs <- &chainntnfs.BlockEpoch{}
	return &chainntnfs.BlockEpochEvent{Epochs: r.epochs, Cancel: func() { n.drop(r) }}, nil
}

func (n *notifier) drop(r *reader) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.readers[r] {
		delete(n.readers, r)
		close(r.epochs)
	}
}

func (n *notifier) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for r := range n.readers {
		select {
		case r.epochs <- &chainntnfs.BlockEpoch{Height: n.b.height()}:
		default: // a reader that does not read
		}
	}
}

// hangUp closes all channels, as a notifier that stops does.
func (n *notifier) hangUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for r := range n.readers {
		delete(n.readers, r)
		close(r.epochs)
	}
}

func (n *notifier) listeners() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.readers)
}

package fake

import (
	"fmt"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/lightningnetwork/lnd/chainntnfs"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// queueSize is the buffer of a queue's ends; between them it grows.
const queueSize = 20

// notifier tells of block epochs.
type notifier struct{ backend *Backend }

var _ chainntnfs.ChainNotifier = (*notifier)(nil)

// Start implements chainntnfs.ChainNotifier.
func (n *notifier) Start() error { return nil }

// Started implements chainntnfs.ChainNotifier.
func (n *notifier) Started() bool { return true }

// Stop implements chainntnfs.ChainNotifier.
func (n *notifier) Stop() error { return nil }

// RegisterConfirmationsNtfn is chain.ErrUnsupported.
func (n *notifier) RegisterConfirmationsNtfn(
	*chainhash.Hash, []byte, uint32, uint32, ...chainntnfs.NotifierOption,
) (*chainntnfs.ConfirmationEvent, error) {
	return nil, fmt.Errorf("%w: fake chain tells of block epochs only", chain.ErrUnsupported)
}

// RegisterSpendNtfn is chain.ErrUnsupported.
func (n *notifier) RegisterSpendNtfn(*wire.OutPoint, []byte, uint32) (*chainntnfs.SpendEvent, error) {
	return nil, fmt.Errorf("%w: fake chain tells of block epochs only", chain.ErrUnsupported)
}

// RegisterBlockEpochNtfn tells of the tip at once, or of the blocks above the
// height of the block that the client knows, and then of every new block.
func (n *notifier) RegisterBlockEpochNtfn(known *chainntnfs.BlockEpoch) (*chainntnfs.BlockEpochEvent, error) {
	l := &epochs{
		queue: walletchain.NewConcurrentQueue(queueSize),
		out:   make(chan *chainntnfs.BlockEpoch, queueSize),
		quit:  make(chan struct{}),
	}
	l.queue.Start()
	b := n.backend
	b.mu.Lock()
	from := b.tip().height
	if known != nil {
		from = min(known.Height, from) + 1
	}
	for _, missed := range b.best[from:] {
		l.connected(missed)
	}
	b.listeners[l] = struct{}{}
	b.mu.Unlock()
	go l.run()
	return &chainntnfs.BlockEpochEvent{Epochs: l.out, Cancel: sync.OnceFunc(func() {
		b.unlisten(l)
		close(l.quit)
	})}, nil
}

// epochs is one client. Its goroutine ends with Cancel.
type epochs struct {
	queue *walletchain.ConcurrentQueue
	out   chan *chainntnfs.BlockEpoch
	quit  chan struct{}
}

func (l *epochs) connected(b block) {
	hash, header := b.BlockHash(), b.Header
	l.queue.ChanIn() <- &chainntnfs.BlockEpoch{Hash: &hash, Height: b.height, BlockHeader: &header}
}

func (l *epochs) disconnected(block) {}

func (l *epochs) accepted(*wire.MsgTx) {}

func (l *epochs) run() {
	defer l.queue.Stop()
	defer close(l.out)
	for {
		select {
		case item := <-l.queue.ChanOut():
			epoch, ok := item.(*chainntnfs.BlockEpoch)
			if !ok {
				panic(fmt.Sprintf("fake chain: %T among epochs", item))
			}
			select {
			case l.out <- epoch:
			case <-l.quit:
				return
			}
		case <-l.quit:
			return
		}
	}
}

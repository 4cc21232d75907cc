package neutrino

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightninglabs/neutrino"
	"github.com/lightninglabs/neutrino/blockntfns"
	"github.com/lightninglabs/neutrino/headerfs"
	"github.com/lightningnetwork/lnd/blockcache"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/chainntnfs/neutrinonotify"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/hints"
)

const (
	// epochBuffer is how many epochs wait for a slow client before the
	// service queues them.
	epochBuffer = 20
	// maxLag is how many blocks lnd's notifier may be behind when it is given
	// something to watch. At 100 it locks up for good: it waits for its
	// rescan to take the script, and the rescan for room to hand it a block.
	maxLag = 50
)

// notifier is a chainntnfs.ChainNotifier for a light client. Epochs come from
// the headers alone. Confirmations and spends come from lnd's notifier, which
// fetches every block from the moment it starts: so it starts with the first
// registration, and only when the client has synced.
type notifier struct {
	cs   *neutrino.ChainService
	lnd  *neutrinonotify.NeutrinoNotifier
	quit chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex // of all below
	stopped bool
	running bool         // lnd's
	height  atomic.Int32 // lnd's, while running
}

var _ chainntnfs.ChainNotifier = (*notifier)(nil)

func newNotifier(cs *neutrino.ChainService, cache *hints.Cache) *notifier {
	return &notifier{
		cs:   cs,
		lnd:  neutrinonotify.New(cs, cache, cache, blockcache.NewBlockCache(blockCacheSize)),
		quit: make(chan struct{}),
	}
}

// Start implements chainntnfs.ChainNotifier; there is nothing to do.
func (n *notifier) Start() error { return nil }

// Started implements chainntnfs.ChainNotifier.
func (n *notifier) Started() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.stopped
}

// Stop implements chainntnfs.ChainNotifier.
func (n *notifier) Stop() error {
	n.mu.Lock()
	if n.stopped {
		n.mu.Unlock()
		return nil
	}
	n.stopped = true
	running := n.running
	n.mu.Unlock()
	close(n.quit)
	var err error
	if running {
		err = n.lnd.Stop()
	}
	n.wg.Wait()
	return err
}

// watcher returns lnd's notifier when it is safe to register with it.
func (n *notifier) watcher() (*neutrinonotify.NeutrinoNotifier, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return nil, chainntnfs.ErrChainNotifierShuttingDown
	}
	if !n.cs.IsCurrent() {
		return nil, fmt.Errorf("%w: neutrino has not synced yet", chain.ErrUnavailable)
	}
	best, err := n.cs.BestBlock()
	if err != nil {
		return nil, fmt.Errorf("best block: %w", err)
	}
	if !n.running {
		if err := n.lnd.Start(); err != nil {
			return nil, fmt.Errorf("start notifier: %w", err)
		}
		n.running = true
		n.height.Store(best.Height)
		events, err := n.lnd.RegisterBlockEpochNtfn(nil)
		if err != nil {
			return nil, fmt.Errorf("follow notifier: %w", err)
		}
		n.wg.Add(1)
		go n.follow(events)
	}
	if lag := best.Height - n.height.Load(); lag > maxLag {
		return nil, fmt.Errorf("%w: the notifier is %d blocks behind", chain.ErrUnavailable, lag)
	}
	return n.lnd, nil
}

// follow notes how far lnd's notifier is.
func (n *notifier) follow(events *chainntnfs.BlockEpochEvent) {
	defer n.wg.Done()
	for {
		select {
		case epoch, ok := <-events.Epochs:
			if !ok {
				return
			}
			n.height.Store(epoch.Height)
		case <-n.quit:
			return
		}
	}
}

// RegisterConfirmationsNtfn implements chainntnfs.ChainNotifier. It returns
// chain.ErrUnavailable until the client has synced.
func (n *notifier) RegisterConfirmationsNtfn(
	txid *chainhash.Hash, pkScript []byte, numConfs, heightHint uint32, opts ...chainntnfs.NotifierOption,
) (*chainntnfs.ConfirmationEvent, error) {
	lnd, err := n.watcher()
	if err != nil {
		return nil, err
	}
	return lnd.RegisterConfirmationsNtfn(txid, pkScript, numConfs, heightHint, opts...)
}

// RegisterSpendNtfn implements chainntnfs.ChainNotifier. It returns
// chain.ErrUnavailable until the client has synced.
func (n *notifier) RegisterSpendNtfn(
	outpoint *wire.OutPoint, pkScript []byte, heightHint uint32,
) (*chainntnfs.SpendEvent, error) {
	lnd, err := n.watcher()
	if err != nil {
		return nil, err
	}
	return lnd.RegisterSpendNtfn(outpoint, pkScript, heightHint)
}

// RegisterBlockEpochNtfn implements chainntnfs.ChainNotifier, from the headers
// whose filter headers are there, synced or not. A client's best block that is
// not on the best chain is chain.ErrUnsupported: a light client forgets what
// was reorganised away.
func (n *notifier) RegisterBlockEpochNtfn(known *chainntnfs.BlockEpoch) (*chainntnfs.BlockEpochEvent, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return nil, chainntnfs.ErrChainNotifierShuttingDown
	}
	best, err := n.cs.BestBlock()
	if err != nil {
		return nil, fmt.Errorf("best block: %w", err)
	}
	first, backlog, err := n.since(known, best)
	if err != nil {
		return nil, err
	}
	source := &neutrino.RescanChainSource{ChainService: n.cs}
	sub, err := source.Subscribe(uint32(best.Height)) //nolint:gosec // heights are not negative
	if err != nil {
		return nil, fmt.Errorf("subscribe to headers: %w", err)
	}
	epochs := make(chan *chainntnfs.BlockEpoch, epochBuffer+len(backlog)+1)
	for _, epoch := range append(first, backlog...) {
		epochs <- epoch
	}
	canceled := make(chan struct{})
	n.wg.Add(1)
	go func() {
		defer n.wg.Done()
		defer close(epochs)
		defer sub.Cancel()
		n.forward(sub, epochs, canceled)
	}()
	return &chainntnfs.BlockEpochEvent{Epochs: epochs, Cancel: sync.OnceFunc(func() { close(canceled) })}, nil
}

// since returns what a new client hears at once: the tip if it knows nothing,
// else all blocks after the one it knows.
func (n *notifier) since(
	known *chainntnfs.BlockEpoch, best *headerfs.BlockStamp,
) (first, backlog []*chainntnfs.BlockEpoch, err error) {
	if known == nil {
		epoch, err := n.epochAt(best.Height)
		if err != nil {
			return nil, nil, err
		}
		return []*chainntnfs.BlockEpoch{epoch}, nil, nil
	}
	ours, err := n.cs.GetBlockHash(int64(known.Height))
	if err != nil || known.Hash == nil || *ours != *known.Hash {
		return nil, nil, fmt.Errorf("%w: epochs after a block at %d that is not on the best chain", chain.ErrUnsupported, known.Height)
	}
	for height := known.Height + 1; height <= best.Height; height++ {
		epoch, err := n.epochAt(height)
		if err != nil {
			return nil, nil, err
		}
		backlog = append(backlog, epoch)
	}
	return nil, backlog, nil
}

func (n *notifier) epochAt(height int32) (*chainntnfs.BlockEpoch, error) {
	header, err := n.cs.BlockHeaders.FetchHeaderByHeight(uint32(height)) //nolint:gosec // heights are not negative
	if err != nil {
		return nil, fmt.Errorf("header at %d: %w", height, err)
	}
	hash := header.BlockHash()
	return &chainntnfs.BlockEpoch{Hash: &hash, Height: height, BlockHeader: header}, nil
}

// forward passes connected blocks on until the client or the service ends.
func (n *notifier) forward(
	sub *blockntfns.Subscription, epochs chan<- *chainntnfs.BlockEpoch, canceled <-chan struct{},
) {
	for {
		var epoch *chainntnfs.BlockEpoch
		select {
		case event, ok := <-sub.Notifications:
			if !ok {
				return
			}
			connected, ok := event.(*blockntfns.Connected)
			if !ok {
				continue // epochs tell of connected blocks only
			}
			header := connected.Header()
			hash := header.BlockHash()
			epoch = &chainntnfs.BlockEpoch{
				Hash: &hash, Height: int32(connected.Height()), BlockHeader: &header, //nolint:gosec // a height
			}
		case <-canceled:
			return
		case <-n.quit:
			return
		}
		select {
		case epochs <- epoch:
		case <-canceled:
			return
		case <-n.quit:
			return
		}
	}
}

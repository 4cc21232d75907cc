package fake

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcjson"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/btcsuite/btcwallet/waddrmgr"
	"github.com/btcsuite/btcwallet/wtxmgr"
)

// source is what btcwallet runs on: a walletchain.Interface.
type source struct {
	backend *Backend
	queue   *walletchain.ConcurrentQueue
	out     chan any
	quit    chan struct{}
	wg      sync.WaitGroup
	stop    func()

	mu      sync.Mutex // of all below; taken with the backend's held, never the other way
	scripts map[string]struct{}
	coins   map[wire.OutPoint]struct{}
}

var (
	_ walletchain.Interface = (*source)(nil)
	_ listener              = (*source)(nil)
)

func newSource(b *Backend) *source {
	s := &source{
		backend: b,
		queue:   walletchain.NewConcurrentQueue(queueSize),
		out:     make(chan any),
		quit:    make(chan struct{}),
		scripts: make(map[string]struct{}),
		coins:   make(map[wire.OutPoint]struct{}),
	}
	s.stop = sync.OnceFunc(func() {
		b.unlisten(s)
		close(s.quit)
	})
	return s
}

// Start implements walletchain.Interface.
func (s *source) Start(ctx context.Context) error {
	if err := s.backend.Start(ctx); err != nil {
		return err
	}
	s.queue.Start()
	s.queue.ChanIn() <- walletchain.ClientConnected{}
	s.backend.listen(s)
	s.wg.Add(1)
	go s.run()
	return nil
}

func (s *source) run() {
	defer s.wg.Done()
	defer s.queue.Stop()
	defer close(s.out)
	for {
		select {
		case item := <-s.queue.ChanOut():
			select {
			case s.out <- item:
			case <-s.quit:
				return
			}
		case <-s.quit:
			return
		}
	}
}

// Stop implements walletchain.Interface.
func (s *source) Stop() { s.stop() }

// WaitForShutdown implements walletchain.Interface.
func (s *source) WaitForShutdown() { s.wg.Wait() }

// Notifications implements walletchain.Interface.
func (s *source) Notifications() <-chan any { return s.out }

// BackEnd implements walletchain.Interface.
func (s *source) BackEnd() string { return s.backend.Name() }

// IsCurrent implements walletchain.Interface.
func (s *source) IsCurrent() bool { return true }

// NotifyBlocks implements walletchain.Interface; blocks are always told.
func (s *source) NotifyBlocks() error { return nil }

// MapRPCErr implements walletchain.Interface.
func (s *source) MapRPCErr(err error) error { return err }

func meta(b block) *wtxmgr.BlockMeta {
	return &wtxmgr.BlockMeta{
		Block: wtxmgr.Block{Hash: b.BlockHash(), Height: b.height}, Time: b.Header.Timestamp,
	}
}

// record makes what the wallet keeps of a transaction.
func record(tx *wire.MsgTx, at time.Time) *wtxmgr.TxRecord {
	rec, err := wtxmgr.NewTxRecordFromMsgTx(tx, at)
	if err != nil {
		panic(fmt.Sprintf("fake chain: a transaction that cannot be serialised: %v", err))
	}
	return rec
}

// relevant reports whether tx pays to a watched script or spends a watched
// coin; outputs to watched scripts become watched coins.
func (s *source) relevant(tx *wire.MsgTx) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, in := range tx.TxIn {
		if _, ok := s.coins[in.PreviousOutPoint]; ok {
			found = true
		}
	}
	hash := tx.TxHash()
	for i, out := range tx.TxOut {
		if _, ok := s.scripts[string(out.PkScript)]; ok {
			s.coins[wire.OutPoint{Hash: hash, Index: uint32(i)}] = struct{}{}
			found = true
		}
	}
	return found
}

func (s *source) connected(b block) {
	ntfn := walletchain.FilteredBlockConnected{Block: meta(b)}
	for _, tx := range b.Transactions {
		if s.relevant(tx) {
			ntfn.RelevantTxs = append(ntfn.RelevantTxs, record(tx, b.Header.Timestamp))
		}
	}
	// The wallet takes transactions from the first and the tip from the second.
	s.queue.ChanIn() <- ntfn
	s.queue.ChanIn() <- walletchain.BlockConnected(*meta(b))
}

func (s *source) disconnected(b block) {
	s.queue.ChanIn() <- walletchain.BlockDisconnected(*meta(b))
}

func (s *source) accepted(tx *wire.MsgTx) {
	if s.relevant(tx) {
		s.queue.ChanIn() <- walletchain.RelevantTx{TxRecord: record(tx, time.Now())}
	}
}

func (s *source) watch(addrs []btcutil.Address) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, addr := range addrs {
		script, err := txscript.PayToAddrScript(addr)
		if err != nil {
			return fmt.Errorf("watch %v: %w", addr, err)
		}
		s.scripts[string(script)] = struct{}{}
	}
	return nil
}

// NotifyReceived implements walletchain.Interface.
func (s *source) NotifyReceived(addrs []btcutil.Address) error { return s.watch(addrs) }

// Rescan implements walletchain.Interface: it tells of what is relevant in the
// blocks from start to the tip, and that it has finished.
func (s *source) Rescan(start *chainhash.Hash, addrs []btcutil.Address, coins map[wire.OutPoint]btcutil.Address) error {
	if err := s.watch(addrs); err != nil {
		return err
	}
	s.mu.Lock()
	for op := range coins {
		s.coins[op] = struct{}{}
	}
	s.mu.Unlock()
	b := s.backend
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return err
	}
	first, ok := b.known[*start]
	if !ok || int(first.height) >= len(b.best) || b.best[first.height].BlockHash() != *start {
		return fmt.Errorf("rescan from %v, which is not on the fake chain", start)
	}
	for _, found := range b.best[first.height:] {
		for _, tx := range found.Transactions {
			if s.relevant(tx) {
				s.queue.ChanIn() <- walletchain.RelevantTx{TxRecord: record(tx, found.Header.Timestamp), Block: meta(found)}
			}
		}
	}
	tip := b.tip()
	hash := tip.BlockHash()
	s.queue.ChanIn() <- &walletchain.RescanFinished{Hash: &hash, Height: tip.height, Time: tip.Header.Timestamp}
	return nil
}

// FilterBlocks implements walletchain.Interface.
func (s *source) FilterBlocks(req *walletchain.FilterBlocksRequest) (*walletchain.FilterBlocksResponse, error) {
	filter := walletchain.NewBlockFilterer(s.backend.params, req)
	for i, wanted := range req.Blocks {
		found, err := s.GetBlock(&wanted.Hash)
		if err != nil {
			return nil, err
		}
		if filter.FilterBlock(found) {
			return &walletchain.FilterBlocksResponse{
				BatchIndex: uint32(i), BlockMeta: wanted,
				FoundExternalAddrs: filter.FoundExternal, FoundInternalAddrs: filter.FoundInternal,
				FoundOutPoints: filter.FoundOutPoints, RelevantTxns: filter.RelevantTxns,
			}, nil
		}
	}
	return nil, nil
}

// GetBestBlock implements walletchain.Interface.
func (s *source) GetBestBlock() (*chainhash.Hash, int32, error) {
	tip, err := s.backend.Tip(context.Background())
	if err != nil {
		return nil, 0, err
	}
	return &tip.Hash, tip.Height, nil
}

// BlockStamp implements walletchain.Interface.
func (s *source) BlockStamp() (*waddrmgr.BlockStamp, error) {
	tip, err := s.backend.Tip(context.Background())
	if err != nil {
		return nil, err
	}
	return &waddrmgr.BlockStamp{Hash: tip.Hash, Height: tip.Height, Timestamp: tip.Time}, nil
}

// GetBlock implements walletchain.Interface.
func (s *source) GetBlock(hash *chainhash.Hash) (*wire.MsgBlock, error) {
	return s.backend.Block(context.Background(), *hash)
}

// GetBlockHash implements walletchain.Interface.
func (s *source) GetBlockHash(height int64) (*chainhash.Hash, error) {
	hash, err := s.backend.HashAt(context.Background(), int32(height)) //nolint:gosec // a height
	if err != nil {
		return nil, err
	}
	return &hash, nil
}

// GetBlockHeader implements walletchain.Interface.
func (s *source) GetBlockHeader(hash *chainhash.Hash) (*wire.BlockHeader, error) {
	return s.backend.Header(context.Background(), *hash)
}

// SendRawTransaction implements walletchain.Interface.
func (s *source) SendRawTransaction(tx *wire.MsgTx, _ bool) (*chainhash.Hash, error) {
	if err := s.backend.Send(tx); err != nil {
		return nil, err
	}
	hash := tx.TxHash()
	return &hash, nil
}

// TestMempoolAccept implements walletchain.Interface; everything is accepted.
func (s *source) TestMempoolAccept(txs []*wire.MsgTx, _ float64) ([]*btcjson.TestMempoolAcceptResult, error) {
	var out []*btcjson.TestMempoolAcceptResult
	for _, tx := range txs {
		out = append(out, &btcjson.TestMempoolAcceptResult{
			Txid: tx.TxHash().String(), Wtxid: tx.WitnessHash().String(), Allowed: true,
		})
	}
	return out, nil
}

// SubmitPackage implements walletchain.Interface: it is not supported.
func (s *source) SubmitPackage([]*wire.MsgTx, *float64) (*btcjson.SubmitPackageResult, error) {
	return nil, walletchain.ErrUnimplemented
}

package wallet

import (
	"fmt"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/btcsuite/btcwallet/chain"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/btcsuite/btcwallet/walletdb"
	"github.com/btcsuite/btcwallet/wtxmgr"
)

// reorgSource stands between a chain backend and btcwallet and makes every
// disconnected block count.
//
// When btcwallet is told that block h is gone it steps back to h-1, but records
// h-1 with a hash of zeros (v0.16.19, disconnectBlock). The disconnection of
// h-1 then matches nothing and is ignored: of a reorganisation two blocks deep,
// one block's payments stay confirmed for good. So after each disconnection
// this source tells btcwallet once more of the block it now stands on, with
// its true hash, which the wallet's own database still knew before.
type reorgSource struct {
	chain.Interface
	wallet *base.Wallet

	relay sync.Once
	out   chan any
	quit  chan struct{}
	stop  sync.Once

	mu     sync.Mutex
	parent wtxmgr.BlockMeta // of the block being disconnected
}

func newReorgSource(inner chain.Interface, w *base.Wallet) *reorgSource {
	// btcwallet does this for the types it knows; it does not see through us.
	switch client := inner.(type) {
	case *chain.NeutrinoClient:
		client.SetStartTime(w.Manager.Birthday())
	case *chain.BitcoindClient:
		client.SetBirthday(w.Manager.Birthday())
	}
	return &reorgSource{Interface: inner, wallet: w, out: make(chan any), quit: make(chan struct{})}
}

// Disconnected tells whether a backend with a connection of its own has lost it.
func (s *reorgSource) Disconnected() bool {
	ws, ok := s.Interface.(interface{ Disconnected() bool })
	return ok && ws.Disconnected()
}

// Stop ends the relay and the backend's source.
func (s *reorgSource) Stop() {
	s.stop.Do(func() { close(s.quit) })
	s.Interface.Stop()
}

// Notifications relays the backend's.
func (s *reorgSource) Notifications() <-chan any {
	s.relay.Do(func() { go s.run() })
	return s.out
}

// run ends when the source stops or the backend closes its channel.
func (s *reorgSource) run() {
	defer close(s.out)
	for {
		select {
		case <-s.quit:
			return
		case n, open := <-s.Interface.Notifications():
			if !open || !s.forward(n) {
				return
			}
		}
	}
}

func (s *reorgSource) send(n any) bool {
	select {
	case s.out <- n:
		return true
	case <-s.quit:
		return false
	}
}

func (s *reorgSource) forward(n any) bool {
	gone, ok := n.(chain.BlockDisconnected)
	if !ok {
		return s.send(n)
	}
	hash, err := s.recorded(gone.Height - 1)
	if err != nil {
		// Below what the wallet remembers; there is nothing to repair.
		return s.send(n)
	}
	parent := wtxmgr.BlockMeta{Block: wtxmgr.Block{Hash: hash, Height: gone.Height - 1}, Time: gone.Time}
	s.mu.Lock()
	s.parent = parent
	s.mu.Unlock()
	return s.send(n) && s.send(chain.BlockConnected(parent))
}

// recorded is the hash of a block in the wallet's database.
func (s *reorgSource) recorded(height int32) (hash chainhash.Hash, err error) {
	err = walletdb.View(s.wallet.Database(), func(tx walletdb.ReadTx) error {
		ns := tx.ReadBucket([]byte("waddrmgr"))
		if ns == nil {
			return fmt.Errorf("%w: no address bucket", ErrCorrupt)
		}
		found, err := s.wallet.Manager.BlockHash(ns, height)
		if err == nil {
			hash = *found
		}
		return err
	})
	return hash, err
}

// GetBlockHeader asks the backend. A light client has forgotten the headers of
// the branch that was left, and btcwallet wants the time of one of them while
// it steps back; that one is answered from here.
func (s *reorgSource) GetBlockHeader(hash *chainhash.Hash) (*wire.BlockHeader, error) {
	header, err := s.Interface.GetBlockHeader(hash)
	if err == nil {
		return header, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parent.Hash == *hash {
		return &wire.BlockHeader{Timestamp: s.parent.Time}, nil
	}
	return nil, err
}

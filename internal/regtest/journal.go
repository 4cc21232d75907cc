package regtest

import (
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire"
)

// stepKind is a way of changing the node's chain.
type stepKind uint8

const (
	stepBlock stepKind = iota
	stepInvalidate
	stepReconsider
)

// step is one change of the node's chain.
type step struct {
	kind  stepKind
	block *wire.MsgBlock // of stepBlock
	hash  chainhash.Hash // of the others
}

// apply makes the change.
func (s step) apply(rpc *rpcclient.Client) error {
	switch s.kind {
	case stepBlock:
		// Core calls a block that stays on the side, as every one but the
		// last of a reorganisation, inconclusive.
		err := rpc.SubmitBlock(btcutil.NewBlock(s.block), nil)
		if err != nil && err.Error() != "inconclusive" {
			return fmt.Errorf("%w: %v: %w", ErrBlockRefused, s.block.BlockHash(), err)
		}
	case stepInvalidate:
		if err := rpc.InvalidateBlock(&s.hash); err != nil {
			return fmt.Errorf("invalidate %v: %w", s.hash, err)
		}
	case stepReconsider:
		if err := rpc.ReconsiderBlock(&s.hash); err != nil {
			return fmt.Errorf("reconsider %v: %w", s.hash, err)
		}
	}
	return nil
}

// do makes the change and notes it for replay.
func (n *Node) do(s step) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.doLocked(s)
}

func (n *Node) doLocked(s step) error {
	if n.rpc == nil {
		return ErrNotRunning
	}
	if err := s.apply(n.rpc); err != nil {
		return err
	}
	n.journal = append(n.journal, s)
	return nil
}

// replay brings an empty node to where this one was.
func (n *Node) replay(rpc *rpcclient.Client) error {
	for _, s := range n.journal {
		if err := s.apply(rpc); err != nil {
			return fmt.Errorf("replay: %w", err)
		}
	}
	return nil
}

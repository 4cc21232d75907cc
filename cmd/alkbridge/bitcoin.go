package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/bitcoind"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
)

// fullNode is what is asked of btcd and bitcoind.
type fullNode interface {
	chain.Backend
	chain.FullNode
}

// feeTarget is in how many blocks a payment shall confirm.
const feeTarget = 6

// bitcoin is the program's own Bitcoin node: relayer.Blocks, vault.Coins and
// operator.Network. Its methods are safe for concurrent use.
type bitcoin struct {
	node fullNode
	// fallback is the fee rate where the node has no estimate.
	fallback vault.FeeRate
}

// newBitcoin returns the configured node; it does not connect yet.
func newBitcoin(cfg *config, params *chaincfg.Params, log *slog.Logger) (*bitcoin, error) {
	dir := cfg.path("chain")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the chain backend: %w", err)
	}
	b := &bitcoin{fallback: vault.FeeRate(cfg.FeeFallback)}
	switch node.BackendKind(cfg.Backend) {
	case node.BackendBtcd:
		user, pass, err := cfg.Btcd.Credentials()
		if err != nil {
			return nil, err
		}
		var cert []byte
		if cfg.Btcd.CertFile != "" {
			if cert, err = os.ReadFile(filepath.Clean(cfg.Btcd.CertFile)); err != nil {
				return nil, fmt.Errorf("%w: btcd-cert: %w", errConfig, err)
			}
		}
		b.node = btcd.New(btcd.Config{
			Host: cfg.Btcd.Host, User: user, Pass: pass, Cert: cert, DisableTLS: cert == nil, Params: params, Dir: dir, Logger: log,
		})
	case node.BackendBitcoind:
		user, pass, err := cfg.Bitcoind.Credentials()
		if err != nil {
			return nil, err
		}
		b.node = bitcoind.New(bitcoind.Config{Host: cfg.Bitcoind.Host, User: user, Pass: pass, Params: params, Dir: dir, Logger: log})
	case node.BackendNeutrino:
		return nil, fmt.Errorf("%w: a bridge needs a full node, btcd or bitcoind, not neutrino", errConfig)
	default:
		return nil, fmt.Errorf("%w: backend %q; a bridge needs a full node, btcd or bitcoind", errConfig, cfg.Backend)
	}
	return b, nil
}

// Tip implements relayer.Bitcoin.
func (b *bitcoin) Tip(ctx context.Context) (uint32, error) {
	tip, err := b.node.Tip(ctx)
	return uint32(max(tip.Height, 0)), err
}

// Header implements relayer.Bitcoin.
func (b *bitcoin) Header(ctx context.Context, height uint32) ([]byte, error) {
	hash, err := b.node.HashAt(ctx, int32(height)) //nolint:gosec // G115: a height
	if err != nil {
		return nil, err
	}
	header, err := b.node.Header(ctx, hash)
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if err := header.Serialize(&raw); err != nil {
		return nil, fmt.Errorf("serialise header: %w", err)
	}
	return raw.Bytes(), nil
}

// Block implements relayer.Blocks.
func (b *bitcoin) Block(ctx context.Context, height uint32) (*wire.MsgBlock, error) {
	hash, err := b.node.HashAt(ctx, int32(height)) //nolint:gosec // G115: a height
	if err != nil {
		return nil, err
	}
	return b.node.Block(ctx, hash)
}

// Output implements vault.Coins.
func (b *bitcoin) Output(ctx context.Context, o wire.OutPoint) ([]byte, btcutil.Amount, error) {
	// A spend in the mempool does not count: payments are raised.
	confirmations, unspent, err := b.node.Mined(ctx, o)
	if err != nil {
		return nil, 0, err
	}
	if !unspent || confirmations == 0 {
		return nil, 0, fmt.Errorf("%v: %w", o, vault.ErrNotVault)
	}
	tip, err := b.Tip(ctx)
	if err != nil {
		return nil, 0, err
	}
	// A block that arrives between the two questions shifts the height by one.
	for _, height := range []uint32{tip + 1 - confirmations, tip - confirmations} {
		block, err := b.Block(ctx, height)
		if err != nil {
			return nil, 0, err
		}
		at := slices.IndexFunc(block.Transactions, func(tx *wire.MsgTx) bool { return tx.TxHash() == o.Hash })
		if at >= 0 && int(o.Index) < len(block.Transactions[at].TxOut) {
			out := block.Transactions[at].TxOut[o.Index]
			return out.PkScript, btcutil.Amount(out.Value), nil
		}
	}
	return nil, 0, fmt.Errorf("%v: %w", o, vault.ErrNotVault)
}

// FeeRate implements operator.Network.
func (b *bitcoin) FeeRate(ctx context.Context) (vault.FeeRate, error) {
	rate, err := b.node.EstimateFee(ctx, feeTarget)
	if err != nil {
		if b.fallback > 0 {
			return b.fallback, nil
		}
		return 0, err
	}
	const perVByte = 1000
	return vault.FeeRate((uint64(rate.FeePerKVByte()) + perVByte - 1) / perVByte), nil //nolint:gosec // G115: positive
}

// Submit implements operator.Network.
func (b *bitcoin) Submit(ctx context.Context, tx *wire.MsgTx) error { return b.node.Submit(ctx, tx) }

// Pooled implements operator.Network.
func (b *bitcoin) Pooled(ctx context.Context, txid chainhash.Hash) (bool, error) {
	_, ok, err := b.node.Pooled(ctx, txid)
	return ok, err
}

// medianTime returns the median time of the tip, by which lock times are judged.
func (b *bitcoin) medianTime(ctx context.Context) (uint64, error) {
	const window = 11
	tip, err := b.node.Tip(ctx)
	if err != nil {
		return 0, err
	}
	var times []uint64
	for height := tip.Height; height >= 0 && len(times) < window; height-- {
		hash, err := b.node.HashAt(ctx, height)
		if err != nil {
			return 0, err
		}
		header, err := b.node.Header(ctx, hash)
		if err != nil {
			return 0, err
		}
		times = append(times, uint64(header.Timestamp.Unix())) //nolint:gosec // G115: a block's time
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

func parseTx(raw []byte) (*wire.MsgTx, error) {
	tx := &wire.MsgTx{}
	if err := tx.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("read transaction: %w", err)
	}
	return tx, nil
}

var (
	_ relayer.Blocks   = (*bitcoin)(nil)
	_ vault.Coins      = (*bitcoin)(nil)
	_ operator.Network = (*bitcoin)(nil)
)

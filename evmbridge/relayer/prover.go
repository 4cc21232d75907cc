package relayer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// ErrShallow means that the block of a transaction, or the relay's knowledge of it, is not deep
// enough for what rests on it. It comes with time.
var ErrShallow = errors.New("not deep enough yet")

// ProofKind is what a proof is for; depth is counted for each kind by itself.
type ProofKind uint8

// The kinds of proofs.
const (
	FundingProof ProofKind = iota
	SpendProof
	PaymentProof
)

// Prover makes proofs that the contracts accept. It is not safe for concurrent use.
type Prover struct {
	Blocks  Blocks
	Headers *Headers
	Spv     common.Address
	// Bridge is the contract that proofs are for.
	Bridge common.Address
}

func headerTime(raw []byte) uint64 { return uint64(binary.LittleEndian.Uint32(raw[68:])) }

// Prove returns the proof of a transaction in a block, worth so many satoshi. It fails
// with ErrShallow if the block is not deep enough, or if the relay does not know that it
// is; then headers are on their way.
func (p *Prover) Prove(ctx context.Context, f *Found, kind ProofKind, worth uint64) (spv.Proof, error) {
	need, err := p.depth(ctx, f.Height, kind, worth)
	if err != nil {
		return spv.Proof{}, err
	}
	tip, err := p.Blocks.Tip(ctx)
	if err != nil {
		return spv.Proof{}, fmt.Errorf("tip of bitcoin: %w", err)
	}
	if f.Height > tip || uint64(tip-f.Height)+1 < need {
		return spv.Proof{}, fmt.Errorf("block %d has %d of %d confirmations: %w", f.Height, int64(tip)-int64(f.Height)+1, need, ErrShallow)
	}
	chain, hops, relayed, err := p.chain(ctx, f.Height)
	if err != nil {
		return spv.Proof{}, err
	}
	if relayed < f.Height || uint64(relayed-f.Height)+1 < need {
		if _, err := p.Headers.Step(ctx, true); err != nil {
			return spv.Proof{}, err
		}
		return spv.Proof{}, fmt.Errorf("the relay is at %d, block %d needs %d confirmations: %w", relayed, f.Height, need, ErrShallow)
	}
	block, err := p.Blocks.Block(ctx, f.Height)
	if err != nil {
		return spv.Proof{}, fmt.Errorf("block %d: %w", f.Height, err)
	}
	if block.BlockHash() != f.Block {
		return spv.Proof{}, fmt.Errorf("block %d is another one now: %w", f.Height, ErrShallow)
	}
	proof, err := spv.Prove(block, f.Index)
	if err != nil {
		return spv.Proof{}, fmt.Errorf("prove %v: %w", f.Txid, err)
	}
	proof.Chain, proof.Hops = chain, hops
	return proof, nil
}

// depth asks how many confirmations a proof needs.
func (p *Prover) depth(ctx context.Context, height uint32, kind ProofKind, worth uint64) (uint64, error) {
	contract := bindings.NewSpv()
	at := big.NewInt(int64(height))
	sums, err := ledger.Ask(ctx, p.Headers.Caller, p.Spv, nil, contract.PackProven(p.Bridge, at), contract.UnpackProven)
	if err != nil {
		return 0, err
	}
	before := map[ProofKind]uint64{FundingProof: sums.Arg0, SpendProof: sums.Arg1, PaymentProof: sums.Arg2}[kind]
	total := new(big.Int).Add(new(big.Int).SetUint64(worth), new(big.Int).SetUint64(before))
	need, err := ledger.Ask(ctx, p.Headers.Caller, p.Spv, nil, contract.PackRequired(total, at), contract.UnpackRequired)
	if err != nil {
		return 0, err
	}
	if !need.IsUint64() {
		return 0, fmt.Errorf("block %d needs %v confirmations: %w", height, need, ErrShallow)
	}
	return need.Uint64(), nil
}

// chain returns the headers from a height to the relay's next checkpoint, how many
// checkpoints behind the tip that is, and the height of the tip. If the relay's tip is
// below the height, or on another branch, there is no chain, and the tip counts as 0.
func (p *Prover) chain(ctx context.Context, height uint32) (headers []byte, hops uint64, tip uint32, err error) {
	relay := bindings.NewCheckpointRelay()
	hash, err := ask(ctx, p.Headers, relay.PackTip(), relay.UnpackTip)
	if err != nil {
		return nil, 0, 0, err
	}
	at, err := p.checkpoint(ctx, hash)
	if err != nil {
		return nil, 0, 0, err
	}
	if own, err := p.Headers.onOurs(ctx, at, hash); err != nil || !own || at < height {
		return nil, 0, 0, err
	}
	tip = at
	for hops = 0; hops < maxWalk; hops++ {
		parent, err := ask(ctx, p.Headers, relay.PackParent(hash), relay.UnpackParent)
		if err != nil {
			return nil, 0, 0, err
		}
		below, err := p.checkpoint(ctx, parent)
		if err != nil {
			return nil, 0, 0, err
		}
		if below < height {
			headers, err = p.Headers.section(ctx, height, at)
			return headers, hops, tip, err
		}
		hash, at = parent, below
	}
	return nil, 0, 0, fmt.Errorf("block %d: %w", height, ErrForeignChain)
}

// checkpoint returns a checkpoint's height; 0 if there is none of that hash.
func (p *Prover) checkpoint(ctx context.Context, hash chainhash.Hash) (uint32, error) {
	relay := bindings.NewCheckpointRelay()
	packed, err := ask(ctx, p.Headers, relay.PackCheckpoint(hash), relay.UnpackCheckpoint)
	if err != nil {
		return 0, err
	}
	return uint32(new(big.Int).And(packed, big.NewInt(1<<32-1)).Uint64()), nil //nolint:gosec // G115: 32 bits
}

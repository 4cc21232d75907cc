// Package deploy puts the bridge's contracts on an EVM chain and tells whether
// contracts that are there are these: their code, what is fixed in it, and how
// they refer to each other.
//
// It decides no setting: operators, caps, asset and anchor come from its caller,
// and whether the anchor is in the best chain is asked of the caller's own Bitcoin
// node. docs/bridge.md says what each contract is for.
//
// Its invariant: Verify accepts nothing but what Run makes with the same Config.
package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
)

// Config is what a deployment of the bridge is made of. Nothing of it can be
// changed later.
type Config struct {
	// Anchor is the 80 bytes of the header from which the relay starts, Height its
	// height and EpochStart the time of the first block of its difficulty epoch.
	Anchor             []byte
	Height, EpochStart uint32
	// PowLimit, NoRetarget and Genesis (internal byte order) are the Bitcoin
	// network's, and so is HalvingInterval.
	PowLimit        *big.Int
	NoRetarget      bool
	Genesis         [32]byte
	HalvingInterval uint32
	// Operators ascend strictly; Threshold of them attest a lot.
	Operators []common.Address
	Threshold uint8
	// Guardians ascend strictly; two of them can stop minting for a week.
	Guardians [3]common.Address
	// Asset is the token of the bonds.
	Asset common.Address
	// SeriesCap and TotalCap bound the units of a series and everything, in satoshi.
	SeriesCap, TotalCap uint64
	// MinFee is the least that a redemption must allow for miner fees, satoshi, MinFeeFrom to
	// MinFeeTo: a real fee in a bad market. Twice that, at least 10,000, is the least claim.
	MinFee uint64
}

// The bounds of Config.MinFee, satoshi.
const (
	MinFeeFrom = 500
	MinFeeTo   = 1_000_000
)

// Addresses are where the contracts are.
type Addresses struct {
	Relay, Spv, Oracle, Committee, Bond, Bridge, Fraud, LotToken, Book common.Address
}

// Backend is what a deployment needs of an EVM client.
type Backend interface {
	bind.ContractBackend
	bind.DeployBackend
}

// ErrNonce means that the deployer's account was used by somebody else meanwhile, so the
// contracts are not where they expect each other. Start again; what was deployed
// is harmless and useless.
var ErrNonce = errors.New("deployer's account was used meanwhile")

// count is how many transactions a deployment takes.
const count = 9

// Run deploys the contracts. They refer to each other by addresses that follow
// from the deployer's nonces, so nothing else may use its account meanwhile.
// mined is called after each transaction and returns when it is in a block; nil
// waits for the network. What a failed Run has deployed cannot hold anything.
func Run(
	ctx context.Context, backend Backend, opts *bind.TransactOpts, c Config, mined func(context.Context) error,
) (Addresses, error) {
	nonce, err := backend.PendingNonceAt(ctx, opts.From)
	if err != nil {
		return Addresses{}, fmt.Errorf("nonce of %v: %w", opts.From, err)
	}
	a := plan(opts.From, nonce)
	at := func(i uint64) common.Address { return crypto.CreateAddress(opts.From, nonce+i) }
	for i, step := range steps(c, a) {
		txOpts := *opts
		txOpts.Context = ctx
		txOpts.Nonce = new(big.Int).SetUint64(nonce + uint64(i))
		where, tx, err := bind.DeployContract(&txOpts, common.FromHex(step.meta.Bin), backend, step.args)
		if err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", step.name, err)
		}
		if where != at(uint64(i)) {
			return Addresses{}, fmt.Errorf("deploy %s at %v: %w", step.name, where, ErrNonce)
		}
		if err := settled(ctx, backend, tx, mined); err != nil {
			return Addresses{}, fmt.Errorf("deploy %s: %w", step.name, err)
		}
	}
	return a, nil
}

// plan returns the addresses that a deployment will have.
func plan(from common.Address, nonce uint64) Addresses {
	at := func(i uint64) common.Address { return crypto.CreateAddress(from, nonce+i) }
	return Addresses{
		Relay: at(0), Spv: at(1), Oracle: at(2), Committee: at(3), Bond: at(4), LotToken: at(5), Book: at(6),
		Bridge: at(7), Fraud: at(count - 1),
	}
}

type step struct {
	name string
	meta *bind.MetaData
	args []byte
}

// steps are the deployments in the order of their nonces.
func steps(c Config, a Addresses) []step {
	return []step{
		{"CheckpointRelay", &bindings.CheckpointRelayMetaData, bindings.NewCheckpointRelay().PackConstructor(
			c.Anchor, c.Height, c.EpochStart, c.PowLimit, c.NoRetarget, c.Genesis)},
		{"Spv", &bindings.SpvMetaData, bindings.NewSpv().PackConstructor(
			a.Relay, new(big.Int).SetUint64(uint64(c.HalvingInterval)))},
		{"OracleVerifier", &bindings.OracleVerifierMetaData, nil},
		{"Committee", &bindings.CommitteeMetaData, bindings.NewCommittee().PackConstructor(
			c.Operators, new(big.Int).SetUint64(uint64(c.Threshold)), c.Guardians, a.Fraud)},
		{"Bond", &bindings.BondMetaData, bindings.NewBond().PackConstructor(c.Asset, a.Bridge, a.Committee)},
		{"LotToken", &bindings.LotTokenMetaData, bindings.NewLotToken().PackConstructor(a.Bridge)},
		{"SeriesBook", &bindings.SeriesBookMetaData, bindings.NewSeriesBook().PackConstructor(a.Oracle, a.Bridge)},
		{"Bridge", &bindings.BridgeMetaData, bindings.NewBridge().PackConstructor(bindings.Config{
			Spv: a.Spv, Book: a.Book, LotToken: a.LotToken, Committee: a.Committee, Bond: a.Bond,
			SeriesCap: c.SeriesCap, TotalCap: c.TotalCap, MinFee: c.MinFee,
		})},
		{"Fraud", &bindings.FraudMetaData, bindings.NewFraud().PackConstructor(a.Bridge, a.Spv, a.Committee)},
	}
}

// ErrFailed means that a deployment's transaction is in a block and had no effect.
var ErrFailed = errors.New("deployment failed on the chain")

func settled(ctx context.Context, backend Backend, tx *types.Transaction, mined func(context.Context) error) error {
	if mined != nil {
		if err := mined(ctx); err != nil {
			return fmt.Errorf("wait for a block: %w", err)
		}
	}
	receipt, err := bind.WaitMined(ctx, backend, tx.Hash())
	if err != nil {
		return fmt.Errorf("wait for transaction %v: %w", tx.Hash(), err)
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		return fmt.Errorf("transaction %v: %w", tx.Hash(), ErrFailed)
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

const (
	evmChainID = 1337
	// evmTick is how often the EVM chain looks for transactions; callGas bounds one.
	evmTick = 100 * time.Millisecond
	callGas = 1 << 23
)

// errRefused: the EVM chain refused a transaction.
var errRefused = errors.New("refused by the EVM chain")

// account is somebody with an account on the EVM chain.
type account struct {
	name string
	key  *ecdsa.PrivateKey
	at   common.Address
}

func newAccount(name string) (account, error) {
	key, err := crypto.GenerateKey()
	if err != nil {
		return account{}, fmt.Errorf("account of %s: %w", name, err)
	}
	return account{name: name, key: key, at: crypto.PubkeyToAddress(key.PublicKey)}, nil
}

func (a account) hex() string { return hex.EncodeToString(crypto.FromECDSA(a.key)) }

// evmChain is the EVM chain of the demonstration: a block comes when somebody wants
// something, or time has passed on Bitcoin, and the one before is final then.
type evmChain struct {
	*simchain.Chain
	// moment is the time that the next block has at least, Unix seconds.
	moment atomic.Int64
	cancel context.CancelFunc
	ended  chan error
}

// startEVM starts the chain with ether for the accounts.
func startEVM(now time.Time, rich ...account) (*evmChain, error) {
	alloc := types.GenesisAlloc{}
	for _, who := range rich {
		alloc[who.at] = types.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 90)}
	}
	chain, err := simchain.Start(simchain.Config{Alloc: alloc, Time: uint64(now.Unix()), ChainID: evmChainID, HTTP: true}) //nolint:gosec // G115: not before 1970
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &evmChain{Chain: chain, cancel: cancel, ended: make(chan error, 1)}
	c.moment.Store(now.Unix())
	go func() { c.ended <- c.run(ctx) }()
	return c, nil
}

func (c *evmChain) run(ctx context.Context) error {
	ticker := time.NewTicker(evmTick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		pending, err := c.Client().PendingTransactionCount(ctx)
		head, moment := c.Head().Time, uint64(c.moment.Load()) //nolint:gosec // G115: not before 1970
		if err == nil && (pending > 0 || moment > head) {
			_, err = c.Commit(ctx, max(head+1, moment))
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		c.Finalize()
	}
}

// follow lets the chain's time be at least that of a Bitcoin block.
func (c *evmChain) follow(now time.Time) { c.moment.Store(now.Unix()) }

func (c *evmChain) stop() error {
	c.cancel()
	return errors.Join(<-c.ended, c.Close())
}

// transact makes a transaction and waits until it is in a block; to is nil for a new
// contract.
func (c *evmChain) transact(ctx context.Context, who account, to *common.Address, data []byte) (*types.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := c.Client()
	if _, err := client.EstimateGas(ctx, ethereum.CallMsg{From: who.at, To: to, Data: data}); err != nil {
		return nil, fmt.Errorf("transaction of %s: %w", who.name, refusalOf(err))
	}
	nonce, err := client.PendingNonceAt(ctx, who.at)
	if err != nil {
		return nil, fmt.Errorf("nonce of %s: %w", who.name, err)
	}
	const gwei = 1_000_000_000
	tx, err := types.SignNewTx(who.key, types.LatestSignerForChainID(big.NewInt(evmChainID)), &types.DynamicFeeTx{
		ChainID: big.NewInt(evmChainID), Nonce: nonce, To: to, Data: data, Gas: callGas,
		GasFeeCap: big.NewInt(50 * gwei), GasTipCap: big.NewInt(gwei),
	})
	if err != nil {
		return nil, fmt.Errorf("sign transaction of %s: %w", who.name, err)
	}
	if err := client.SendTransaction(ctx, tx); err != nil {
		return nil, fmt.Errorf("send transaction of %s: %w", who.name, err)
	}
	tick := time.NewTicker(evmTick)
	defer tick.Stop()
	for {
		receipt, err := client.TransactionReceipt(ctx, tx.Hash())
		switch {
		case err == nil && receipt.Status != types.ReceiptStatusSuccessful:
			return nil, fmt.Errorf("transaction of %s, %v: %w", who.name, tx.Hash(), errRefused)
		case err == nil:
			return receipt, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for transaction %v of %s: %w", tx.Hash(), who.name, ctx.Err())
		case <-tick.C:
		}
	}
}

// refusalOf finds the contract's reason in an error of its node.
func refusalOf(err error) error {
	var coded interface{ ErrorData() any }
	if errors.As(err, &coded) {
		if text, ok := coded.ErrorData().(string); ok {
			return errors.Join(errRefused, spv.Revert(common.FromHex(text)))
		}
	}
	return err
}

// ask asks a contract.
func (c *evmChain) ask(ctx context.Context, at common.Address, call []byte) ([]byte, error) {
	answer, err := c.Client().CallContract(ctx, ethereum.CallMsg{To: &at, Data: call}, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %v: %w", at, err)
	}
	return answer, nil
}

// number asks a contract for a number.
func (c *evmChain) number(ctx context.Context, at common.Address, call []byte) (*big.Int, error) {
	answer, err := c.ask(ctx, at, call)
	return new(big.Int).SetBytes(answer), err
}

// deployed is a contract that is none of the bridge's.
type deployed struct {
	abi abi.ABI
	at  common.Address
}

// pack encodes a call.
func (d deployed) pack(method string, args ...any) ([]byte, error) {
	data, err := d.abi.Pack(method, args...)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", method, err)
	}
	return data, nil
}

// deploy puts a contract on the chain.
func (c *evmChain) deploy(ctx context.Context, who account, abiJSON []byte, code string, args ...any) (deployed, error) {
	parsed, err := abi.JSON(bytes.NewReader(abiJSON))
	if err != nil {
		return deployed{}, fmt.Errorf("read ABI: %w", err)
	}
	packed, err := parsed.Pack("", args...)
	if err != nil {
		return deployed{}, fmt.Errorf("encode constructor: %w", err)
	}
	receipt, err := c.transact(ctx, who, nil, append(common.FromHex(code), packed...))
	if err != nil {
		return deployed{}, err
	}
	return deployed{abi: parsed, at: receipt.ContractAddress}, nil
}

// call makes a transaction to a contract that is none of the bridge's.
func (c *evmChain) call(ctx context.Context, who account, d deployed, method string, args ...any) error {
	data, err := d.pack(method, args...)
	if err != nil {
		return err
	}
	if _, err := c.transact(ctx, who, &d.at, data); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// artifact is what an npm package has of a contract.
type artifact struct {
	ABI      json.RawMessage `json:"abi"`
	Bytecode string          `json:"bytecode"`
}

func readArtifact(dir, file string) (a artifact, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("%s: %w", file, err)
	}
	return a, nil
}

// deployed reads the ABI of a contract that somebody else deploys.
func (c *evmChain) deployed(dir, file string) (deployed, error) {
	artifact, err := readArtifact(dir, file)
	if err != nil {
		return deployed{}, err
	}
	parsed, err := abi.JSON(bytes.NewReader(artifact.ABI))
	return deployed{abi: parsed}, err
}

// deployFile deploys a contract from an artifact of an npm package.
func (c *evmChain) deployFile(ctx context.Context, who account, dir, file string, args ...any) (deployed, error) {
	artifact, err := readArtifact(dir, file)
	if err != nil {
		return deployed{}, err
	}
	made, err := c.deploy(ctx, who, artifact.ABI, artifact.Bytecode, args...)
	if err != nil {
		return deployed{}, fmt.Errorf("%s: %w", file, err)
	}
	return made, nil
}

package evmbridge_test

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// start is when the tests' chains begin: 14 November 2023.
const start = 1_700_000_000

// txGas is what a transaction may use at most (EIP-7825).
const txGas = 1 << 24

// actor is somebody with an account.
type actor struct {
	key *ecdsa.PrivateKey
	at  common.Address
}

func newActor(name string) actor {
	key := testkit.Key("evm/" + name).ToECDSA()
	key.Curve = crypto.S256()
	return actor{key: key, at: crypto.PubkeyToAddress(key.PublicKey)}
}

// evm is a chain with everybody who acts in the tests.
type evm struct {
	t     testing.TB
	chain *simchain.Chain
	id    *big.Int
	now   uint64
	// bare, if there is one, executes instead of the chain.
	bare *bare
	// alice deploys, bob and carol trade, eve attacks.
	alice, bob, carol, eve actor
}

func newEVM(t testing.TB, fork simchain.Fork) *evm {
	t.Helper()
	e := &evm{t: t, now: start, alice: newActor("alice"), bob: newActor("bob"), carol: newActor("carol"), eve: newActor("eve")}
	alloc := types.GenesisAlloc{}
	for _, who := range []actor{e.alice, e.bob, e.carol, e.eve} {
		alloc[who.at] = types.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 100)}
	}
	chain, err := simchain.Start(simchain.Config{Alloc: alloc, Time: start, Fork: fork})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := chain.Close(); err != nil {
			t.Error(err)
		}
	})
	e.chain = chain
	if e.id, err = chain.Client().ChainID(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}

// commit makes a block a second later.
func (e *evm) commit(context.Context) error {
	e.now++
	if e.bare != nil {
		e.bare.number++
		e.bare.at(e.bare.number, e.now)
		return nil
	}
	_, err := e.chain.Commit(context.Background(), e.now)
	return err
}

// wait lets time pass, and makes a block at the end of it.
func (e *evm) wait(seconds uint64) {
	e.t.Helper()
	e.now += seconds - 1
	if err := e.commit(context.Background()); err != nil {
		e.t.Fatal(err)
	}
}

// waitUntil lets time pass until a moment, if it is not past.
func (e *evm) waitUntil(moment uint64) {
	e.t.Helper()
	if moment > e.now {
		e.wait(moment - e.now)
	}
}

// opts sign for an actor.
func (e *evm) opts(who actor) *bind.TransactOpts {
	return bind.NewKeyedTransactor(who.key, e.id)
}

// submit sends a call and does not wait for a block.
func (e *evm) submit(who actor, to *common.Address, data []byte) *types.Transaction {
	e.t.Helper()
	ctx := context.Background()
	nonce, err := e.chain.Client().PendingNonceAt(ctx, who.at)
	if err != nil {
		e.t.Fatal(err)
	}
	tx := types.MustSignNewTx(who.key, types.LatestSignerForChainID(e.id), &types.DynamicFeeTx{
		ChainID: e.id, Nonce: nonce, To: to, Data: data, Gas: txGas,
		GasFeeCap: big.NewInt(50e9), GasTipCap: big.NewInt(1e9),
	})
	if err := e.chain.Client().SendTransaction(ctx, tx); err != nil {
		e.t.Fatal(err)
	}
	return tx
}

// send makes a call in a block of its own, which must succeed.
func (e *evm) send(who actor, to common.Address, data []byte) *types.Receipt {
	e.t.Helper()
	if e.bare != nil {
		receipt, err := e.sendBare(who, to, data)
		if err != nil {
			e.t.Fatalf("call refused: %v", err)
		}
		return receipt
	}
	receipt := e.try(who, &to, data)
	if receipt.Status != types.ReceiptStatusSuccessful {
		parent := new(big.Int).Sub(receipt.BlockNumber, common.Big1)
		_, err := e.chain.Client().CallContract(context.Background(),
			ethereum.CallMsg{From: who.at, To: &to, Data: data, Gas: txGas}, parent)
		e.t.Fatalf("call refused (%d gas): %v", receipt.GasUsed, refusal(err))
	}
	return receipt
}

func (e *evm) try(who actor, to *common.Address, data []byte) *types.Receipt {
	e.t.Helper()
	tx := e.submit(who, to, data)
	if err := e.commit(context.Background()); err != nil {
		e.t.Fatal(err)
	}
	receipt, err := e.chain.Client().TransactionReceipt(context.Background(), tx.Hash())
	if err != nil {
		e.t.Fatal(err)
	}
	return receipt
}

// call asks a contract, as an actor, and changes nothing.
func (e *evm) call(who actor, to common.Address, data []byte) ([]byte, error) {
	if e.bare != nil {
		answer, _, err := e.bare.run(who, to, data, 4*txGas, false)
		return answer, err
	}
	answer, err := e.chain.Client().CallContract(context.Background(),
		ethereum.CallMsg{From: who.at, To: &to, Data: data, Gas: 4 * txGas}, nil)
	return answer, refusal(err)
}

// refusal turns an answer of the client into the error of package spv.
func refusal(err error) error {
	var answer rpc.DataError
	if errors.As(err, &answer) {
		if data, ok := answer.ErrorData().(string); ok {
			return spv.Revert(common.FromHex(data))
		}
	}
	return err
}

// refused fails the test unless a call is refused for the reason.
func (e *evm) refused(want error, who actor, to common.Address, data []byte) {
	e.t.Helper()
	if _, err := e.call(who, to, data); !errors.Is(err, want) {
		e.t.Errorf("call ends with %v, want %v", err, want)
	}
}

// accepted fails the test if a call would be refused.
func (e *evm) accepted(who actor, to common.Address, data []byte) {
	e.t.Helper()
	if _, err := e.call(who, to, data); err != nil {
		e.t.Errorf("call is refused: %v", err)
	}
}

// ask asks a contract and unpacks the answer.
func ask[T any](e *evm, to common.Address, call []byte, unpack func([]byte) (T, error)) T {
	e.t.Helper()
	answer, err := e.call(e.alice, to, call)
	if err != nil {
		e.t.Fatal(err)
	}
	out, err := unpack(answer)
	if err != nil {
		e.t.Fatal(err)
	}
	return out
}

// helper is a contract that exists for the tests only.
type helper struct {
	abi abi.ABI
	at  common.Address
}

func (h helper) pack(t testing.TB, method string, args ...any) []byte {
	t.Helper()
	data, err := h.abi.Pack(method, args...)
	if err != nil {
		t.Fatalf("pack %s: %v", method, err)
	}
	return data
}

// get calls a view of a helper and returns its results.
func (e *evm) get(h helper, method string, args ...any) ([]any, error) {
	e.t.Helper()
	answer, err := e.call(e.alice, h.at, h.pack(e.t, method, args...))
	if err != nil {
		return nil, err
	}
	out, err := h.abi.Unpack(method, answer)
	if err != nil {
		e.t.Fatalf("unpack %s: %v", method, err)
	}
	return out, nil
}

// deployHelper deploys a contract of the tests.
func (e *evm) deployHelper(name string, args ...any) helper {
	e.t.Helper()
	raw, err := os.ReadFile("testdata/contracts.json")
	if err != nil {
		e.t.Fatal(err)
	}
	var file struct {
		Contracts map[string]struct {
			ABI abi.ABI `json:"abi"`
			Bin string  `json:"bin"`
		} `json:"contracts"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		e.t.Fatal(err)
	}
	for path, c := range file.Contracts {
		if path[len(path)-len(name)-1:] != ":"+name {
			continue
		}
		packed, err := c.ABI.Pack("", args...)
		if err != nil {
			e.t.Fatal(err)
		}
		receipt := e.try(e.alice, nil, append(common.FromHex(c.Bin), packed...))
		if receipt.Status != types.ReceiptStatusSuccessful {
			e.t.Fatalf("deploy %s: refused", name)
		}
		return helper{abi: c.ABI, at: receipt.ContractAddress}
	}
	e.t.Fatal(fmt.Errorf("no contract %s for tests", name))
	return helper{}
}

// forks runs a test on the rules of both forks.
func forks(t *testing.T, run func(*testing.T, simchain.Fork)) {
	t.Helper()
	for _, fork := range []simchain.Fork{simchain.Osaka, simchain.Amsterdam} {
		t.Run(fork.String(), func(t *testing.T) { run(t, fork) })
	}
}

// sendValue pays ether.
func (e *evm) sendValue(from actor, to common.Address, wei *big.Int) {
	e.t.Helper()
	ctx := context.Background()
	nonce, err := e.chain.Client().PendingNonceAt(ctx, from.at)
	if err != nil {
		e.t.Fatal(err)
	}
	tx := types.MustSignNewTx(from.key, types.LatestSignerForChainID(e.id), &types.DynamicFeeTx{
		ChainID: e.id, Nonce: nonce, To: &to, Value: wei, Gas: 1_000_000,
		GasFeeCap: big.NewInt(50e9), GasTipCap: big.NewInt(1e9),
	})
	if err := e.chain.Client().SendTransaction(ctx, tx); err != nil {
		e.t.Fatal(err)
	}
	if err := e.commit(ctx); err != nil {
		e.t.Fatal(err)
	}
}

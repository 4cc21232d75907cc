package evmbridge_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/holiman/uint256"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// bare is go-ethereum's machine and state without the rest of a node: no pool, no
// signatures of transactions, no blocks on a chain. A walk of a million calls over the
// bridge needs nothing of that. TestBareIsTheChain compares the two.
type bare struct {
	machine *vm.EVM
	state   *state.StateDB
	number  uint64
	calls   uint64
}

// strip takes the state out of the chain. From then on all calls run on the bare
// machine, and the chain stays as it is.
func (e *evm) strip() {
	e.t.Helper()
	now, err := e.chain.State()
	if err != nil {
		e.t.Fatal(err)
	}
	e.bare = newBare(e.chain.Head(), e.chain.Rules(), now)
}

func newBare(head *types.Header, chain core.ChainContext, now *state.StateDB) *bare {
	context := core.NewEVMBlockContext(head, chain, &common.Address{})
	return &bare{
		machine: vm.NewEVM(context, now, chain.Config(), vm.Config{NoBaseFee: true}),
		state:   now, number: head.Number.Uint64(),
	}
}

// copyOf returns a machine that goes on from the same state for itself. Machines that
// were copied from one another must not run at the same time.
func (b *bare) copyOf() *bare {
	now := b.state.Copy()
	return &bare{
		machine: vm.NewEVM(b.machine.Context, now, b.machine.ChainConfig(), b.machine.Config),
		state:   now, number: b.number,
	}
}

// at moves the machine to a block.
func (b *bare) at(number, time uint64) {
	b.machine.Context.BlockNumber = new(big.Int).SetUint64(number)
	b.machine.Context.Time = time
}

// run makes a call. What it changes is kept if it succeeds and keep says so.
func (b *bare) run(who actor, to common.Address, data []byte, gas uint64, keep bool) ([]byte, []*types.Log, error) {
	b.calls++
	var id common.Hash
	binary.BigEndian.PutUint64(id[:], b.calls)
	b.state.SetTxContext(id, 0, 0)
	message := &core.Message{
		From: who.at, To: &to, Data: data, GasLimit: gas, Value: new(uint256.Int),
		GasPrice: new(uint256.Int), GasFeeCap: new(uint256.Int), GasTipCap: new(uint256.Int),
	}
	message.SkipNonceCheck().SkipGasLimitCapCheck()
	before := b.state.Snapshot()
	result, err := core.ApplyMessage(b.machine, message, nil)
	switch {
	case err != nil:
		b.state.RevertToSnapshot(before)
		return nil, nil, fmt.Errorf("call cannot run: %w", err)
	case result.Failed():
		b.state.RevertToSnapshot(before)
		if data := result.Revert(); len(data) > 0 {
			return nil, nil, spv.Revert(data)
		}
		return nil, nil, result.Err
	case !keep:
		b.state.RevertToSnapshot(before)
		return result.ReturnData, nil, nil
	}
	logs := b.state.GetLogs(id, b.number, common.Hash{}, b.machine.Context.Time)
	b.state.Finalise(b.machine.ChainConfig().Rules(b.machine.Context.BlockNumber, true, b.machine.Context.Time))
	return result.ReturnData, logs, nil
}

// sendBare makes a call in a block of its own on the bare machine.
func (e *evm) sendBare(who actor, to common.Address, data []byte) (*types.Receipt, error) {
	e.now++
	e.bare.number++
	e.bare.at(e.bare.number, e.now)
	_, logs, err := e.bare.run(who, to, data, txGas, true)
	if err != nil {
		return nil, err
	}
	return &types.Receipt{Status: types.ReceiptStatusSuccessful, Logs: logs}, nil
}

// attempt makes a call in a block of its own unless it would be refused; why it would
// is the error.
func (e *evm) attempt(who actor, to common.Address, data []byte) (*types.Receipt, error) {
	e.t.Helper()
	if _, err := e.call(who, to, data); err != nil {
		return nil, err
	}
	return e.send(who, to, data), nil
}

// copyOf returns a world on a bare machine that goes on from here for itself.
func (w *world) copyOf() *world {
	c, machine, chain := *w, *w.evm, *w.btc
	machine.bare = w.bare.copyOf()
	chain.headers = slices.Clone(w.btc.headers)
	chain.blocks = maps.Clone(w.btc.blocks)
	chain.where = maps.Clone(w.btc.where)
	c.evm, c.btc, c.checkpoints = &machine, &chain, slices.Clone(w.checkpoints)
	return &c
}

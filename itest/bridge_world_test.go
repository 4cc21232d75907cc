package itest_test

import (
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// evmAccount is somebody with an account on the EVM chain.
type evmAccount struct {
	key *ecdsa.PrivateKey
	at  common.Address
}

func newEVMAccount(name string) evmAccount {
	key := testkit.Key("evm/" + name).ToECDSA()
	key.Curve = crypto.S256()
	return evmAccount{key: key, at: crypto.PubkeyToAddress(key.PublicKey)}
}

func (a evmAccount) hex() string { return hex.EncodeToString(crypto.FromECDSA(a.key)) }

// bridged is a market with an EVM chain, three operators and a trader's alkbridge.
type bridged struct {
	*market
	evm *simchain.Chain
	// moment is the time that the EVM chain's next block has at least.
	moment atomic.Int64
	// hold is held while a block of it is made; nothing of it is final from the block holding
	// on, if that is not 0.
	hold    sync.Mutex
	holding uint64
	// operators pay redemptions; the first also relays and watches. holder is the
	// trader's.
	operators []*harness.Bridge
	holder    *harness.Bridge
	// bank deploys the asset, carol trades on the EVM.
	bank, carol evmAccount
	asset       common.Address
	deployment  map[string]any
}

// evmTick is how often the EVM chain has a block.
const evmTick = 100 * time.Millisecond

func newBridged(t *testing.T) *bridged {
	t.Helper()
	b := &bridged{market: newMarket(t), bank: newEVMAccount("bank"), carol: newEVMAccount("carol")}
	b.startEVM()
	for i := range 3 {
		role := "--role=operator"
		if i == 0 {
			role += ",relay,watch"
		}
		b.operators = append(b.operators, b.newAlkbridge(fmt.Sprintf("operator %d", i), role))
	}
	b.holder = b.newAlkbridge("holder", "--role=relay")
	b.deploy()
	for _, p := range append(b.operators, b.holder) {
		p.Start()
		p.Dial()
	}
	b.postBond()
	return b
}

// startEVM starts the EVM chain: blocks come by themselves, and each is final when the
// next one comes.
func (b *bridged) startEVM() {
	b.t.Helper()
	alloc := types.GenesisAlloc{}
	for _, who := range []evmAccount{
		b.bank, b.carol, newEVMAccount("operator 0"), newEVMAccount("operator 1"), newEVMAccount("operator 2"), newEVMAccount("holder"),
	} {
		alloc[who.at] = types.Account{Balance: new(big.Int).Lsh(big.NewInt(1), 90)}
	}
	var err error
	b.evm, err = simchain.Start(simchain.Config{Alloc: alloc, Time: uint64(b.cal.Now().Unix()), HTTP: true}) //nolint:gosec // G115: a time
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.tick(ctx) }()
	b.t.Cleanup(func() {
		cancel()
		require.NoError(b.t, errors.Join(<-ended, b.evm.Close()))
	})
}

func (b *bridged) tick(ctx context.Context) error {
	ticker := time.NewTicker(evmTick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := b.block(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// block makes a block of the EVM chain, and the one before it final unless that is held up.
func (b *bridged) block(ctx context.Context) error {
	b.hold.Lock()
	defer b.hold.Unlock()
	if b.holding == 0 {
		b.evm.Finalize()
	}
	next := max(b.evm.Head().Time+1, uint64(b.moment.Load())) //nolint:gosec // G115: a time
	_, err := b.evm.Commit(ctx, next)
	return err
}

// follow lets the EVM chain's time be that of Bitcoin's.
func (b *bridged) follow() { b.moment.Store(b.cal.Now().Unix()) }

func (b *bridged) mine(n int) {
	b.t.Helper()
	b.minutes(n)
	b.follow()
}

func (b *bridged) passDay() {
	b.t.Helper()
	b.endDay()
	b.follow()
}

func (b *bridged) newAlkbridge(name string, args ...string) *harness.Bridge {
	b.t.Helper()
	args = append(args, "--evm-rpc="+b.evm.Endpoint(), "--fee-fallback=3", "--headers-every=12", "--gas-budget=2000000000000000000")
	for _, o := range b.oracles {
		args = append(args, fmt.Sprintf("--oracle=%x@%s", o.Key, o.URL()))
	}
	return harness.NewBridge(b.t, newEVMAccount(name).hex(), harness.WithNode(b.node, ""), harness.WithArgs(args...))
}

// deploy puts the asset and the contracts on the chain and posts the operators' bond.
func (b *bridged) deploy() {
	b.t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "evmbridge", "testdata", "contracts.json"))
	require.NoError(b.t, err)
	var file struct {
		Contracts map[string]struct {
			ABI abi.ABI `json:"abi"`
			Bin string  `json:"bin"`
		} `json:"contracts"`
	}
	require.NoError(b.t, json.Unmarshal(raw, &file))
	asset := file.Contracts["test/Asset.sol:Asset"]
	args, err := asset.ABI.Pack("", uint8(8))
	require.NoError(b.t, err)
	b.asset = b.transact(b.bank, nil, append(common.FromHex(asset.Bin), args...)).ContractAddress
	for _, who := range []common.Address{newEVMAccount("operator 0").at, newEVMAccount("holder").at} {
		call, err := asset.ABI.Pack("mint", who, big.NewInt(1e10))
		require.NoError(b.t, err)
		b.transact(b.bank, &b.asset, call)
	}
	draft := map[string]any{
		"chain_id": 1337, "threshold": 2, "asset": b.asset, "series_cap": 100_000_000, "total_cap": 200_000_000, "min_fee": 500,
		"guardians": guardians(),
	}
	var entries []harness.BridgeEntry
	for _, o := range b.operators {
		entry := o.Entry
		entry.Account = ""
		entries = append(entries, entry)
	}
	draft["operators"] = entries
	path := filepath.Join(b.t.TempDir(), "draft.json")
	content, err := json.Marshal(draft)
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(path, content, 0o600))
	r := b.operators[0].Command("deploy", path, "--anchor-depth=8")
	require.Zero(b.t, r.ExitCode, "alkbridge deploy: %s", r.Stderr)
	made, err := os.ReadFile(b.operators[0].Deployment())
	require.NoError(b.t, err)
	require.NoError(b.t, json.Unmarshal(made, &b.deployment))
	for _, p := range append(b.operators[1:], b.holder) {
		p.MustDeploy(made)
	}
}

// operatorBond is what the operators put up before anything is minted.
const operatorBond = 1_0000_0000

// postBond has the first operator post the operators' bond by its program.
func (b *bridged) postBond() {
	b.t.Helper()
	first := b.operators[0]
	r := first.Command("bond", "post", strconv.Itoa(operatorBond))
	require.Zero(b.t, r.ExitCode, "alkbridge bond post: %s", r.Stderr)
	r = first.Command("bond")
	require.Zero(b.t, r.ExitCode, r.Stderr)
	require.Contains(b.t, r.Stdout, fmt.Sprintf("bond       %d of the operators' %[1]d", operatorBond))
	r = first.Command("bond", "withdraw")
	require.NotZero(b.t, r.ExitCode, "no notice was given")
	r = first.Command("bond", "notice", "1000")
	require.Zero(b.t, r.ExitCode, "alkbridge bond notice: %s", r.Stderr)
	r = first.Command("bond")
	require.Contains(b.t, r.Stdout, "notice     1000, to be withdrawn from")
}

// guardians are three accounts, ascending, who do nothing here.
func guardians() []common.Address {
	return []common.Address{{19: 1}, {19: 2}, {19: 3}}
}

// contract is the address of one of the bridge's contracts.
func (b *bridged) contract(name string) common.Address {
	b.t.Helper()
	all, ok := b.deployment["contracts"].(map[string]any)
	require.True(b.t, ok)
	text, ok := all[name].(string)
	require.True(b.t, ok, name)
	return common.HexToAddress(text)
}

// transact makes a transaction and waits until it is in a block.
func (b *bridged) transact(who evmAccount, to *common.Address, data []byte) *types.Receipt {
	b.t.Helper()
	ctx := b.t.Context()
	client := b.evm.Client()
	nonce, err := client.PendingNonceAt(ctx, who.at)
	require.NoError(b.t, err)
	tx := types.MustSignNewTx(who.key, types.LatestSignerForChainID(big.NewInt(1337)), &types.DynamicFeeTx{
		ChainID: big.NewInt(1337), Nonce: nonce, To: to, Data: data, Gas: 1 << 23, GasFeeCap: big.NewInt(50e9), GasTipCap: big.NewInt(1e9),
	})
	require.NoError(b.t, client.SendTransaction(ctx, tx))
	var receipt *types.Receipt
	harness.Eventually(b.t, "a transaction to be in a block", func(ctx context.Context) error {
		receipt, err = client.TransactionReceipt(ctx, tx.Hash())
		return err
	})
	require.Equal(b.t, types.ReceiptStatusSuccessful, receipt.Status)
	return receipt
}

// terms are the bridge as a contract names it.
func (b *bridged) terms() *alkv1.BridgeTerms {
	b.t.Helper()
	v, err := b.holder.NewVault(b.t.Context(), &bridgev1.NewVaultRequest{})
	require.NoError(b.t, err)
	terms := &alkv1.BridgeTerms{ChainId: v.GetChainId(), Bridge: v.GetBridge(), Threshold: v.GetThreshold()}
	for _, key := range v.GetOperators() {
		terms.Operators = append(terms.Operators, hex.EncodeToString(key))
	}
	return terms
}

// waitBridge waits until something is so with a bridge; it fails with what stands in
// the way.
func (b *bridged) waitBridge(what string, condition func(ctx context.Context) error) {
	b.t.Helper()
	harness.Eventually(b.t, what, func(ctx context.Context) error {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		calls, errCalls := b.holder.ListCalls(ctx, &bridgev1.ListCallsRequest{})
		for _, c := range calls.GetCalls() {
			err = fmt.Errorf("%w; call %s is %s: %s", err, c.GetId(), c.GetState(), c.GetProblem())
		}
		return errors.Join(err, errCalls)
	})
}

// lot waits until a lot is in a state.
func (b *bridged) lot(id, state string) *bridgev1.Lot {
	b.t.Helper()
	var found *bridgev1.Lot
	b.waitBridge("lot to be "+state, func(ctx context.Context) error {
		answer, err := b.holder.ListLots(ctx, &bridgev1.ListLotsRequest{LotId: id})
		if err != nil {
			return err
		}
		for _, l := range answer.GetLots() {
			if l.GetState() == state {
				found = l
				return nil
			}
			err = fmt.Errorf("it is %s: %s", l.GetState(), l.GetProblem())
		}
		return errors.Join(err, errors.New("not there"))
	})
	return found
}

// series waits until a series is in a state.
func (b *bridged) series(id, state string) *bridgev1.Series {
	b.t.Helper()
	var found *bridgev1.Series
	b.waitBridge("series to be "+state, func(ctx context.Context) error {
		answer, err := b.holder.ListSeries(ctx, &bridgev1.ListSeriesRequest{SeriesId: id})
		if err != nil {
			return err
		}
		for _, s := range answer.GetSeries() {
			if s.GetState() == state {
				found = s
				return nil
			}
			err = fmt.Errorf("it is %s", s.GetState())
		}
		return errors.Join(err, errors.New("not there"))
	})
	return found
}

// accepted waits until a call of the holder's is final.
func (b *bridged) accepted(answer *bridgev1.CallResponse, err error) {
	b.t.Helper()
	require.NoError(b.t, err)
	b.waitBridge("call "+answer.GetCallId(), func(ctx context.Context) error {
		calls, err := b.holder.ListCalls(ctx, &bridgev1.ListCallsRequest{Id: answer.GetCallId()})
		if err != nil {
			return err
		}
		if len(calls.GetCalls()) != 1 || calls.GetCalls()[0].GetState() != "accepted" {
			return fmt.Errorf("%v", calls.GetCalls())
		}
		return nil
	})
}

func callMessage(to common.Address, data []byte) ethereum.CallMsg {
	return ethereum.CallMsg{To: &to, Data: data}
}

// Package simchain is an EVM chain in this process whose blocks come when they are
// asked for and bear the times that are asked for: what the demonstration runs the
// bridge on, and what its tests do. go-ethereum executes it.
//
// It is not a network: it has no peers, no consensus and no disk, and everybody
// who can call it may write its history. go-ethereum's own simulated backend
// stamps the wall clock, which is useless where a contract lives from mint to
// maturity in seconds; hence this.
//
// Its invariant: the head moves only in Commit and Reorg, and nothing is finalized
// but by Finalize, so a test decides what a reorganisation can undo.
package simchain

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"sync"

	"github.com/ethereum/go-ethereum/beacon/engine"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
)

// ErrTime means that a block's time is not later than its parent's.
var ErrTime = errors.New("block time does not advance")

// Fork is a set of rules that the chain runs on.
type Fork uint8

const (
	// Osaka is what mainnet runs.
	Osaka Fork = iota
	// Amsterdam is the fork after it, in which new state costs more (EIP-8037).
	Amsterdam
)

// String returns the fork's name in lower case.
func (f Fork) String() string {
	if f == Amsterdam {
		return "amsterdam"
	}
	return "osaka"
}

// GasLimit is the gas limit of a block.
const GasLimit = 60_000_000

// Config says what chain to make.
type Config struct {
	// Alloc are the accounts at genesis.
	Alloc types.GenesisAlloc
	// Time is the genesis block's, Unix seconds.
	Time uint64
	// Fork is the rules.
	Fork Fork
	// ChainID is the chain's; 0 stands for 1337.
	ChainID uint64
	// HTTP has the chain served over HTTP too, on a free port of this machine, to
	// programs that are tested with it.
	HTTP bool
}

// Chain is a running chain. Its methods are safe for concurrent use.
type Chain struct {
	node    *node.Node
	backend *eth.Ethereum
	beacon  *catalyst.SimulatedBeacon
	rpc     *rpc.Client
	client  *ethclient.Client
	mu      sync.Mutex
}

// rules returns a copy of the development rules, cut to the fork. The copy
// matters: the original is shared by everything in the process.
func (c Config) rules() *params.ChainConfig {
	rules := *params.AllDevChainProtocolChanges
	rules.AmsterdamTime, rules.BogotaTime = nil, nil
	if c.Fork == Amsterdam {
		rules.AmsterdamTime = new(uint64)
	}
	if c.ChainID != 0 {
		rules.ChainID = new(big.Int).SetUint64(c.ChainID)
	}
	return &rules
}

// Start makes a chain. Close ends it.
func Start(c Config) (*Chain, error) {
	nodeConfig := node.DefaultConfig
	nodeConfig.DataDir = ""
	nodeConfig.P2P = p2p.Config{NoDiscovery: true, NoDial: true}
	if c.HTTP {
		nodeConfig.HTTPHost, nodeConfig.HTTPPort, nodeConfig.HTTPModules = "127.0.0.1", 0, []string{"eth"}
	}
	alloc := core.SystemContractAllocs()
	maps.Copy(alloc, c.Alloc)
	config := ethconfig.Defaults
	config.Genesis = &core.Genesis{Config: c.rules(), GasLimit: GasLimit, Timestamp: c.Time, Alloc: alloc}
	config.SyncMode = ethconfig.FullSync
	config.TxPool.NoLocals = true
	config.LogNoHistory = true
	config.Miner.GasCeil = GasLimit
	stack, err := node.New(&nodeConfig)
	if err != nil {
		return nil, fmt.Errorf("make node: %w", err)
	}
	chain, err := start(stack, &config)
	if err != nil {
		return nil, errors.Join(err, stack.Close())
	}
	return chain, nil
}

func start(stack *node.Node, config *ethconfig.Config) (*Chain, error) {
	backend, err := eth.New(stack, config)
	if err != nil {
		return nil, fmt.Errorf("make chain: %w", err)
	}
	system := filters.NewFilterSystem(backend.APIBackend, filters.Config{})
	stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}})
	// A period keeps it from making a block for each transaction; it is never
	// started, so the period means nothing else.
	beacon, err := catalyst.NewSimulatedBeacon(1, common.Address{}, backend)
	if err != nil {
		return nil, fmt.Errorf("make block producer: %w", err)
	}
	catalyst.RegisterSimulatedBeaconAPIs(stack, beacon)
	if err := stack.Start(); err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	client := stack.Attach()
	return &Chain{node: stack, backend: backend, beacon: beacon, rpc: client, client: ethclient.NewClient(client)}, nil
}

// Close ends the chain.
func (c *Chain) Close() error {
	c.client.Close()
	return errors.Join(c.beacon.Stop(), c.node.Close())
}

// Client returns a client of the chain, valid until Close.
func (c *Chain) Client() *ethclient.Client { return c.client }

// Endpoint returns the URL at which the chain is served, if it is.
func (c *Chain) Endpoint() string { return c.node.HTTPEndpoint() }

// Head returns the head block's header.
func (c *Chain) Head() *types.Header { return c.backend.BlockChain().CurrentBlock() }

// State returns the state at the head. What is done to it stays its own.
func (c *Chain) State() (*state.StateDB, error) { return c.backend.BlockChain().State() }

// Rules returns the chain, as go-ethereum's machine asks for one.
func (c *Chain) Rules() core.ChainContext { return c.backend.BlockChain() }

// Commit makes a block of the pending transactions, with a time after the head's,
// and makes it the head. It fails with ErrTime if the time is not later.
func (c *Chain) Commit(ctx context.Context, time uint64) (common.Hash, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	head := c.Head()
	if time <= head.Time {
		return common.Hash{}, fmt.Errorf("time %d after %d: %w", time, head.Time, ErrTime)
	}
	if err := c.backend.TxPool().Sync(); err != nil {
		return common.Hash{}, fmt.Errorf("wait for the pool: %w", err)
	}
	attributes := engine.PayloadAttributes{
		Timestamp: time, Withdrawals: []*types.Withdrawal{}, BeaconRoot: &common.Hash{},
	}
	next := new(big.Int).Add(head.Number, common.Big1)
	if c.backend.BlockChain().Config().IsAmsterdam(next, time) {
		attributes.SlotNumber = new(uint64)
	}
	var hash common.Hash
	var pending *[]hexutil.Bytes
	err := c.rpc.CallContext(ctx, &hash, "testing_commitBlockV1", attributes, pending, nil)
	if err != nil {
		return common.Hash{}, fmt.Errorf("commit block %v: %w", next, err)
	}
	if err := c.backend.TxPool().Sync(); err != nil {
		return common.Hash{}, fmt.Errorf("wait for the pool: %w", err)
	}
	return hash, nil
}

// Reorg makes an earlier block the head. Transactions of the blocks that are
// undone wait in the pool again, until a block takes them or Drop does.
func (c *Chain) Reorg(number uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	block := c.backend.BlockChain().GetBlockByNumber(number)
	if block == nil {
		return fmt.Errorf("block %d: %w", number, errors.New("not in the chain"))
	}
	if _, err := c.backend.BlockChain().SetCanonical(block); err != nil {
		return fmt.Errorf("make block %d the head: %w", number, err)
	}
	return c.backend.TxPool().Sync()
}

// Drop forgets all transactions that wait.
func (c *Chain) Drop() { c.backend.TxPool().Clear() }

// Finalize makes the head the finalized block.
func (c *Chain) Finalize() {
	head := c.Head()
	c.backend.BlockChain().SetFinalized(head)
	c.backend.BlockChain().SetSafe(head)
}

package regtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcjson"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/mining"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

const (
	// blockVersion signals bits 0, 1 and 2: csv, segwit and taproot.
	blockVersion = 0x20000007
	// medianBlocks is of how many blocks the median time is taken (BIP113).
	medianBlocks = 11
	// maxTxWeight is the weight of mempool transactions in one block, with
	// room left for header and coinbase.
	maxTxWeight = blockchain.MaxBlockWeight - 8000
)

// miner builds blocks. Node.mu guards it.
type miner struct {
	key    *btcec.PrivateKey
	script []byte
	// nonce makes coinbases of different branches differ.
	nonce uint64
	tip   tip
	coins []coin
	// mined are the transactions of our blocks, by id, with their blocks, and spent what
	// they spend: a node whose tip is old takes neither them nor what conflicts with them
	// out of its mempool.
	mined map[chainhash.Hash]chainhash.Hash
	spent map[wire.OutPoint]chainhash.Hash
}

// tip is a block to build on, with the times of up to medianBlocks blocks that
// end with it, oldest first.
type tip struct {
	hash   chainhash.Hash
	height int32
	times  []int64
}

func newMiner(key *btcec.PrivateKey, script []byte) miner {
	return miner{
		key: key, script: script, mined: map[chainhash.Hash]chainhash.Hash{}, spent: map[wire.OutPoint]chainhash.Hash{},
	}
}

func (m *miner) forgetTip() { m.tip = tip{} }

// medianTime is the median time past; the next block must be later.
func (t tip) medianTime() int64 {
	sorted := slices.Sorted(slices.Values(t.times))
	return sorted[len(sorted)/2]
}

func (t tip) next(hash chainhash.Hash, at int64) tip {
	times := append(slices.Clone(t.times), at)
	return tip{hash: hash, height: t.height + 1, times: times[max(0, len(times)-medianBlocks):]}
}

// readTip returns block hash as something to build on.
func readTip(rpc *rpcclient.Client, hash chainhash.Hash) (tip, error) {
	t := tip{hash: hash}
	for walk := hash; len(t.times) < medianBlocks; {
		header, err := rpc.GetBlockHeaderVerbose(&walk)
		if err != nil {
			return tip{}, fmt.Errorf("header %v: %w", walk, err)
		}
		if walk == hash {
			t.height = header.Height
		}
		t.times = append(t.times, header.Time)
		if header.Height == 0 {
			break
		}
		prev, err := chainhash.NewHashFromStr(header.PreviousHash)
		if err != nil {
			return tip{}, fmt.Errorf("parent of %v: %w", walk, err)
		}
		walk = *prev
	}
	slices.Reverse(t.times)
	return t, nil
}

// bestTip is the best chain's tip, from memory if nothing has changed.
func (n *Node) bestTip() (tip, error) {
	if n.rpc == nil {
		return tip{}, ErrNotRunning
	}
	hash, err := n.rpc.GetBestBlockHash()
	if err != nil {
		return tip{}, fmt.Errorf("best block: %w", err)
	}
	if n.mine.tip.hash == *hash {
		return n.mine.tip, nil
	}
	return readTip(n.rpc, *hash)
}

// Mine extends the best chain by count blocks and returns their hashes. Each
// takes the mempool's transactions and claims their fees. Times are those of
// Options.Now, or the earliest that consensus allows if that is later.
func (n *Node) Mine(count int) ([]chainhash.Hash, error) {
	return n.extend(make([]time.Time, count), true)
}

// MineEmpty is Mine without the mempool's transactions.
func (n *Node) MineEmpty(count int) ([]chainhash.Hash, error) {
	return n.extend(make([]time.Time, count), false)
}

// MineAt is Mine with one block for each of times, in whole seconds. A time
// that consensus refuses (not above the median of the last 11, or more than
// two hours ahead of the wall clock) ends it with ErrBlockRefused.
func (n *Node) MineAt(times ...time.Time) ([]chainhash.Hash, error) {
	return n.extend(times, true)
}

// Activate mines until csv, segwit and taproot are enforced (ActivationHeight),
// one block a minute, so that the last has the time end; the zero time means
// Options.Now. Nothing is mined if the chain is that high.
func (n *Node) Activate(end time.Time) error {
	n.mu.Lock()
	best, err := n.bestTip()
	n.mu.Unlock()
	if err != nil {
		return err
	}
	if end.IsZero() {
		end = n.opts.Now()
	}
	var times []time.Time
	for left := ActivationHeight - best.height; left > 0; left-- {
		times = append(times, end.Add(-time.Duration(left-1)*time.Minute))
	}
	_, err = n.extend(times, false)
	return err
}

// extend mines one block for each time on the best chain; a zero time is
// chosen.
func (n *Node) extend(times []time.Time, withMempool bool) ([]chainhash.Hash, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	best, err := n.bestTip()
	if err != nil {
		return nil, err
	}
	hashes := make([]chainhash.Hash, 0, len(times))
	for _, at := range times {
		var txs []pooled
		if withMempool {
			if txs, err = n.mine.mempool(n.rpc); err != nil {
				return hashes, err
			}
		}
		if best, err = n.mineOn(best, at, txs); err != nil {
			return hashes, err
		}
		hashes = append(hashes, best.hash)
		if err := n.mustBeBest(best); err != nil {
			return hashes, err
		}
		n.mine.tip = best
	}
	return hashes, nil
}

// forgetReplaced forgets the mined transactions of blocks that are not on the best
// chain any more: the next block may have them.
func (n *Node) forgetReplaced() error {
	onChain := map[chainhash.Hash]bool{}
	for txid, block := range n.mine.mined {
		good, known := onChain[block]
		if !known {
			header, err := n.rpc.GetBlockHeaderVerbose(&block)
			var refused *btcjson.RPCError
			switch {
			case errors.As(err, &refused): // btcd does not tell of a block of a side branch
			case err != nil:
				return fmt.Errorf("header %v: %w", block, err)
			default: // Core does, and calls it unconfirmed
				good = header.Confirmations > 0
			}
			onChain[block] = good
		}
		if !good {
			delete(n.mine.mined, txid)
		}
	}
	maps.DeleteFunc(n.mine.spent, func(_ wire.OutPoint, by chainhash.Hash) bool {
		_, there := n.mine.mined[by]
		return !there
	})
	return nil
}

// mustBeBest tells a block that was merely stored (as an orphan or on a side
// branch) from one that extended the chain.
func (n *Node) mustBeBest(t tip) error {
	hash, err := n.rpc.GetBestBlockHash()
	if err != nil {
		return fmt.Errorf("best block: %w", err)
	}
	if *hash != t.hash {
		return fmt.Errorf("%w: %v at height %d did not become the tip, %v is", ErrBlockRefused, t.hash, t.height, hash)
	}
	return nil
}

// mineOn builds, solves and submits one block on parent and remembers its
// coinbase as a coin of ours.
func (n *Node) mineOn(parent tip, at time.Time, txs []pooled) (tip, error) {
	stamp := at.Unix()
	if at.IsZero() {
		stamp = max(n.opts.Now().Unix(), parent.times[len(parent.times)-1], parent.medianTime()+1)
	}
	block, err := n.mine.build(parent, stamp, txs)
	if err != nil {
		return tip{}, err
	}
	if err := n.doLocked(step{kind: stepBlock, block: block}); err != nil {
		return tip{}, fmt.Errorf("height %d: %w", parent.height+1, err)
	}
	for _, tx := range txs {
		n.mine.mined[*tx.tx.Hash()] = block.BlockHash()
		for _, in := range tx.tx.MsgTx().TxIn {
			n.mine.spent[in.PreviousOutPoint] = *tx.tx.Hash()
		}
	}
	coinbase := block.Transactions[0]
	n.mine.coins = append(n.mine.coins, coin{
		op:       wire.OutPoint{Hash: coinbase.TxHash()},
		value:    btcutil.Amount(coinbase.TxOut[0].Value),
		minConfs: int64(Params().CoinbaseMaturity),
	})
	return parent.next(block.BlockHash(), stamp), nil
}

// build returns a solved block. Its coinbase claims the subsidy and all fees.
func (m *miner) build(parent tip, stamp int64, txs []pooled) (*wire.MsgBlock, error) {
	height := parent.height + 1
	m.nonce++
	sigScript, err := txscript.NewScriptBuilder().AddInt64(int64(height)).AddInt64(int64(m.nonce)). //nolint:gosec // counts blocks
													AddData([]byte("alkimiya regtest")).Script()
	if err != nil {
		return nil, fmt.Errorf("coinbase script: %w", err)
	}
	claim := blockchain.CalcBlockSubsidy(height, Params())
	coinbase := wire.NewMsgTx(1)
	coinbase.AddTxIn(&wire.TxIn{
		PreviousOutPoint: wire.OutPoint{Index: wire.MaxPrevOutIndex},
		SignatureScript:  sigScript,
		Sequence:         wire.MaxTxInSequenceNum,
	})
	blockTxs := []*btcutil.Tx{btcutil.NewTx(coinbase)}
	segwit := false
	for _, tx := range txs {
		claim += int64(tx.fee)
		segwit = segwit || tx.tx.MsgTx().HasWitness()
		blockTxs = append(blockTxs, tx.tx)
	}
	coinbase.AddTxOut(wire.NewTxOut(claim, m.script))
	if segwit {
		mining.AddWitnessCommitment(blockTxs[0], blockTxs)
		blockTxs[0] = btcutil.NewTx(coinbase) // its cached id is of before
	}
	block := &wire.MsgBlock{Header: wire.BlockHeader{
		Version:    blockVersion,
		PrevBlock:  parent.hash,
		MerkleRoot: blockchain.CalcMerkleRoot(blockTxs, false),
		Timestamp:  time.Unix(stamp, 0),
		Bits:       Params().PowLimitBits,
	}}
	for _, tx := range blockTxs {
		if err := block.AddTransaction(tx.MsgTx()); err != nil {
			return nil, fmt.Errorf("block at height %d: %w", height, err)
		}
	}
	return block, solve(&block.Header)
}

// solve finds a nonce; on regtest every second one will do.
func solve(header *wire.BlockHeader) error {
	target := blockchain.CompactToBig(header.Bits)
	for {
		hash := header.BlockHash()
		if blockchain.HashToBig(&hash).Cmp(target) <= 0 {
			return nil
		}
		header.Nonce++
		if header.Nonce == 0 {
			return errors.New("no nonce solves the block")
		}
	}
}

// pooled is a transaction of the mempool.
type pooled struct {
	tx  *btcutil.Tx
	fee btcutil.Amount
}

// poolEntry is what the verbose getrawmempool says of a transaction: btcd gives
// the fee (in BTC) directly, Core among its fees.
type poolEntry struct {
	Fee  float64 `json:"fee"`
	Fees struct {
		Base float64 `json:"base"`
	} `json:"fees"`
	Depends []string `json:"depends"`
}

// mempool returns the node's mempool as far as it fits into a block, was not mined before and
// does not conflict with what was, parents before children.
func (m *miner) mempool(rpc *rpcclient.Client) ([]pooled, error) {
	raw, err := rpc.RawRequest("getrawmempool", []json.RawMessage{json.RawMessage("true")})
	if err != nil {
		return nil, fmt.Errorf("mempool: %w", err)
	}
	var entries map[string]poolEntry
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("mempool: %w", err)
	}
	p := picker{rpc: rpc, entries: entries, spent: m.spent, seen: make(map[string]bool, len(entries)), void: map[string]bool{}}
	for txid := range m.mined {
		p.seen[txid.String()] = true
	}
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		if p.weight > maxTxWeight/2 {
			break // the rest is for the next block
		}
		if err := p.take(id); err != nil {
			return nil, err
		}
	}
	return p.out, nil
}

// picker collects transactions for a block.
type picker struct {
	rpc     *rpcclient.Client
	entries map[string]poolEntry
	spent   map[wire.OutPoint]chainhash.Hash
	seen    map[string]bool
	// void are those that can be in no block any more.
	void   map[string]bool
	out    []pooled
	weight int64
}

// take adds a transaction, after those it spends from, unless it or one of them is void.
func (p *picker) take(id string) error {
	entry, ok := p.entries[id]
	if !ok || p.seen[id] {
		return nil
	}
	p.seen[id] = true
	for _, parent := range entry.Depends {
		if err := p.take(parent); err != nil {
			return err
		}
		if p.void[parent] {
			p.void[id] = true
			return nil
		}
	}
	hash, err := chainhash.NewHashFromStr(id)
	if err != nil {
		return fmt.Errorf("mempool transaction %q: %w", id, err)
	}
	tx, err := p.rpc.GetRawTransaction(hash)
	var refused *btcjson.RPCError
	if errors.As(err, &refused) && refused.Code == btcjson.ErrRPCNoTxInfo {
		p.void[id] = true // replaced since the list was made
		return nil
	}
	if err != nil {
		return fmt.Errorf("mempool transaction %s: %w", id, err)
	}
	for _, in := range tx.MsgTx().TxIn {
		if _, spent := p.spent[in.PreviousOutPoint]; spent {
			p.void[id] = true
			return nil
		}
	}
	fee, err := btcutil.NewAmount(max(entry.Fee, entry.Fees.Base))
	if err != nil {
		return fmt.Errorf("fee of %s: %w", id, err)
	}
	p.weight += blockchain.GetTransactionWeight(tx)
	p.out = append(p.out, pooled{tx: tx, fee: fee})
	return nil
}

// Invalidate makes the node treat a block, and all that builds on it, as
// invalid (invalidateblock). Its transactions return to the mempool.
func (n *Node) Invalidate(hash chainhash.Hash) error {
	return errors.Join(n.do(step{kind: stepInvalidate, hash: hash}), n.lockedForget())
}

// Reconsider undoes Invalidate (reconsiderblock).
func (n *Node) Reconsider(hash chainhash.Hash) error {
	return errors.Join(n.do(step{kind: stepReconsider, hash: hash}), n.lockedForget())
}

func (n *Node) lockedForget() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rpc == nil {
		return nil
	}
	return n.forgetReplaced()
}

// Reorg replaces the last depth blocks by depth+1 empty ones, built on the
// side until they overtake, as miners elsewhere would. The transactions of the
// replaced blocks return to the mempool. It returns the hashes of the blocks
// that left the best chain and of those that joined it, each lowest first.
func (n *Node) Reorg(depth int) (left, joined []chainhash.Hash, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	best, err := n.bestTip()
	if err != nil {
		return nil, nil, err
	}
	if depth < 1 || int64(depth) > int64(best.height) {
		return nil, nil, fmt.Errorf("reorg of %d blocks at height %d", depth, best.height)
	}
	for height := int64(best.height) - int64(depth); height <= int64(best.height); height++ {
		hash, err := n.rpc.GetBlockHash(height)
		if err != nil {
			return nil, nil, fmt.Errorf("block at height %d: %w", height, err)
		}
		left = append(left, *hash)
	}
	branch, err := readTip(n.rpc, left[0])
	if err != nil {
		return nil, nil, err
	}
	for range depth + 1 {
		if branch, err = n.mineOn(branch, time.Time{}, nil); err != nil {
			return nil, nil, err
		}
		joined = append(joined, branch.hash)
	}
	return left[1:], joined, errors.Join(n.mustBeBest(branch), n.forgetReplaced())
}

// WaitMempool returns when the mempool holds a transaction, or with ctx's
// error.
func (n *Node) WaitMempool(ctx context.Context, txid chainhash.Hash) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		rpc := n.RPC()
		if rpc == nil {
			return ErrNotRunning
		}
		pool, err := rpc.GetRawMempool()
		if err != nil {
			return fmt.Errorf("mempool: %w", err)
		}
		if slices.ContainsFunc(pool, func(h *chainhash.Hash) bool { return *h == txid }) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %v in the mempool: %w", txid, ctx.Err())
		}
	}
}

// Now is the time of the blocks for which none is chosen.
func (n *Node) Now() time.Time { return n.opts.Now() }

// Copy gives this node, which has no blocks yet, all blocks of another one, in the
// order in which that one got them.
func (n *Node) Copy(from *Node) error {
	from.mu.Lock()
	steps := slices.Clone(from.journal)
	from.mu.Unlock()
	for _, s := range steps {
		if err := n.do(s); err != nil {
			return err
		}
	}
	return nil
}

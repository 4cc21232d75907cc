// Package ledger knows what the bridge's contracts hold: the series, the lots and the
// redemptions, found by the contracts' events and asked for at the head of the chain.
// docs/bridge.md says what their states mean.
//
// It sends nothing and decides nothing. There are no receipts of its own making in it:
// the chain alone recovers it.
//
// Its invariant: what it keeps on disk are events of finalized blocks, each once and
// in order. What is not final yet is read anew every time, so that a reorganisation
// leaves nothing behind.
package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/internal/records"
)

// Chain is the EVM node that is asked.
type Chain interface {
	HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error)
	FilterLogs(ctx context.Context, q ethereum.FilterQuery) ([]types.Log, error)
	CallContract(ctx context.Context, msg ethereum.CallMsg, block *big.Int) ([]byte, error)
}

var (
	// ErrMoved means that the chain changed while it was read. Try again.
	ErrMoved = errors.New("the chain changed while it was read")
	// ErrReverted means that a finalized block that was read is not in the chain any more. Nothing
	// that rests on finality can be relied on; a person must look.
	ErrReverted = errors.New("a finalized block was reverted")
	// ErrEvent means that an event of the contracts cannot be read.
	ErrEvent = errors.New("event cannot be read")
)

// Prefixes of the keys.
const (
	prefixLog    = "log/"   // block ‖ index -> event
	prefixCursor = "cursor" // -> last block that was read, and its hash
)

// Config is what a ledger reads.
type Config struct {
	Chain Chain
	At    deploy.Addresses
	// From is the block of the deployment, or an earlier one.
	From uint64
	// Span is how many blocks are asked for at once.
	Span uint64
	// Dir is the store's folder, Key seals it.
	Dir string
	Key [32]byte
}

// Ledger reads the contracts. Its methods are not safe for concurrent use.
type Ledger struct {
	c  Config
	db *records.DB
}

// Open opens or creates a ledger. It fails as records.Open does.
func Open(c Config) (*Ledger, error) {
	db, err := records.Open(records.Options{Dir: c.Dir, Key: c.Key})
	if err != nil {
		return nil, fmt.Errorf("ledger %w", err)
	}
	return &Ledger{c: c, db: db}, nil
}

// Close syncs and closes the ledger.
func (l *Ledger) Close() error { return l.db.Close() }

// Finalized returns the finalized block; a chain that has none yet has finalized its
// genesis.
func Finalized(ctx context.Context, chain interface {
	HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error)
}) (*types.Header, error) {
	header, err := chain.HeaderByNumber(ctx, big.NewInt(rpc.FinalizedBlockNumber.Int64()))
	var answer rpc.Error
	if errors.As(err, &answer) || errors.Is(err, ethereum.NotFound) {
		header, err = chain.HeaderByNumber(ctx, new(big.Int))
	}
	if err != nil {
		return nil, fmt.Errorf("finalized block: %w", err)
	}
	return header, nil
}

// cursor is how far the store has read.
type cursor struct {
	Block uint64      `json:"block"`
	Hash  common.Hash `json:"hash"`
}

// Refresh reads what is new and returns what the contracts hold at the head. It fails
// with ErrMoved if the chain changed meanwhile.
func (l *Ledger) Refresh(ctx context.Context) (*View, error) {
	final, err := Finalized(ctx, l.c.Chain)
	if err != nil {
		return nil, err
	}
	head, err := l.c.Chain.HeaderByNumber(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	at, err := l.catchUp(ctx, final)
	if err != nil {
		return nil, err
	}
	logs, err := l.stored()
	if err != nil {
		return nil, err
	}
	recent, err := l.fetch(ctx, at+1, head.Number.Uint64())
	if err != nil {
		return nil, err
	}
	view := newView(head, final)
	for _, log := range append(logs, recent...) {
		if err := view.take(l.c.At, log); err != nil {
			return nil, fmt.Errorf("event %d of block %d: %w", log.Index, log.BlockNumber, err)
		}
	}
	if err := view.ask(ctx, asker{chain: l.c.Chain, at: l.c.At, block: head.Number}); err != nil {
		return nil, err
	}
	again, err := l.c.Chain.HeaderByNumber(ctx, head.Number)
	if err != nil || again.Hash() != head.Hash() {
		return nil, fmt.Errorf("block %v: %w", head.Number, errors.Join(ErrMoved, err))
	}
	return view, nil
}

// catchUp stores the events up to the finalized block, and returns its number.
func (l *Ledger) catchUp(ctx context.Context, final *types.Header) (uint64, error) {
	var at cursor
	err := l.db.View(func(t *records.Txn) error {
		raw, err := t.Get([]byte(prefixCursor))
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, &at)
	})
	if err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	if at.Hash != (common.Hash{}) {
		known, err := l.c.Chain.HeaderByNumber(ctx, new(big.Int).SetUint64(at.Block))
		if err != nil {
			return 0, fmt.Errorf("block %d: %w", at.Block, err)
		}
		if known.Hash() != at.Hash {
			return 0, fmt.Errorf("block %d was %v, is %v: %w", at.Block, at.Hash, known.Hash(), ErrReverted)
		}
	} else if l.c.From > 0 {
		at.Block = l.c.From - 1
	}
	for last := final.Number.Uint64(); at.Block < last; {
		to := min(at.Block+l.c.Span, last)
		logs, err := l.fetch(ctx, at.Block+1, to)
		if err != nil {
			return 0, err
		}
		read, err := l.c.Chain.HeaderByNumber(ctx, new(big.Int).SetUint64(to))
		if err != nil {
			return 0, fmt.Errorf("block %d: %w", to, err)
		}
		at.Block, at.Hash = to, read.Hash()
		if err := l.store(at, logs); err != nil {
			return 0, err
		}
	}
	return at.Block, nil
}

// fetch asks for the events of a range of blocks, both included, in spans.
func (l *Ledger) fetch(ctx context.Context, from, to uint64) ([]types.Log, error) {
	var all []types.Log
	for ; from <= to; from += l.c.Span {
		last := min(from+l.c.Span-1, to)
		logs, err := l.c.Chain.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(last),
			Addresses: []common.Address{l.c.At.Bridge, l.c.At.Book, l.c.At.Fraud},
		})
		if err != nil {
			return nil, fmt.Errorf("events of blocks %d to %d: %w", from, last, err)
		}
		all = append(all, logs...)
	}
	return all, nil
}

func (l *Ledger) store(at cursor, logs []types.Log) error {
	raw, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("encode cursor: %w", err)
	}
	return l.db.Update(func(t *records.Txn) error {
		for i := range logs {
			event, err := json.Marshal(&logs[i])
			if err != nil {
				return fmt.Errorf("encode event: %w", err)
			}
			key := records.Key(prefixLog, records.Number(logs[i].BlockNumber), records.Number(uint64(logs[i].Index)))
			if err := t.PutOnce(key, event); err != nil {
				return err
			}
		}
		return t.Put([]byte(prefixCursor), raw)
	})
}

// stored returns the events on disk, in order.
func (l *Ledger) stored() (logs []types.Log, err error) {
	err = l.db.View(func(t *records.Txn) error {
		logs = nil
		return t.Scan([]byte(prefixLog), nil, func(key, value []byte) error {
			var log types.Log
			if err := json.Unmarshal(value, &log); err != nil {
				return fmt.Errorf("event %x: %w: %w", key, ErrEvent, err)
			}
			logs = append(logs, log)
			return nil
		})
	})
	return logs, err
}

type asker struct {
	chain Chain
	at    deploy.Addresses
	block *big.Int
}

// Ask asks a contract at a block, nil for the latest, and unpacks the answer.
func Ask[T any](ctx context.Context, chain interface {
	CallContract(ctx context.Context, msg ethereum.CallMsg, block *big.Int) ([]byte, error)
}, to common.Address, block *big.Int, call []byte, unpack func([]byte) (T, error)) (out T, err error) {
	answer, err := chain.CallContract(ctx, ethereum.CallMsg{To: &to, Data: call}, block)
	if err != nil {
		return out, fmt.Errorf("ask %v: %w", to, err)
	}
	if out, err = unpack(answer); err != nil {
		return out, fmt.Errorf("answer of %v: %w", to, err)
	}
	return out, nil
}

package relayer

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Account is what the relayer needs to know of its account.
type Account interface {
	// NonceAt returns the account's nonce at a block; nil is the latest one.
	NonceAt(ctx context.Context, account common.Address, block *big.Int) (uint64, error)
	SendTransaction(ctx context.Context, tx *types.Transaction) error
	TransactionReceipt(ctx context.Context, hash common.Hash) (*types.Receipt, error)
}

// Market is what the relayer needs to know of gas.
type Market interface {
	ChainID(ctx context.Context) (*big.Int, error)
	HeaderByNumber(ctx context.Context, number *big.Int) (*types.Header, error)
	EstimateGas(ctx context.Context, msg ethereum.CallMsg) (uint64, error)
	SuggestGasTipCap(ctx context.Context) (*big.Int, error)
}

// SenderConfig is what a sender is made of.
type SenderConfig struct {
	Key     *ecdsa.PrivateKey
	Account Account
	Market  Market
	Outbox  *Outbox
	Log     *slog.Logger
	// Budget is the most that one call may cost, in wei.
	Budget *big.Int
	// Patience is how long a transaction may wait for a block before it is replaced.
	Patience time.Duration
	// Now tells the time by which patience is measured.
	Now func() time.Time
}

// ErrBudget means that the gas of a call costs more than its budget.
var ErrBudget = errors.New("call exceeds its budget")

// gasSpare is added to an estimate, in percent: state may change until the block.
const gasSpare = 20

// bump is by how much a replacement pays more, in percent; nodes demand ten.
const bump = 13

// Sender gets the outbox's calls into final blocks. One sender has an account for
// itself. It is not safe for concurrent use.
type Sender struct {
	c    SenderConfig
	from common.Address
	sent map[uint64]time.Time

	mu       sync.Mutex
	problems map[string]string
}

// Problem returns why a call did not get on in the last step, or nothing. It is safe for
// concurrent use.
func (s *Sender) Problem(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problems[id]
}

// Account returns the account that sends.
func (s *Sender) Account() common.Address { return s.from }

// NewSender returns a sender.
func NewSender(c SenderConfig) *Sender {
	return &Sender{
		c: c, from: crypto.PubkeyToAddress(c.Key.PublicKey), sent: map[uint64]time.Time{}, problems: map[string]string{},
	}
}

// Run takes steps until ctx ends, one each interval. A step that fails is taken again,
// and logged unless it failed for the same reason before.
func (s *Sender) Run(ctx context.Context, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var last string
	for {
		var text string
		if err := s.Step(ctx); err != nil && ctx.Err() == nil {
			text = err.Error()
			if text != last {
				s.c.Log.WarnContext(ctx, "relayer step did not succeed", "error", err)
			}
		}
		last = text
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Step does once what there is to do: calls that are in a finalized block are done;
// others are sent, sent again if the chain forgot them, or replaced if they waited
// too long. It fails with the first error of the client or the outbox; a call over
// its budget waits and does not hold up those that have a nonce.
func (s *Sender) Step(ctx context.Context) error {
	calls, nonces, attempts, err := s.c.Outbox.waiting()
	if err != nil {
		return fmt.Errorf("read outbox: %w", err)
	}
	final, err := s.finalized(ctx)
	if err != nil {
		return err
	}
	mined, err := s.c.Account.NonceAt(ctx, s.from, nil)
	if err != nil {
		return fmt.Errorf("nonce of %v: %w", s.from, err)
	}
	var problems []error
	texts := map[string]string{}
	for _, c := range calls {
		nonce, taken := nonces[c.id]
		if !taken {
			err = s.first(ctx, c, mined)
		} else {
			err = s.follow(ctx, c, nonce, attempts[nonce], mined, final)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("call %s: %w", c.id, err))
			texts[c.id] = err.Error()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = texts
	return errors.Join(problems...)
}

// finalized returns the number of the finalized block; a chain that has none yet has
// finalized its genesis.
func (s *Sender) finalized(ctx context.Context) (uint64, error) {
	header, err := s.c.Market.HeaderByNumber(ctx, big.NewInt(rpc.FinalizedBlockNumber.Int64()))
	if err != nil {
		var answer rpc.Error
		if errors.As(err, &answer) || errors.Is(err, ethereum.NotFound) {
			return 0, nil
		}
		return 0, fmt.Errorf("finalized block: %w", err)
	}
	return header.Number.Uint64(), nil
}

// first sends a call for the first time.
func (s *Sender) first(ctx context.Context, c call, mined uint64) error {
	nonce, err := s.c.Outbox.nextNonce(mined)
	if err != nil {
		return fmt.Errorf("next nonce: %w", err)
	}
	gas, err := s.c.Market.EstimateGas(ctx, ethereum.CallMsg{From: s.from, To: &c.to, Data: c.data})
	if err != nil {
		return fmt.Errorf("estimate gas: %w", Refusal(err))
	}
	fees, err := s.market(ctx)
	if err != nil {
		return err
	}
	return s.send(ctx, c, attempt{nonce: nonce}, gas*(100+gasSpare)/100, fees)
}

// market returns what a new transaction offers: twice the base fee, and a tip.
func (s *Sender) market(ctx context.Context) (Fees, error) {
	head, err := s.c.Market.HeaderByNumber(ctx, nil)
	if err != nil {
		return Fees{}, fmt.Errorf("head: %w", err)
	}
	tip, err := s.c.Market.SuggestGasTipCap(ctx)
	if err != nil {
		return Fees{}, fmt.Errorf("tip: %w", err)
	}
	limit := new(big.Int).Mul(head.BaseFee, big.NewInt(2))
	return Fees{Cap: limit.Add(limit, tip), Tip: tip}, nil
}

// send signs, stores, and then sends.
func (s *Sender) send(ctx context.Context, c call, a attempt, gas uint64, fees Fees) error {
	most := new(big.Int).Mul(fees.Cap, new(big.Int).SetUint64(gas))
	if most.Cmp(s.c.Budget) > 0 {
		return fmt.Errorf("%v wei: %w", most, ErrBudget)
	}
	chain, err := s.c.Market.ChainID(ctx) // read live: after a fork of the chain it may differ
	if err != nil {
		return fmt.Errorf("chain id: %w", err)
	}
	a.tx, err = types.SignNewTx(s.c.Key, types.LatestSignerForChainID(chain), &types.DynamicFeeTx{
		ChainID: chain, Nonce: a.nonce, To: &c.to, Data: c.data, Gas: gas, GasFeeCap: fees.Cap, GasTipCap: fees.Tip,
	})
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if err := s.c.Outbox.record(c.id, a); err != nil {
		return err
	}
	return s.broadcast(ctx, a)
}

func (s *Sender) broadcast(ctx context.Context, a attempt) error {
	s.sent[a.nonce] = s.c.Now()
	err := s.c.Account.SendTransaction(ctx, a.tx)
	// What the pool knows or the chain has is as good as sent.
	if err != nil && !isKnown(err) {
		return fmt.Errorf("send %v: %w", a.tx.Hash(), err)
	}
	return nil
}

// isKnown tells answers of a node that mean the transaction, or its nonce, is there.
// Nodes have only texts for it.
func isKnown(err error) bool {
	switch err.Error() {
	case "already known", "nonce too low", "replacement transaction underpriced":
		return true
	default:
		return false
	}
}

// follow looks after a call that was sent.
func (s *Sender) follow(ctx context.Context, c call, nonce uint64, attempts []attempt, mined, final uint64) error {
	if nonce < mined {
		for _, a := range attempts {
			receipt, err := s.c.Account.TransactionReceipt(ctx, a.tx.Hash())
			if errors.Is(err, ethereum.NotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("receipt of %v: %w", a.tx.Hash(), err)
			}
			if receipt.BlockNumber.Uint64() > final {
				return nil // in a block that may still go
			}
			ok := receipt.Status == types.ReceiptStatusSuccessful
			s.c.Log.InfoContext(ctx, "call is final", "call", c.id, "accepted", ok, "txid", a.tx.Hash().Hex())
			return s.c.Outbox.finish(c.id, attempts, ok)
		}
		// The node that answers may lag behind the one that counted.
		return nil
	}
	last := attempts[len(attempts)-1]
	if when, ok := s.sent[nonce]; ok && s.c.Now().Sub(when) >= s.c.Patience {
		return s.replace(ctx, c, last)
	} else if ok {
		return nil
	}
	// After a restart, or once: whatever the pool has forgotten, it gets again. That
	// mends a gap of nonces too.
	return s.broadcast(ctx, last)
}

// replace sends the same call under the same nonce for more, within the budget; else
// the last transaction again.
func (s *Sender) replace(ctx context.Context, c call, last attempt) error {
	fees, err := s.market(ctx)
	if err != nil {
		return err
	}
	fees.Cap = larger(fees.Cap, raised(last.tx.GasFeeCap()))
	fees.Tip = larger(fees.Tip, raised(last.tx.GasTipCap()))
	fees.Cap = larger(fees.Cap, fees.Tip)
	err = s.send(ctx, c, attempt{nonce: last.nonce, number: last.number + 1}, last.tx.Gas(), fees)
	if errors.Is(err, ErrBudget) {
		s.c.Log.WarnContext(ctx, "call waits at its budget", "call", c.id)
		return s.broadcast(ctx, last)
	}
	return err
}

// Refusal turns an answer of a node about a call that a contract refused into the
// error of package spv; any other error it returns as it is.
func Refusal(err error) error {
	var answer rpc.DataError
	if errors.As(err, &answer) {
		if data, ok := answer.ErrorData().(string); ok {
			return spv.Revert(common.FromHex(data))
		}
	}
	return err
}

func raised(n *big.Int) *big.Int {
	r := new(big.Int).Mul(n, big.NewInt(100+bump))
	return r.Add(r.Div(r, big.NewInt(100)), common.Big1)
}

func larger(a, b *big.Int) *big.Int {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}

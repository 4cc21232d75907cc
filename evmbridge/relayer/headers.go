package relayer

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Bitcoin is the relayer's own Bitcoin node.
type Bitcoin interface {
	// Tip returns the height of the best chain's tip.
	Tip(ctx context.Context) (uint32, error)
	// Header returns the 80 bytes of a header of the best chain.
	Header(ctx context.Context, height uint32) ([]byte, error)
}

// Caller asks contracts.
type Caller interface {
	CallContract(ctx context.Context, msg ethereum.CallMsg, block *big.Int) ([]byte, error)
}

// Cadence is when headers are posted.
type Cadence struct {
	// Every is how many headers make a batch due: 144 is a day.
	Every uint32
	// Most is how many headers one transaction carries.
	Most uint32
}

// ErrForeignChain means that no checkpoint of the relay is on our best chain.
var ErrForeignChain = errors.New("no checkpoint of the relay is on our best chain")

// maxWalk bounds how many checkpoints back a common one is looked for.
const maxWalk = 1000

// Headers posts Bitcoin's headers to the relay. It is not safe for concurrent use.
type Headers struct {
	Relay   common.Address
	Bitcoin Bitcoin
	Caller  Caller
	Outbox  *Outbox
	Cadence Cadence
}

// Step enqueues a batch of headers if one is due: enough new ones, or any if now is
// set because a proof needs them, or a branch of ours that the relay is not on. It
// reports whether it did.
func (h *Headers) Step(ctx context.Context, now bool) (bool, error) {
	base, behind, err := h.common(ctx)
	if err != nil {
		return false, err
	}
	tip, err := h.Bitcoin.Tip(ctx)
	if err != nil {
		return false, fmt.Errorf("tip of bitcoin: %w", err)
	}
	if tip <= base || (!now && !behind && tip-base < h.Cadence.Every) {
		return false, nil
	}
	to := min(tip, base+h.Cadence.Most)
	context, err := h.section(ctx, base+1-uint32(spv.ContextLen(base)), base) //nolint:gosec // G115: at most 11
	if err != nil {
		return false, err
	}
	run, err := h.section(ctx, base+1, to)
	if err != nil {
		return false, err
	}
	last := spv.DoubleSHA256(run[len(run)-spv.HeaderLen:])
	data := bindings.NewCheckpointRelay().PackAddHeaders(context, run)
	// The id is the batch's last header: the same batch is enqueued once.
	id := fmt.Sprintf("%s%010d/%v", prefixHeaders, to, last)
	if sent, err := h.replace(ctx, id); err != nil || sent {
		return false, err
	}
	return true, h.Outbox.Enqueue(id, h.Relay, data)
}

// prefixHeaders begins the ids of batches of headers.
const prefixHeaders = "headers/"

// replace gives up other batches that were not sent, which a new one makes needless.
// It reports whether one is on its way and not in a block: what follows it waits.
func (h *Headers) replace(ctx context.Context, id string) (sent bool, err error) {
	calls, err := h.Outbox.Calls(prefixHeaders, false)
	if err != nil {
		return false, err
	}
	for _, c := range calls {
		if c.ID == id {
			continue
		}
		if gone, err := h.Outbox.Withdraw(c.ID); err != nil || gone {
			if err != nil {
				return false, err
			}
			continue
		}
		_, text, _ := strings.Cut(strings.TrimPrefix(c.ID, prefixHeaders), "/")
		last, err := chainhash.NewHashFromStr(text)
		if err != nil {
			return false, fmt.Errorf("call %s: %w", c.ID, ErrOutbox)
		}
		relay := bindings.NewCheckpointRelay()
		packed, err := ask(ctx, h, relay.PackCheckpoint(*last), relay.UnpackCheckpoint)
		if err != nil {
			return false, err
		}
		sent = sent || packed.Sign() == 0
	}
	return sent, nil
}

// common returns the height of the relay's last checkpoint that is on our best chain,
// and whether the relay's tip is on another one.
func (h *Headers) common(ctx context.Context) (height uint32, behind bool, err error) {
	relay := bindings.NewCheckpointRelay()
	hash, err := ask(ctx, h, relay.PackTip(), relay.UnpackTip)
	if err != nil {
		return 0, false, err
	}
	for range maxWalk {
		packed, err := ask(ctx, h, relay.PackCheckpoint(hash), relay.UnpackCheckpoint)
		if err != nil {
			return 0, false, err
		}
		if packed.Sign() == 0 {
			break
		}
		height = uint32(new(big.Int).And(packed, big.NewInt(1<<32-1)).Uint64()) //nolint:gosec // G115: 32 bits
		own, err := h.onOurs(ctx, height, hash)
		if err != nil {
			return 0, false, err
		}
		if own {
			return height, behind, nil
		}
		behind = true
		if hash, err = ask(ctx, h, relay.PackParent(hash), relay.UnpackParent); err != nil {
			return 0, false, err
		}
	}
	return 0, false, ErrForeignChain
}

func (h *Headers) onOurs(ctx context.Context, height uint32, hash chainhash.Hash) (bool, error) {
	tip, err := h.Bitcoin.Tip(ctx)
	if err != nil {
		return false, fmt.Errorf("tip of bitcoin: %w", err)
	}
	if height > tip {
		return false, nil
	}
	raw, err := h.Bitcoin.Header(ctx, height)
	if err != nil {
		return false, fmt.Errorf("header %d: %w", height, err)
	}
	return spv.DoubleSHA256(raw) == hash, nil
}

// section returns the headers of a range of heights, both included.
func (h *Headers) section(ctx context.Context, from, to uint32) ([]byte, error) {
	var out []byte
	for height := from; height <= to; height++ {
		raw, err := h.Bitcoin.Header(ctx, height)
		if err != nil {
			return nil, fmt.Errorf("header %d: %w", height, err)
		}
		out = append(out, raw...)
	}
	return out, nil
}

func ask[T any](ctx context.Context, h *Headers, data []byte, unpack func([]byte) (T, error)) (T, error) {
	answer, err := h.Caller.CallContract(ctx, ethereum.CallMsg{To: &h.Relay, Data: data}, nil)
	if err != nil {
		var none T
		return none, fmt.Errorf("ask the relay: %w", err)
	}
	return unpack(answer)
}

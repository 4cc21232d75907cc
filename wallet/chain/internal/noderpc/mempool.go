package noderpc

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcjson"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Coin implements chain.FullNode. The chain is asked first and the mempool then: a
// btcd whose tip is more than a day old keeps what was mined in its mempool, and
// would call it unconfirmed.
func (c Chain) Coin(ctx context.Context, op wire.OutPoint) (uint32, bool, error) {
	type output struct {
		Confirmations int64 `json:"confirmations"`
	}
	var mined, seen *output
	if err := c.client.Call(ctx, &mined, "gettxout", op.Hash.String(), op.Index, false); err != nil {
		return 0, false, fmt.Errorf("output %v: %w", op, err)
	}
	if err := c.client.Call(ctx, &seen, "gettxout", op.Hash.String(), op.Index, true); err != nil {
		return 0, false, fmt.Errorf("output %v: %w", op, err)
	}
	switch {
	case seen == nil || seen.Confirmations < 0:
		return 0, false, nil
	case mined != nil:
		return uint32(max(0, min(mined.Confirmations, 1<<31))), true, nil
	}
	return uint32(min(seen.Confirmations, 1<<31)), true, nil
}

// Mined implements chain.FullNode.
func (c Chain) Mined(ctx context.Context, op wire.OutPoint) (uint32, bool, error) {
	var mined *struct {
		Confirmations int64 `json:"confirmations"`
	}
	if err := c.client.Call(ctx, &mined, "gettxout", op.Hash.String(), op.Index, false); err != nil {
		return 0, false, fmt.Errorf("output %v: %w", op, err)
	}
	if mined == nil || mined.Confirmations <= 0 {
		return 0, false, nil
	}
	return uint32(min(mined.Confirmations, 1<<31)), true, nil
}

// Pooled implements chain.FullNode.
func (c Chain) Pooled(ctx context.Context, txid chainhash.Hash) (*wire.MsgTx, bool, error) {
	var found struct {
		Hex       string `json:"hex"`
		BlockHash string `json:"blockhash"`
	}
	err := c.client.Call(ctx, &found, "getrawtransaction", txid.String(), 1)
	if isUnknown(err) || err == nil && found.BlockHash != "" {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("transaction %v: %w", txid, err)
	}
	raw, err := hex.DecodeString(found.Hex)
	if err != nil {
		return nil, false, fmt.Errorf("transaction %v: %w", txid, err)
	}
	tx := &wire.MsgTx{}
	if err := tx.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, false, fmt.Errorf("transaction %v: %w", txid, err)
	}
	if tx.TxHash() != txid {
		return nil, false, fmt.Errorf("transaction %v: %w", txid, errForged)
	}
	return tx, true, nil
}

// Pool implements chain.FullNode.
func (c Chain) Pool(ctx context.Context) ([]chainhash.Hash, error) {
	var texts []string
	if err := c.client.Call(ctx, &texts, "getrawmempool", false); err != nil {
		return nil, err
	}
	ids := make([]chainhash.Hash, 0, len(texts))
	for _, text := range texts {
		id, err := chainhash.NewHashFromStr(text)
		if err != nil {
			return nil, fmt.Errorf("mempool: %w", err)
		}
		ids = append(ids, *id)
	}
	return ids, nil
}

// Submit implements chain.FullNode.
func (c Chain) Submit(ctx context.Context, tx *wire.MsgTx) error {
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		return err
	}
	var txid string
	err := c.client.Call(ctx, &txid, "sendrawtransaction", hex.EncodeToString(raw.Bytes()))
	if err == nil || known(err) {
		return nil
	}
	return fmt.Errorf("submit %v: %w", tx.TxHash(), err)
}

// isUnknown reports whether the node answered that it has no such transaction.
func isUnknown(err error) bool {
	answer, ok := errors.AsType[*btcjson.RPCError](err)
	return ok && answer.Code == btcjson.ErrRPCNoTxInfo
}

// known reports whether a node refused a transaction because it has it. btcd
// tells that in words alone.
func known(err error) bool {
	answer, ok := errors.AsType[*btcjson.RPCError](err)
	if !ok {
		return false
	}
	text := strings.ToLower(answer.Message)
	return strings.Contains(text, "already have transaction") || strings.Contains(text, "already in mempool") ||
		strings.Contains(text, "already exists") || strings.Contains(text, "txn-already-known")
}

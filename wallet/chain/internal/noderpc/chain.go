package noderpc

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// errForged: a node answered with another block than asked for.
var errForged = errors.New("the node answered with another block")

// Chain answers the block queries of chain.Backend by calls that btcd and
// bitcoind understand alike. It is safe for concurrent use.
type Chain struct{ client *Client }

// NewChain returns the queries over client.
func NewChain(client *Client) Chain { return Chain{client: client} }

// CheckNetwork returns chain.ErrWrongNetwork unless the node's genesis block
// is that of params.
func (c Chain) CheckNetwork(ctx context.Context, params *chaincfg.Params) error {
	genesis, err := c.HashAt(ctx, 0)
	if err != nil {
		return err
	}
	if genesis != *params.GenesisHash {
		return fmt.Errorf("%w: genesis is %v, %s has %v", chain.ErrWrongNetwork, genesis, params.Name, params.GenesisHash)
	}
	return nil
}

// Tip implements chain.Backend.
func (c Chain) Tip(ctx context.Context) (chain.Tip, error) {
	// One call for hash and height: btcd gives no height for a block that a
	// reorganisation has just replaced.
	var best struct {
		Height int32  `json:"blocks"`
		Hash   string `json:"bestblockhash"`
	}
	if err := c.client.Call(ctx, &best, "getblockchaininfo"); err != nil {
		return chain.Tip{}, err
	}
	hash, err := chainhash.NewHashFromStr(best.Hash)
	if err != nil {
		return chain.Tip{}, fmt.Errorf("best block %q: %w", best.Hash, err)
	}
	header, err := c.Header(ctx, *hash)
	if err != nil {
		return chain.Tip{}, err
	}
	return chain.Tip{Hash: *hash, Height: best.Height, Time: header.Timestamp}, nil
}

// Header implements chain.Backend.
func (c Chain) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	raw, err := c.hexCall(ctx, "getblockheader", hash.String(), false)
	if err != nil {
		return nil, err
	}
	header := &wire.BlockHeader{}
	if err := header.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("header %v: %w", hash, err)
	}
	if got := header.BlockHash(); got != hash {
		return nil, fmt.Errorf("header %v: %w: %v", hash, errForged, got)
	}
	return header, nil
}

// HashAt implements chain.Backend.
func (c Chain) HashAt(ctx context.Context, height int32) (chainhash.Hash, error) {
	var text string
	if err := c.client.Call(ctx, &text, "getblockhash", height); err != nil {
		return chainhash.Hash{}, fmt.Errorf("height %d: %w", height, err)
	}
	hash, err := chainhash.NewHashFromStr(text)
	if err != nil {
		return chainhash.Hash{}, fmt.Errorf("height %d: %w", height, err)
	}
	return *hash, nil
}

// Block implements chain.Backend.
func (c Chain) Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	raw, err := c.hexCall(ctx, "getblock", hash.String(), 0)
	if err != nil {
		return nil, err
	}
	block := &wire.MsgBlock{}
	if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
		return nil, fmt.Errorf("block %v: %w", hash, err)
	}
	if got := block.BlockHash(); got != hash {
		return nil, fmt.Errorf("block %v: %w: %v", hash, errForged, got)
	}
	return block, nil
}

// hexCall makes a call whose answer is a string of hex.
func (c Chain) hexCall(ctx context.Context, method string, params ...any) ([]byte, error) {
	var text string
	if err := c.client.Call(ctx, &text, method, params...); err != nil {
		return nil, fmt.Errorf("%v: %w", params[0], err)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%v: answer of %s: %w", params[0], method, err)
	}
	return raw, nil
}

package noderpc

import (
	"context"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// Status asks the node for its place in the network, by calls that btcd and bitcoind
// understand alike.
func (c Chain) Status(ctx context.Context) (chain.Status, error) {
	var info struct {
		Height  int32  `json:"blocks"`
		Headers int32  `json:"headers"`
		Hash    string `json:"bestblockhash"`
		Initial bool   `json:"initialblockdownload"`
	}
	if err := c.client.Call(ctx, &info, "getblockchaininfo"); err != nil {
		return chain.Status{}, err
	}
	hash, err := chainhash.NewHashFromStr(info.Hash)
	if err != nil {
		return chain.Status{}, fmt.Errorf("best block %q: %w", info.Hash, err)
	}
	header, err := c.Header(ctx, *hash)
	if err != nil {
		return chain.Status{}, err
	}
	s := chain.Status{
		Tip:     chain.Tip{Hash: *hash, Height: info.Height, Time: header.Timestamp},
		Headers: max(info.Headers, info.Height), Initial: info.Initial,
	}
	// btcd names the height a peer has told of last, bitcoind that of the headers it
	// has got from it; both that of the handshake.
	var peers []struct {
		Starting int32 `json:"startingheight"`
		Current  int32 `json:"currentheight"`
		Synced   int32 `json:"synced_headers"`
	}
	if err := c.client.Call(ctx, &peers, "getpeerinfo"); err != nil {
		return s, err
	}
	for _, p := range peers {
		s.PeerHeights = append(s.PeerHeights, max(p.Starting, p.Current, p.Synced))
	}
	var tips []struct {
		Height int32  `json:"height"`
		Hash   string `json:"hash"`
		Status string `json:"status"`
	}
	if err := c.client.Call(ctx, &tips, "getchaintips"); err != nil {
		return s, err
	}
	for _, t := range tips {
		if t.Status != "active" {
			s.Forks = append(s.Forks, chain.Fork{Height: t.Height, Hash: t.Hash, Kind: t.Status})
		}
	}
	return s, nil
}

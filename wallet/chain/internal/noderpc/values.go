package noderpc

import (
	"encoding/hex"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/gcs"
	"github.com/btcsuite/btcd/btcutil/gcs/builder"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

// PerKWeight converts a rate as nodes give it, in BTC per 1000 vB.
func PerKWeight(btcPerKVB float64) (chainfee.SatPerKWeight, error) {
	amount, err := btcutil.NewAmount(btcPerKVB)
	if err != nil {
		return 0, fmt.Errorf("fee rate %v: %w", btcPerKVB, err)
	}
	return chainfee.SatPerKVByte(amount).FeePerKWeight(), nil
}

// MatchFilter reports whether a block's basic filter (BIP158), in hex, matches
// one of scripts. An empty answer, which is no filter, matches everything.
func MatchFilter(block chainhash.Hash, filterHex string, scripts [][]byte) (bool, error) {
	raw, err := hex.DecodeString(filterHex)
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", block, err)
	}
	if len(raw) == 0 {
		return true, nil
	}
	filter, err := gcs.FromNBytes(builder.DefaultP, builder.DefaultM, raw)
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", block, err)
	}
	if filter.N() == 0 {
		return false, nil
	}
	found, err := filter.MatchAny(builder.DeriveKey(&block), scripts)
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", block, err)
	}
	return found, nil
}

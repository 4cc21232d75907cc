package rpc_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// bridgeTerms are those of a bridge with one operator.
func bridgeTerms() *alkv1.BridgeTerms {
	key := schnorr.SerializePubKey(testkit.Key("operator").PubKey())
	return &alkv1.BridgeTerms{ChainId: 1337, Bridge: "0x" + strings.Repeat("b0", 20), Operators: []string{hex.EncodeToString(key)}, Threshold: 1}
}

// A contract is offered to a bridge, exported, asked for and released, and shows it.
func TestATokenisedContractIsOfferedExportedAndReleased(t *testing.T) {
	_, d, c := desk(t)
	offered, err := c.Contracts.OfferContract(t.Context(), &alkv1.OfferContractRequest{
		Peer: d.MakerKey.String(), Side: "long", Terms: swapDraft(), Bridge: bridgeTerms(),
	})
	require.NoError(t, err)
	key := offered.GetContract().GetKey()
	require.True(t, offered.GetContract().GetBridged())
	shown := offered.GetContract().GetOwnVault()
	require.Equal(t, bridgeTerms().GetOperators(), shown.GetBridge().GetOperators())
	require.Equal(t, bridgeTerms().GetBridge(), shown.GetBridge().GetBridge())
	require.Len(t, shown.GetPkScript(), 34)
	require.Len(t, shown.GetSalt(), 64)
	require.Nil(t, offered.GetContract().GetPeerVault())

	set, err := c.Contracts.ExportPresigned(t.Context(), &alkv1.ExportPresignedRequest{Contract: key})
	require.NoError(t, err)
	require.Equal(t, "long", set.GetSide())
	require.NotEmpty(t, set.GetPackage())
	separator, lot, to := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32), bytes.Repeat([]byte{3}, 20)
	signed, err := c.Contracts.SignMint(t.Context(), &alkv1.SignMintRequest{Contract: key, DomainSeparator: separator, LotId: lot, To: to})
	require.NoError(t, err)
	require.NoError(t, vault.VerifyRequest(
		[33]byte(d.SelfKey), [32]byte(separator), [32]byte(lot), [20]byte(to), [64]byte(signed.GetSignature())))
	released, err := c.Contracts.ReleaseContract(t.Context(), &alkv1.ReleaseContractRequest{Contract: key})
	require.NoError(t, err)
	require.False(t, released.GetContract().GetBridged())
	require.NotNil(t, released.GetContract().GetOwnVault())
	_, err = c.Contracts.ReleaseContract(t.Context(), &alkv1.ReleaseContractRequest{Contract: key})
	require.Equal(t, connect.CodeFailedPrecondition, connect.CodeOf(err))
}

// Requests that name no bridge, or sign what is no lot, are refused before anything is
// done.
func TestBadBridgesAreRefused(t *testing.T) {
	_, d, c := desk(t)
	for name, change := range map[string]func(*alkv1.BridgeTerms){
		"no prefix":       func(b *alkv1.BridgeTerms) { b.Bridge = strings.Repeat("b0", 20) },
		"short address":   func(b *alkv1.BridgeTerms) { b.Bridge = "0xb0" },
		"no hexadecimal":  func(b *alkv1.BridgeTerms) { b.Bridge = "0x" + strings.Repeat("zz", 20) },
		"short key":       func(b *alkv1.BridgeTerms) { b.Operators[0] = b.Operators[0][2:] },
		"no operator":     func(b *alkv1.BridgeTerms) { b.Operators = nil },
		"sixteen":         func(b *alkv1.BridgeTerms) { b.Operators = make([]string, 16) },
		"threshold 2":     func(b *alkv1.BridgeTerms) { b.Threshold = 2 },
		"threshold 2^32":  func(b *alkv1.BridgeTerms) { b.Threshold = 1<<32 - 1 },
		"not on the line": func(b *alkv1.BridgeTerms) { b.Operators[0] = strings.Repeat("ff", 32) },
	} {
		terms := bridgeTerms()
		change(terms)
		_, err := c.Contracts.OfferContract(t.Context(), &alkv1.OfferContractRequest{
			Peer: d.MakerKey.String(), Side: "long", Terms: swapDraft(), Bridge: terms,
		})
		require.Equal(t, connect.CodeInvalidArgument, connect.CodeOf(err), "%s: %v", name, err)
	}
	for name, r := range map[string]*alkv1.SignMintRequest{
		"separator": {DomainSeparator: make([]byte, 31), LotId: make([]byte, 32), To: make([]byte, 20)},
		"lot":       {DomainSeparator: make([]byte, 32), To: make([]byte, 20)},
		"address":   {DomainSeparator: make([]byte, 32), LotId: make([]byte, 32), To: make([]byte, 21)},
	} {
		_, err := c.Contracts.SignMint(t.Context(), r)
		require.Equal(t, connect.CodeInvalidArgument, connect.CodeOf(err), "%s: %v", name, err)
	}
	_, err := c.Contracts.ExportPresigned(t.Context(), &alkv1.ExportPresignedRequest{Contract: "ffff"})
	require.Equal(t, connect.CodeNotFound, connect.CodeOf(err))
}

package rpc

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// Bridge hands out what the operators of a bridge need of a contract, and opens it
// for closes again; *engine.Engine does.
type Bridge interface {
	Presigned(ctx context.Context, k engine.Key) (engine.Presigned, error)
	SignMint(ctx context.Context, k engine.Key, r engine.MintRequest) ([64]byte, error)
	Release(ctx context.Context, k engine.Key) (engine.View, error)
}

// decodeBridge reads the bridge whose vault the own payout goes to, nil for none.
// Whether its operators can own a vault is for the engine.
func decodeBridge(b *alkv1.BridgeTerms) (*vault.Record, error) {
	if b == nil {
		return nil, nil
	}
	r := &vault.Record{ChainID: b.GetChainId()}
	text, prefixed := strings.CutPrefix(b.GetBridge(), "0x")
	if !prefixed {
		return nil, invalid("bridge %.60q; 0x and 40 hexadecimal digits are needed", b.GetBridge())
	}
	if err := decodeFixed("bridge", text, r.Bridge[:]); err != nil {
		return nil, err
	}
	if len(b.GetOperators()) > vault.MaxOperators || b.GetThreshold() > vault.MaxOperators {
		return nil, invalid("%d of %d operators, %d are possible", b.GetThreshold(), len(b.GetOperators()), vault.MaxOperators)
	}
	r.Committee.Threshold = int(b.GetThreshold())
	for _, text := range b.GetOperators() {
		var key [32]byte
		if err := decodeFixed("operator", text, key[:]); err != nil {
			return nil, err
		}
		r.Committee.Operators = append(r.Committee.Operators, key)
	}
	return r, nil
}

// decodeFixed reads hexadecimal digits that fill into.
func decodeFixed(name, text string, into []byte) error {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(into) {
		return invalid("%s %.70q; %d hexadecimal digits are needed", name, text, 2*len(into))
	}
	copy(into, raw)
	return nil
}

// fill copies bytes that must be as many as into.
func fill(name string, raw, into []byte) error {
	if len(raw) != len(into) {
		return invalid("%s of %d bytes; %d are needed", name, len(raw), len(into))
	}
	copy(into, raw)
	return nil
}

func encodeVault(v *engine.VaultView) *alkv1.ContractVault {
	if v == nil {
		return nil
	}
	out := &alkv1.ContractVault{
		Bridge: &alkv1.BridgeTerms{ChainId: v.ChainID, Bridge: "0x" + hex.EncodeToString(v.Bridge[:]), Threshold: uint32(v.Threshold)}, //nolint:gosec // at most 15
		Salt:   hex.EncodeToString(v.Salt[:]), PkScript: v.Script,
	}
	for _, key := range v.Operators {
		out.Bridge.Operators = append(out.Bridge.Operators, hex.EncodeToString(key[:]))
	}
	return out
}

func (h contractService) ExportPresigned(ctx context.Context, req *alkv1.ExportPresignedRequest) (*alkv1.ExportPresignedResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, req.GetContract())
	if err != nil {
		return nil, err
	}
	set, err := t.Bridge.Presigned(ctx, key)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ExportPresignedResponse{
		Contract: encodeContract(set.View, false), Package: set.Package, Side: set.Side.String(),
		Funding: set.Funding.String(), FundingScript: set.FundingScript,
	}
	id, _, _ := strings.Cut(set.View.Terms.Index, "/")
	for _, e := range t.Indices.Entries() {
		if hash := e.Hash(); e.ID == id {
			out.IndexParams = hex.EncodeToString(hash[:])
		}
	}
	return out, nil
}

func (h contractService) SignMint(ctx context.Context, req *alkv1.SignMintRequest) (*alkv1.SignMintResponse, error) {
	var r engine.MintRequest
	for _, field := range []struct {
		name      string
		raw, into []byte
	}{
		{"domain separator", req.GetDomainSeparator(), r.Separator[:]}, {"lot id", req.GetLotId(), r.LotID[:]}, {"address", req.GetTo(), r.To[:]},
	} {
		if err := fill(field.name, field.raw, field.into); err != nil {
			return nil, err
		}
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, req.GetContract())
	if err != nil {
		return nil, err
	}
	sig, err := t.Bridge.SignMint(ctx, key, r)
	if err != nil {
		return nil, err
	}
	return &alkv1.SignMintResponse{Signature: sig[:]}, nil
}

func (h contractService) ReleaseContract(ctx context.Context, req *alkv1.ReleaseContractRequest) (*alkv1.ReleaseContractResponse, error) {
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) { return t.Bridge.Release(ctx, k) })
	if err != nil {
		return nil, err
	}
	return &alkv1.ReleaseContractResponse{Contract: c}, nil
}

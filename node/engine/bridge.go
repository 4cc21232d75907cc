package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// drawVault draws a fresh vault of a bridge for our payout; nils for no bridge.
// It fails with ErrRequest.
func (e *Engine) drawVault(bridge *vault.Record) (script, record []byte, err error) {
	if bridge == nil {
		return nil, nil, nil
	}
	own := *bridge
	if own.ChainID == 0 || own.Bridge == [20]byte{} {
		return nil, nil, fmt.Errorf("%w: a bridge without chain id or address", ErrRequest)
	}
	if _, err := io.ReadFull(e.cfg.Random, own.Salt[:]); err != nil {
		return nil, nil, fmt.Errorf("salt of a vault: %w", err)
	}
	v, err := own.Vault(e.cfg.Genesis)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if record, err = own.Encode(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	return v.Script(), record, nil
}

// checkVault refuses the record of a peer's vault that its payout script does not
// follow from: we would show, and hand to operators, what is not so.
func (e *Engine) checkVault(record, script []byte) *wire.RejectError {
	if record == nil {
		return nil
	}
	refused := func(err error) *wire.RejectError {
		return &wire.RejectError{Code: wire.RejectBadScript, Field: "vault", Err: err}
	}
	read, err := vault.DecodeRecord(record)
	if err != nil {
		return refused(err)
	}
	v, err := read.Vault(e.cfg.Genesis)
	if err != nil {
		return refused(err)
	}
	if !bytes.Equal(v.Script(), script) {
		return refused(fmt.Errorf("%w: the payout script %x is another", vault.ErrRecord, script))
	}
	return nil
}

// judgeVault is why an accept is refused for the vault that its payout goes to, 0
// if it is not.
func (e *Engine) judgeVault(record, script []byte) wire.RejectCode {
	if refused := e.checkVault(record, script); refused != nil {
		e.log.Info("vault of a peer refused", "err", refused)
		return refused.Code
	}
	if record != nil && e.policy().Bridge.Peers == policy.DeclineTokens {
		return wire.RejectDeclined
	}
	return 0
}

// Presigned is what the operators of a bridge need of a contract: everything that
// settles it without its parties, and nothing that could sign.
type Presigned struct {
	View View
	// Package is the tower package: offer with announcements, accept and sign, so
	// both lists of adaptor signatures and both refund signatures.
	Package []byte
	// Side is ours, and the one that becomes tokens.
	Side payout.Side
	// Funding is the funding output, FundingScript its script.
	Funding       btcwire.OutPoint
	FundingScript []byte
}

// Presigned exports the pre-signed set of a contract whose own payout goes to a
// vault. It fails with ErrUnknown, with ErrRequest for another contract, and with
// contract.ErrIllegal before all of it is signed.
func (e *Engine) Presigned(ctx context.Context, key Key) (Presigned, error) {
	s, work, err := e.stateOf(ctx, key)
	if err != nil {
		return Presigned{}, err
	}
	deal, _, err := tokenised(s)
	if err != nil {
		return Presigned{}, err
	}
	// Without the funding, an offerer's set is complete but nobody has it yet.
	if !s.FundingComplete && !s.WasConfirmed || s.SignHash == [32]byte{} {
		return Presigned{}, fmt.Errorf("%w: the contract is %s, not signed by both", contract.ErrIllegal, s.Phase)
	}
	accept, err := e.store.Message(key, s.AcceptHash)
	if err != nil {
		return Presigned{}, err
	}
	sign, err := e.store.Message(key, s.SignHash)
	if err != nil {
		return Presigned{}, err
	}
	tower, err := wire.NewTowerPackage(s.Offer, accept, sign)
	if err != nil {
		return Presigned{}, err
	}
	p := Presigned{View: e.viewOf(s, work), Package: tower.Encode(), Side: deal.Terms.Offerer}
	if s.Role == contract.Accepter {
		p.Side = p.Side.Other()
	}
	p.Funding = deal.Contract.Funding.OutPoint()
	p.FundingScript = deal.Contract.Settlement.PrevOutput().PkScript
	return p, nil
}

// tokenised returns what a contract says and the record of our vault. It fails
// with ErrRequest if our payout is none of a vault.
func tokenised(s contract.State) (*contract.Deal, vault.Record, error) {
	deal, err := contract.DealOf(s)
	if err != nil {
		return nil, vault.Record{}, err
	}
	raw := deal.Vault(s.Role)
	if raw == nil || deal.Contract == nil {
		return nil, vault.Record{}, fmt.Errorf("%w: our payout goes to no vault of a bridge", ErrRequest)
	}
	record, err := vault.DecodeRecord(raw)
	return deal, record, err
}

// MintRequest is what the owner of a side asks the operators of its bridge for.
type MintRequest struct {
	// Separator is the EIP-712 domain separator of the bridge, LotID the lot that
	// the contract makes there, To who gets its units.
	Separator, LotID [32]byte
	To               [20]byte
}

// SignMint signs the request to mint by our contract key. It fails as Presigned
// does, and with contract.ErrIllegal once the contract is released or the oracles
// have spoken: then closes may be under way, or nothing is left to trade.
func (e *Engine) SignMint(ctx context.Context, key Key, r MintRequest) ([64]byte, error) {
	var none [64]byte
	s, _, err := e.stateOf(ctx, key)
	if err != nil {
		return none, err
	}
	deal, _, err := tokenised(s)
	if err != nil {
		return none, err
	}
	if !s.Bridged || s.Phase != contract.Confirmed && s.Phase != contract.Active {
		return none, fmt.Errorf("%w: the contract is %s, released %t", contract.ErrIllegal, s.Phase, !s.Bridged)
	}
	party := deal.Offer.Party
	if s.Role == contract.Accepter {
		party = deal.Accept.Party
	}
	internal, own, err := e.cfg.Keys.ContractKeys(keys.KeyID(party.KeyID))
	if err != nil {
		return none, err
	}
	internal.Zero()
	defer own.Zero()
	var aux [32]byte
	if _, err := io.ReadFull(e.cfg.Random, aux[:]); err != nil {
		return none, fmt.Errorf("randomness of a signature: %w", err)
	}
	secret := [32]byte(own.Serialize())
	defer clear(secret[:])
	hash := vault.RequestHash(r.Separator, r.LotID, r.To)
	sig, err := secp.Sign(&secret, &hash, &aux)
	if err != nil {
		return none, fmt.Errorf("sign request to mint: %w", err)
	}
	if err := vault.VerifyRequest(party.Contract, r.Separator, r.LotID, r.To, sig); err != nil {
		return none, fmt.Errorf("own request to mint: %w", err)
	}
	e.log.Info("asked for tokens", "contract", key.String()[:16], "lot", fmt.Sprintf("%x", r.LotID))
	return sig, nil
}

// Release says that no token stands on a contract of which a side pays a vault: it
// may be closed from now on. Who says it while tokens are out pays for it from the
// lot's bond. It fails with ErrUnknown, or with contract.ErrIllegal for a contract
// that is over, is no bridge's or is released.
func (e *Engine) Release(ctx context.Context, key Key) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	if err := e.writable(); err != nil {
		return View{}, err
	}
	if _, err := a.ask(ctx, func(c contract.Clock) contract.Event { return contract.UserRelease{Clock: c} }); err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

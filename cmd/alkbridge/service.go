package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// service implements BridgeService.
type service struct{ b *bridge }

var _ bridgev1connect.BridgeServiceHandler = service{}

var (
	bridgeC = bindings.NewBridge()
	erc20C  = bindings.NewSeriesToken()
	lotC    = bindings.NewLotToken()
	bondC   = bindings.NewBond()
	bookC   = bindings.NewSeriesBook()
)

func refuse(code connect.Code, format string, args ...any) error {
	return connect.NewError(code, fmt.Errorf(format, args...))
}

// view returns what the contracts hold, once that was read.
func (s service) view() (*ledger.View, error) {
	if v := s.b.desk.View(); v != nil {
		return v, nil
	}
	return nil, refuse(connect.CodeUnavailable, "the contracts are still being read")
}

// id reads an id of 32 bytes.
func id(text, what string) ([32]byte, error) {
	raw, err := hexutil.Decode(text)
	if err != nil || len(raw) != 32 {
		return [32]byte{}, refuse(connect.CodeInvalidArgument, "%s %q is not 0x and 64 hex digits", what, text)
	}
	return [32]byte(raw), nil
}

// NewVault implements BridgeService.
func (s service) NewVault(_ context.Context, r *bridgev1.NewVaultRequest) (*bridgev1.NewVaultResponse, error) {
	var salt [32]byte
	switch len(r.GetVaultSalt()) {
	case 0:
		if _, err := rand.Read(salt[:]); err != nil {
			return nil, refuse(connect.CodeInternal, "randomness: %w", err)
		}
	case len(salt):
		salt = [32]byte(r.GetVaultSalt())
	default:
		return nil, refuse(connect.CodeInvalidArgument, "vault_salt has %d bytes, not 32", len(r.GetVaultSalt()))
	}
	v, err := s.b.vaults.New(salt)
	if err != nil {
		return nil, refuse(connect.CodeInvalidArgument, "vault: %w", err)
	}
	address, err := v.Address(s.b.cfg.Params)
	if err != nil {
		return nil, refuse(connect.CodeInternal, "vault: %w", err)
	}
	separator := s.b.domain.Separator()
	out := &bridgev1.NewVaultResponse{
		VaultSalt: salt[:], VaultScript: v.Script(), Address: address, DomainSeparator: separator[:], ChainId: s.b.at.ChainID,
		Bridge: s.b.at.Contracts.Bridge.Hex(), Threshold: uint32(s.b.at.Threshold),
	}
	for _, key := range s.b.at.committee().Operators {
		out.Operators = append(out.Operators, key[:])
	}
	return out, nil
}

// read reads a package and checks that it is for a vault of this deployment.
func (s service) read(pkg *bridgev1.LotPackage) (*lot, error) {
	if pkg == nil {
		return nil, refuse(connect.CodeInvalidArgument, "package is missing")
	}
	l, err := readLot(pkg)
	if err != nil {
		return nil, connect.NewError(connect.CodeInvalidArgument, err)
	}
	v, err := s.b.vaults.New(l.terms.VaultSalt)
	if err != nil || string(v.Script()) != string(l.terms.VaultScript) {
		return nil, refuse(connect.CodeInvalidArgument, "the payout script of the %s side is not the vault of the salt", pkg.GetSide())
	}
	return l, nil
}

// PrepareLot implements BridgeService.
func (s service) PrepareLot(_ context.Context, r *bridgev1.PrepareLotRequest) (*bridgev1.PrepareLotResponse, error) {
	l, err := s.read(r.GetPackage())
	if err != nil {
		return nil, err
	}
	if err := l.verify(); err != nil {
		return nil, connect.NewError(connect.CodeInvalidArgument, err)
	}
	lotID, separator := l.terms.ID(), s.b.domain.Separator()
	return &bridgev1.PrepareLotResponse{
		LotId: lotID[:], DomainSeparator: separator[:], To: l.to[:], Lot: lotOfTerms(l.terms, "preparing"), Key: showKey(l.key),
		Bond: relayer.Needed(l.terms.Collateral), MintBefore: expiryOf(l.key) - day,
	}, nil
}

const day = 24 * 3600

func expiryOf(k spv.SeriesKey) uint64 { return (uint64(k.LastDay) + 1) * day }

// searchBack is how many blocks before the request a funding transaction is looked for.
const searchBack = 2016

// Mint implements BridgeService.
func (s service) Mint(ctx context.Context, r *bridgev1.MintRequest) (*bridgev1.MintResponse, error) {
	if !s.b.cfg.has(roleRelay) {
		return nil, refuse(connect.CodeFailedPrecondition, "this alkbridge does not have the role relay")
	}
	l, err := s.read(r.GetPackage())
	if err != nil {
		return nil, err
	}
	if err := l.verifyOwner(s.b.domain); err != nil {
		return nil, connect.NewError(connect.CodePermissionDenied, err)
	}
	if err := l.verify(); err != nil {
		return nil, connect.NewError(connect.CodeInvalidArgument, err)
	}
	payer := s.account()
	if !r.GetPostBond() || r.GetPayer() != "" {
		if payer, err = parseAddress(r.GetPayer()); err != nil || r.GetPostBond() {
			return nil, refuse(connect.CodeInvalidArgument, "either the account posts the bond, or a payer is named: %q", r.GetPayer())
		}
	}
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	lotID := l.terms.ID()
	if view.LotOf(lotID) != nil {
		return &bridgev1.MintResponse{LotId: hexutil.Encode(lotID[:])}, nil
	}
	if view.Now()+day >= expiryOf(l.key) {
		return nil, refuse(connect.CodeFailedPrecondition, "its series expires at %d, too soon to be minted: %w", expiryOf(l.key), spv.ErrTooLate)
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(r.GetPackage())
	if err != nil {
		return nil, refuse(connect.CodeInternal, "encode package: %w", err)
	}
	tip, err := s.b.bitcoin.Tip(ctx)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "bitcoin node: %w", err)
	}
	if err := s.b.store.PutPackage(lotID, raw); err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	if err := s.b.outbox.PutJob(relayer.Job{
		Package: raw, Key: l.key, Terms: l.terms, FundingScript: l.fundingScript(), To: l.to, Wrap: r.GetWrap(),
		Payer: payer, From: tip - min(tip, searchBack),
	}); err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	return &bridgev1.MintResponse{LotId: hexutil.Encode(lotID[:])}, nil
}

// enqueue puts a call into the outbox.
func (s service) enqueue(name string, to common.Address, data []byte) (*bridgev1.CallResponse, error) {
	callID, err := s.b.outbox.Ensure(name, to, data)
	if err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	return &bridgev1.CallResponse{CallId: callID}, nil
}

// try asks the contract whether a call would be accepted now, so that who asks for it
// hears at once why not.
func (s service) try(ctx context.Context, to common.Address, data []byte) error {
	if _, err := s.b.evm.EstimateGas(ctx, callOf(s.account(), to, data)); err != nil {
		return refuse(connect.CodeFailedPrecondition, "the contract would refuse: %w", relayer.Refusal(err))
	}
	return nil
}

func (s service) account() common.Address { return crypto.PubkeyToAddress(s.b.ring.account.PublicKey) }

// once makes the name of a call that is asked for by a person: the same request may be
// made again later.
func once(kind string) (string, error) {
	var nonce [8]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return "", refuse(connect.CodeInternal, "randomness: %w", err)
	}
	return fmt.Sprintf("%s/%x", kind, nonce), nil
}

// Wrap implements BridgeService.
func (s service) Wrap(ctx context.Context, r *bridgev1.WrapRequest) (*bridgev1.CallResponse, error) {
	lotID, err := id(r.GetLotId(), "lot")
	if err != nil {
		return nil, err
	}
	amount, err := s.amount(ctx, r.GetAmount(), lotID)
	if err != nil {
		return nil, err
	}
	return s.ask(ctx, "wrap", bridgeC.PackWrap(lotID, amount))
}

// amount returns how many units are meant: all that the account holds, for 0.
func (s service) amount(ctx context.Context, wanted uint64, ofID [32]byte) (uint64, error) {
	view, err := s.view()
	if err != nil {
		return 0, err
	}
	held, err := s.balance(ctx, view, ofID)
	if err != nil {
		return 0, err
	}
	if wanted == 0 {
		wanted = held
	}
	if wanted == 0 || wanted > held {
		return 0, refuse(connect.CodeFailedPrecondition, "the account holds %d units, not %d", held, wanted)
	}
	return wanted, nil
}

// balance returns how many units of a series or lot the account holds.
func (s service) balance(ctx context.Context, view *ledger.View, ofID [32]byte) (uint64, error) {
	var held *big.Int
	var err error
	if series := view.SeriesOf(ofID); series != nil {
		held, err = ledger.Ask(ctx, s.b.evm, series.Token, nil, erc20C.PackBalanceOf(s.account()), erc20C.UnpackBalanceOf)
	} else if view.LotOf(ofID) != nil {
		held, err = ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.LotToken, nil,
			lotC.PackBalanceOf(s.account(), new(big.Int).SetBytes(ofID[:])), lotC.UnpackBalanceOf)
	} else {
		return 0, refuse(connect.CodeNotFound, "there is no series or lot 0x%x", ofID)
	}
	if err != nil {
		return 0, refuse(connect.CodeUnavailable, "%w", err)
	}
	return held.Uint64(), nil
}

// ask has the bridge's contract called, if it would accept that.
func (s service) ask(ctx context.Context, kind string, data []byte) (*bridgev1.CallResponse, error) {
	if err := s.try(ctx, s.b.at.Contracts.Bridge, data); err != nil {
		return nil, err
	}
	name, err := once(kind)
	if err != nil {
		return nil, err
	}
	return s.enqueue(name, s.b.at.Contracts.Bridge, data)
}

// Price implements BridgeService.
func (s service) Price(ctx context.Context, r *bridgev1.PriceRequest) (*bridgev1.CallResponse, error) {
	seriesID, err := id(r.GetSeriesId(), "series")
	if err != nil {
		return nil, err
	}
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	series := view.SeriesOf(seriesID)
	if series == nil {
		return nil, refuse(connect.CodeNotFound, "there is no series %s", r.GetSeriesId())
	}
	if series.PricedAt != 0 {
		return nil, refuse(connect.CodeFailedPrecondition, "the series was priced at %d", series.PricedAt)
	}
	callID, err := s.b.desk.Price(ctx, series)
	if errors.Is(err, relayer.ErrAwaits) && callID == "" {
		return nil, connect.NewError(connect.CodeFailedPrecondition, err)
	}
	if err != nil && !errors.Is(err, relayer.ErrAwaits) {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	return &bridgev1.CallResponse{CallId: callID}, nil
}

// Release implements BridgeService.
func (s service) Release(ctx context.Context, r *bridgev1.ReleaseRequest) (*bridgev1.CallResponse, error) {
	lotID, err := id(r.GetLotId(), "lot")
	if err != nil {
		return nil, err
	}
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	l := view.LotOf(lotID)
	if l == nil {
		return nil, refuse(connect.CodeNotFound, "there is no lot %s", r.GetLotId())
	}
	return s.ask(ctx, "release", calls.Release(l.Terms))
}

// usualFee is what a redemption allows for fees if nothing is named: twice the least, or as
// much of that as half of the claim.
func (s service) usualFee() uint64 { return 2 * s.b.at.MinFee }

// Redeem implements BridgeService.
func (s service) Redeem(ctx context.Context, r *bridgev1.RedeemRequest) (*bridgev1.CallResponse, error) {
	ofID, err := id(r.GetId(), "id")
	if err != nil {
		return nil, err
	}
	script, err := s.payTo(r)
	if err != nil {
		return nil, err
	}
	amount, err := s.amount(ctx, r.GetAmount(), ofID)
	if err != nil {
		return nil, err
	}
	isLot := s.b.desk.View().LotOf(ofID) != nil
	fee := r.GetMaxFee()
	if fee == 0 {
		fee = s.usualFee()
	}
	data := bridgeC.PackRedeem(ofID, isLot, amount, script, fee)
	// A small claim allows less than the usual fee: half of it.
	if r.GetMaxFee() == 0 && errors.Is(s.refusal(ctx, data), spv.ErrFeeOutOfRange) {
		fee = s.b.at.MinFee
		data = bridgeC.PackRedeem(ofID, isLot, amount, script, fee)
	}
	return s.ask(ctx, "redeem", data)
}

// payTo is the script that a redemption pays, empty for one that leaves the bitcoin.
func (s service) payTo(r *bridgev1.RedeemRequest) ([]byte, error) {
	if r.GetLeave() {
		if r.GetAddress() != "" || r.GetMaxFee() != 0 {
			return nil, refuse(connect.CodeInvalidArgument, "who leaves the bitcoin names neither address nor fee")
		}
		return nil, nil
	}
	address, err := btcutil.DecodeAddress(r.GetAddress(), s.b.cfg.Params)
	if err != nil || !address.IsForNet(s.b.cfg.Params) {
		return nil, refuse(connect.CodeInvalidArgument, "%q is no Bitcoin address of %s", r.GetAddress(), s.b.cfg.Network)
	}
	script, err := txscript.PayToAddrScript(address)
	if err != nil {
		return nil, refuse(connect.CodeInvalidArgument, "address %q: %w", r.GetAddress(), err)
	}
	return script, nil
}

func (s service) refusal(ctx context.Context, data []byte) error {
	_, err := s.b.evm.EstimateGas(ctx, callOf(s.account(), s.b.at.Contracts.Bridge, data))
	if err == nil {
		return nil
	}
	return relayer.Refusal(err)
}

// Slash implements BridgeService.
func (s service) Slash(ctx context.Context, r *bridgev1.SlashRequest) (*bridgev1.CallResponse, error) {
	rid, err := id(r.GetRid(), "redemption")
	if err != nil {
		return nil, err
	}
	var lotID [32]byte
	if r.GetLotId() != "" {
		if lotID, err = id(r.GetLotId(), "lot"); err != nil {
			return nil, err
		}
	}
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	known := view.RedemptionOf(rid)
	if known == nil {
		return nil, refuse(connect.CodeNotFound, "there is no redemption %s", r.GetRid())
	}
	if err := s.try(ctx, s.b.at.Contracts.Bridge, calls.Slash(known.Redemption, lotID)); err != nil {
		return nil, err
	}
	callID, err := s.b.desk.Slash(known, lotID)
	if err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	return &bridgev1.CallResponse{CallId: callID}, nil
}

// ListCalls implements BridgeService.
func (s service) ListCalls(_ context.Context, r *bridgev1.ListCallsRequest) (*bridgev1.ListCallsResponse, error) {
	all, err := s.b.outbox.Calls(r.GetId(), r.GetAll() || r.GetId() != "")
	if err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	out := &bridgev1.ListCallsResponse{}
	for _, c := range all {
		if r.GetId() != "" && c.ID != r.GetId() {
			continue
		}
		call := &bridgev1.Call{Id: c.ID, To: c.To.Hex(), State: c.State.String(), Problem: s.b.sender.Problem(c.ID)}
		if c.Tx != (common.Hash{}) {
			call.Txid = c.Tx.Hex()
		}
		out.Calls = append(out.Calls, call)
	}
	return out, nil
}

// VerifyDeployment implements BridgeService.
func (s service) VerifyDeployment(ctx context.Context, _ *bridgev1.VerifyDeploymentRequest) (*bridgev1.VerifyDeploymentResponse, error) {
	out := &bridgev1.VerifyDeploymentResponse{}
	if err := deploy.Verify(ctx, s.b.evm, s.b.at.addresses(), s.b.at.config()); err != nil {
		if !errors.Is(err, deploy.ErrCode) && !errors.Is(err, deploy.ErrSetting) {
			return nil, refuse(connect.CodeUnavailable, "%w", err)
		}
		out.Problem = err.Error()
		return out, nil
	}
	out.Checked = append(out.Checked,
		"the code of nine contracts is that of the artifacts", "operators, guardians, caps, asset and Bitcoin's rules are the configured ones")
	own, err := s.b.anchorOnOurs(ctx)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "bitcoin node: %w", err)
	}
	if !own {
		out.Problem = fmt.Sprintf("the anchor at height %d is not in the best chain of our Bitcoin node", s.b.at.Height)
		return out, nil
	}
	out.Checked = append(out.Checked, fmt.Sprintf("the anchor at height %d is in the best chain of our Bitcoin node", s.b.at.Height))
	separator, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Bridge, nil, bridgeC.PackDomainSeparator(), bridgeC.UnpackDomainSeparator)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	if separator != s.b.domain.Separator() {
		out.Problem = "the bridge's domain separator is not ours"
		return out, nil
	}
	out.Checked = append(out.Checked, "the bridge's domain is ours")
	out.Ok = true
	return out, nil
}

// matches says whether a filter is empty or the text, whatever their case.
func matches(filter, text string) bool { return filter == "" || strings.EqualFold(filter, text) }

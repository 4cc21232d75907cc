package main

import (
	"context"
	"fmt"
	"math/big"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/version"
)

// trust is what a holder trusts; docs/bridge.md says the same.
const trust = `Whom a holder of tokens trusts. This bridge is NOT trustless.
mint: t of n operators could attest an incomplete or wrong set of transactions. No token
  without a confirmed funding output; a wrong leaf is proven; the lot's bond.
funded, not settled: BOTH funding keys together (one minter may own both) can spend the
  contract. It cannot be prevented; it is proven and paid from the lot's bond, 110 % of the
  units. No lot without it.
pricing: t oracles that sign the same wrong value. t of n equal values are needed; an
  oracle that signs two values counts no more.
vault funded to redemption paid: t operators can steal; 2t-n who lie (of 2 of 3 one) can,
  while the others cannot reach each other, have one redemption paid twice; n-t+1 operators
  can stall, or lose keys. After 72 hours 110 % from the bonds.
always: a Bitcoin fork deeper than the depth rule; an EVM chain that halts, censors or
  reverts finalized blocks; the issuer of the bond's asset; bugs.
Nobody can move funds, change code, or stop settlement, redemption or slashing. Operators
hold no funding key. The bond is worth what its issuer is worth.
`

func callOf(from, to common.Address, data []byte) ethereum.CallMsg {
	return ethereum.CallMsg{From: from, To: &to, Data: data}
}

// GetStatus implements BridgeService.
func (s service) GetStatus(ctx context.Context, _ *bridgev1.GetStatusRequest) (*bridgev1.GetStatusResponse, error) {
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	separator := s.b.domain.Separator()
	out := &bridgev1.GetStatusResponse{
		Trust: trust, Version: version.Version, Network: s.b.cfg.Network, ChainId: s.b.at.ChainID, Roles: s.b.cfg.Roles,
		Account: s.account().Hex(), EvmHead: view.Head.Number.Uint64(), EvmFinalized: view.Final.Number.Uint64(), EvmTime: view.Now(),
		Operators: uint32(len(s.b.at.Operators)), Threshold: uint32(s.b.at.Threshold), //nolint:gosec // G115: at most 15
		SeriesCap: s.b.at.SeriesCap, TotalCap: s.b.at.TotalCap, MinFee: s.b.at.MinFee, DomainSeparator: hexutil.Encode(separator[:]),
		Deployment: s.deployment(), BitcoinHeight: s.b.height.Load(),
	}
	for _, fill := range []func(context.Context, *bridgev1.GetStatusResponse) error{s.holdings, s.bonds, s.ownBond, s.relay, s.committee} {
		if err := fill(ctx, out); err != nil {
			return nil, refuse(connect.CodeUnavailable, "%w", err)
		}
	}
	for _, a := range s.b.alerts() {
		out.Alerts = append(out.Alerts, &bridgev1.Alert{Name: a.Name, Subject: a.Subject, Text: a.Text, Since: a.Since})
	}
	waiting, err := s.b.outbox.Calls("", false)
	if err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	out.WaitingCalls = uint32(len(waiting)) //nolint:gosec // G115: few
	return out, nil
}

func (s service) deployment() *bridgev1.Deployment {
	c := s.b.at.Contracts
	return &bridgev1.Deployment{
		Relay: c.Relay.Hex(), Spv: c.Spv.Hex(), Oracle: c.Oracle.Hex(), Committee: c.Committee.Hex(), Bond: c.Bond.Hex(),
		Bridge: c.Bridge.Hex(), Fraud: c.Fraud.Hex(), LotToken: c.LotToken.Hex(), Book: c.Book.Hex(), Asset: s.b.at.Asset.Hex(),
	}
}

func (s service) holdings(ctx context.Context, out *bridgev1.GetStatusResponse) error {
	ether, err := wei(ctx, s.b.evm, s.account())
	if err != nil {
		return fmt.Errorf("balance of the account: %w", err)
	}
	asset, err := ledger.Ask(ctx, s.b.evm, s.b.at.Asset, nil, erc20C.PackBalanceOf(s.account()), erc20C.UnpackBalanceOf)
	if err != nil {
		return err
	}
	out.AccountWei, out.AccountAsset = ether.String(), asset.Uint64()
	if ether.Cmp(s.b.cfg.GasBudget) < 0 {
		out.Alerts = append(out.Alerts, &bridgev1.Alert{
			Name: "account_low", Subject: s.account().Hex(), Text: "the account holds less ether than one call may cost",
		})
	}
	return nil
}

func (s service) bonds(ctx context.Context, out *bridgev1.GetStatusResponse) error {
	c := s.b.at.Contracts
	operators, err := ledger.Ask(ctx, s.b.evm, c.Bond, nil, bondC.PackOperatorBond(), bondC.UnpackOperatorBond)
	if err != nil {
		return err
	}
	pledged, err := ledger.Ask(ctx, s.b.evm, c.Bond, nil, bondC.PackPledged(), bondC.UnpackPledged)
	if err != nil {
		return err
	}
	totals, err := ledger.Ask(ctx, s.b.evm, c.Bridge, nil, bridgeC.PackTotals(), bridgeC.UnpackTotals)
	if err != nil {
		return err
	}
	out.OperatorBond, out.TotalBond = operators, operators+pledged
	out.LiveUnits, out.VaultSats, out.Exposure = totals.Live, totals.Vault, totals.Live+totals.Vault
	return nil
}

func (s service) relay(ctx context.Context, out *bridgev1.GetStatusResponse) error {
	relay := bindings.NewCheckpointRelay()
	tip, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Relay, nil, relay.PackTip(), relay.UnpackTip)
	if err != nil {
		return err
	}
	packed, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Relay, nil, relay.PackCheckpoint(tip), relay.UnpackCheckpoint)
	if err != nil {
		return err
	}
	out.RelayHeight = uint32(new(big.Int).And(packed, big.NewInt(1<<32-1)).Uint64()) //nolint:gosec // G115: 32 bits
	if out.GetRelayHeight() <= out.GetBitcoinHeight() {
		raw, err := s.b.bitcoin.Header(ctx, out.GetRelayHeight())
		if err != nil {
			return fmt.Errorf("bitcoin node: %w", err)
		}
		out.RelayOnOtherBranch = spv.DoubleSHA256(raw) != chainhash.Hash(tip)
	}
	return nil
}

func (s service) committee(ctx context.Context, out *bridgev1.GetStatusResponse) error {
	committee := bindings.NewCommittee()
	at := s.b.at.Contracts.Committee
	halted, err := ledger.Ask(ctx, s.b.evm, at, nil, committee.PackHalted(), committee.UnpackHalted)
	if err != nil {
		return err
	}
	paused, err := ledger.Ask(ctx, s.b.evm, at, nil, committee.PackPausedAt(), committee.UnpackPausedAt)
	if err != nil {
		return err
	}
	out.Halted = halted
	const pauseLasts = 7 * day
	if until := paused.Uint64() + pauseLasts; paused.Sign() > 0 && until > out.GetEvmTime() {
		out.PausedUntil = until
	}
	return nil
}

// ListSeries implements BridgeService.
func (s service) ListSeries(ctx context.Context, r *bridgev1.ListSeriesRequest) (*bridgev1.ListSeriesResponse, error) {
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	out := &bridgev1.ListSeriesResponse{}
	for _, known := range view.Series {
		if !matches(r.GetSeriesId(), hexutil.Encode(known.ID[:])) {
			continue
		}
		shown, err := s.showSeries(ctx, view, known)
		if err != nil {
			return nil, err
		}
		out.Series = append(out.Series, shown)
	}
	return out, nil
}

func (s service) showSeries(ctx context.Context, view *ledger.View, known *ledger.Series) (*bridgev1.Series, error) {
	balance, err := s.balance(ctx, view, known.ID)
	if err != nil {
		return nil, err
	}
	perUnit, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Book, nil, bookC.PackPayoutPerUnit(known.ID), bookC.UnpackPayoutPerUnit)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	ratio, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Book, nil, bookC.PackBackingRatio(known.ID), bookC.UnpackBackingRatio)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	shown := &bridgev1.Series{
		Id: hexutil.Encode(known.ID[:]), Token: known.Token.Hex(), Key: showKey(known.Key), State: "live", Value: known.Value,
		PricedAt: known.PricedAt, Minted: known.Minted, Supply: known.Supply, Sats: known.Sats, Pot: known.Pot,
		OpenLots:      uint32(known.Unsettled), //nolint:gosec // G115: few
		PayoutPerUnit: perUnit, BackingRatio: ratio.String(), Balance: balance, Expiry: known.Expiry,
	}
	await := &bridgev1.Awaited{What: "the end of the window", Whom: "oracles", Time: known.Expiry}
	switch {
	case known.Open:
		shown.State, await = "open", &bridgev1.Awaited{What: "redemptions", Whom: "holder"}
	case known.PricedAt != 0 && known.Unsettled > 0:
		shown.State, await = "priced", &bridgev1.Awaited{What: "proofs of how its contracts ended", Whom: "operators"}
	case known.PricedAt != 0:
		shown.State, await = "priced", &bridgev1.Awaited{What: "opening", Whom: "anyone", Time: known.LastFinal + ledger.Contest}
	case view.Now() >= known.Expiry:
		await = &bridgev1.Awaited{What: "the price", Whom: "oracles", Time: uint64(known.Key.RefundLocktime)}
	}
	shown.Awaited = await
	return shown, nil
}

func showKey(k spv.SeriesKey) *bridgev1.SeriesKey {
	out := &bridgev1.SeriesKey{
		IndexParams: k.IndexParams[:], FirstDay: k.FirstDay, LastDay: k.LastDay, Threshold: uint32(k.Threshold), Shape: "call",
		Side: "short", Base: k.Base, Lo: k.Lo, Hi: k.Hi, QuantBits: uint32(k.QuantBits), RefundLocktime: k.RefundLocktime,
		MinRefundPpm: k.MinRefundPpm,
	}
	if k.Shape == spv.PutLike {
		out.Shape = "put"
	}
	if k.Long {
		out.Side = "long"
	}
	for i := range k.Events {
		out.Events = append(out.Events, k.Events[i][:])
	}
	return out
}

// lotOfTerms shows what the terms say.
func lotOfTerms(t spv.Terms, state string) *bridgev1.Lot {
	lotID := t.ID()
	return &bridgev1.Lot{
		Id: hexutil.Encode(lotID[:]), SeriesId: hexutil.Encode(t.SeriesID[:]),
		Funding: fmt.Sprintf("%v:%d", t.FundingTxid, t.FundingVout), Units: t.Collateral, Notional: t.Notional,
		RefundSats: t.RefundSats, RefundTxid: t.RefundTxid.String(), CetRoot: t.CETRoot[:], VaultScript: t.VaultScript,
		VaultSalt: t.VaultSalt[:], State: state,
	}
}

// ListLots implements BridgeService.
func (s service) ListLots(ctx context.Context, r *bridgev1.ListLotsRequest) (*bridgev1.ListLotsResponse, error) {
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	wanted := func(l *bridgev1.Lot) bool {
		return matches(r.GetLotId(), l.GetId()) && matches(r.GetSeriesId(), l.GetSeriesId()) && matches(r.GetFunding(), l.GetFunding())
	}
	out := &bridgev1.ListLotsResponse{}
	for _, known := range view.Lots {
		shown := lotOfTerms(known.Terms, known.State.String())
		if !wanted(shown) {
			continue
		}
		if err := s.fillLot(ctx, view, known, shown); err != nil {
			return nil, err
		}
		out.Lots = append(out.Lots, shown)
	}
	jobs, err := s.b.outbox.Jobs()
	if err != nil {
		return nil, refuse(connect.CodeInternal, "%w", err)
	}
	for i := range jobs {
		lotID := jobs[i].Terms.ID()
		shown := lotOfTerms(jobs[i].Terms, "preparing")
		if view.LotOf(lotID) != nil || !wanted(shown) {
			continue
		}
		shown.Problem, shown.Attested = s.b.desk.Problem(lotID), uint32(len(jobs[i].Attestations)) //nolint:gosec // G115: at most 15
		shown.Awaited = &bridgev1.Awaited{What: shown.GetProblem(), Whom: "relay", Time: expiryOf(jobs[i].Key) - day}
		out.Lots = append(out.Lots, shown)
	}
	return out, nil
}

func (s service) fillLot(ctx context.Context, view *ledger.View, known *ledger.Lot, shown *bridgev1.Lot) error {
	balance, err := s.balance(ctx, view, known.ID)
	if err != nil {
		return err
	}
	bond, err := ledger.Ask(ctx, s.b.evm, s.b.at.Contracts.Bond, nil, bondC.PackLotBonds(known.ID), bondC.UnpackLotBonds)
	if err != nil {
		return refuse(connect.CodeUnavailable, "%w", err)
	}
	shown.Wrapped, shown.Kind, shown.Sats, shown.Pot, shown.Bond, shown.Balance =
		known.Wrapped, known.Kind.String(), known.Sats, known.Pot, bond.Amount, balance
	if known.SpendTxid != (chainhash.Hash{}) {
		shown.SpendTxid = known.SpendTxid.String()
	}
	series := view.SeriesOf(known.Terms.SeriesID)
	await := &bridgev1.Awaited{}
	switch known.State {
	case ledger.LotLive:
		await = &bridgev1.Awaited{What: "the end of its contract", Whom: "oracles", Time: series.Expiry}
		if view.Now() >= series.Expiry {
			await = &bridgev1.Awaited{What: "the proof of how its contract ended", Whom: "operators"}
		}
	case ledger.LotFrozen:
		await = &bridgev1.Awaited{What: "a new proof", Whom: "relay", Time: known.Since + ledger.Freeze}
	case ledger.LotSpent:
		await = &bridgev1.Awaited{What: "its settlement", Whom: "anyone", Time: known.Since + ledger.Contest}
	case ledger.LotFinal:
		if view.Now() < known.Since+ledger.Contest {
			await = &bridgev1.Awaited{What: "the end of the time for contests", Whom: "anyone", Time: known.Since + ledger.Contest}
		} else if !series.Open {
			await = &bridgev1.Awaited{What: "the opening of its series; its own units can be redeemed", Whom: "anyone"}
		}
	case ledger.LotNone, ledger.LotReleased:
	}
	shown.Awaited = await
	return nil
}

// ListRedemptions implements BridgeService.
func (s service) ListRedemptions(_ context.Context, r *bridgev1.ListRedemptionsRequest) (*bridgev1.ListRedemptionsResponse, error) {
	view, err := s.view()
	if err != nil {
		return nil, err
	}
	out := &bridgev1.ListRedemptionsResponse{}
	for _, known := range view.Redemptions {
		done := known.Done(view.Now())
		owner := common.Address(known.Owner).Hex()
		if !matches(r.GetRid(), hexutil.Encode(known.RID[:])) || !matches(r.GetOwner(), owner) || (r.GetOpenOnly() && done) {
			continue
		}
		out.Redemptions = append(out.Redemptions, s.showRedemption(known, done))
	}
	return out, nil
}

func (s service) showRedemption(known *ledger.Redemption, done bool) *bridgev1.Redemption {
	address := ""
	if _, found, _, err := txscript.ExtractPkScriptAddrs(known.Script, s.b.cfg.Params); err == nil && len(found) == 1 {
		address = found[0].EncodeAddress()
	}
	shown := &bridgev1.Redemption{
		Rid: hexutil.Encode(known.RID[:]), Id: hexutil.Encode(known.ID[:]), Lot: known.Lot, Owner: common.Address(known.Owner).Hex(),
		Amount: known.Amount, Sats: known.Sats, MaxFee: known.MaxFee, Deadline: known.DeadlineAt(), Nonce: known.Nonce,
		Script: known.Script, Address: address, State: known.State.String(), Owed: known.Left,
	}
	if known.Txid != (chainhash.Hash{}) {
		shown.Txid = known.Txid.String()
	}
	await := &bridgev1.Awaited{}
	switch {
	case known.State == ledger.Requested:
		await = &bridgev1.Awaited{What: "the payment and its proof", Whom: "operators", Time: known.DeadlineAt()}
	case known.State == ledger.Paid && done:
		shown.State = "done"
	case known.State == ledger.Paid:
		await = &bridgev1.Awaited{What: "the end of the time for contests", Whom: "anyone", Time: known.Time + ledger.Contest}
	case known.State == ledger.Owed:
		await = &bridgev1.Awaited{What: "bond for what is still owed", Whom: "operators"}
	}
	shown.Awaited = await
	return shown
}

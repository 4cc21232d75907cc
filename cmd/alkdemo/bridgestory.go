package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// What is traded with --evm: bridgedDays days of bridgedUnits units, in thousandths.
const (
	bridgedDays  = 4
	bridgedUnits = 50_000
	// provenDepth is how deep a transaction must be for the contracts to take it.
	provenDepth = 8
)

// tokenLot is one side of a contract as a lot.
type tokenLot struct {
	trade *trade
	owner *party
	id    string
	now   *bridgev1.Lot
	token common.Address
}

var (
	erc20  = bindings.NewSeriesToken()
	bridgC = bindings.NewBridge()
)

// runBridge is the story of --evm.
func (s *story) runBridge(ctx context.Context, uniswap string) (*bridgeResult, error) {
	var lots []*tokenLot
	var pools []*pool
	for _, act := range []func(context.Context) error{
		s.begin, s.cast, s.fund, s.introduce, s.startBridge,
		func(ctx context.Context) (err error) { lots, err = s.tokenise(ctx); return err },
		func(ctx context.Context) error { return s.split(ctx, lots) },
		func(ctx context.Context) (err error) { pools, err = s.trading(ctx, lots, uniswap); return err },
		func(ctx context.Context) error { return s.settleTokens(ctx, lots) },
		func(ctx context.Context) error { return s.leavePools(ctx, pools) },
	} {
		if err := act(ctx); err != nil {
			return nil, err
		}
	}
	claims, err := s.redeem(ctx, lots)
	if err != nil {
		return nil, err
	}
	return s.reconcile(ctx, lots, claims)
}

// mine mines blocks, and lets the EVM chain's time follow.
func (s *story) mine(ctx context.Context, n int) error {
	if err := s.calendar.Blocks(n); err != nil {
		return err
	}
	s.bridge.evm.follow(s.calendar.Now())
	return s.followed(ctx)
}

// relay is the alkbridge that is asked: the first operator's.
func (s *story) relay() *operator { return s.bridge.operators[0] }

// terms asks the relay for the bridge that payouts shall go to.
func (s *story) terms(ctx context.Context) (*alkv1.BridgeTerms, error) {
	var v *bridgev1.NewVaultResponse
	err := s.until(ctx, "alkbridge to answer", func() (bool, error) {
		var err error
		v, err = s.relay().NewVault(ctx, &bridgev1.NewVaultRequest{})
		return err == nil, nil // asked again until the patience ends
	})
	if err != nil {
		return nil, err
	}
	terms := &alkv1.BridgeTerms{ChainId: v.GetChainId(), Bridge: v.GetBridge(), Threshold: v.GetThreshold()}
	for _, key := range v.GetOperators() {
		terms.Operators = append(terms.Operators, hex.EncodeToString(key))
	}
	return terms, nil
}

// tokenise makes a swap and a call of which both sides pay vaults, and mints all four.
func (s *story) tokenise(ctx context.Context) ([]*tokenLot, error) {
	terms, err := s.terms(ctx)
	if err != nil {
		return nil, err
	}
	start, m, b := s.today(), s.miner, s.buyer
	s.trades = []*trade{
		{
			label: "swap", hope: "the miner fixes his revenue", long: b, short: m, offerer: b, size: bridgedUnits, bridge: terms,
			terms: &alkv1.TermsDraft{Product: "SWAP_M", StartDay: start, Days: bridgedDays, K: 8_000, Floor: price(4_000), Cap: price(12_000)},
		},
		{
			label: "call", hope: "the buyer expects more than 8,000 a day", long: b, short: m, offerer: b, size: bridgedUnits, bridge: terms,
			terms: &alkv1.TermsDraft{Product: "CALL", StartDay: start, Days: bridgedDays, K: 8_000, Cap: price(12_000), Premium: 6_000},
		},
	}
	for _, t := range s.trades {
		if err := s.byOffer(ctx, t); err != nil {
			return nil, fmt.Errorf("%s: %w", t.label, err)
		}
		if err := s.reach(ctx, t, "Broadcast"); err != nil {
			return nil, err
		}
		if err := s.pooled(ctx, t.now[t.offerer].GetFunding().GetTxid()); err != nil {
			return nil, err
		}
		if err := s.say("%s over %d days: %s. Both payouts go to vaults of the bridge, so that both sides can become tokens", t.label, bridgedDays, t.hope); err != nil {
			return nil, err
		}
	}
	if err := s.mine(ctx, 1); err != nil {
		return nil, err
	}
	var lots []*tokenLot
	for _, t := range s.trades {
		if err := s.reach(ctx, t, "Confirmed"); err != nil {
			return nil, err
		}
		for _, owner := range []*party{t.long, t.short} {
			l := &tokenLot{trade: t, owner: owner}
			if err := s.mint(ctx, l); err != nil {
				return nil, fmt.Errorf("mint the %s's side of the %s: %w", owner.name, t.label, err)
			}
			lots = append(lots, l)
		}
	}
	return lots, s.minted(ctx, lots)
}

// mint hands a side to the operators and asks for its tokens.
func (s *story) mint(ctx context.Context, l *tokenLot) error {
	contracts := l.owner.client.Contracts
	set, err := contracts.ExportPresigned(ctx, &alkv1.ExportPresignedRequest{Contract: l.trade.id})
	if err != nil {
		return err
	}
	pack := &bridgev1.LotPackage{
		TowerPackage: set.GetPackage(), Side: set.GetSide(), To: s.bridge.holders[l.owner.name].at.Hex(),
	}
	if pack.VaultSalt, err = hex.DecodeString(set.GetContract().GetOwnVault().GetSalt()); err != nil {
		return fmt.Errorf("salt: %w", err)
	}
	if pack.IndexParams, err = hex.DecodeString(set.GetIndexParams()); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	prepared, err := s.relay().PrepareLot(ctx, &bridgev1.PrepareLotRequest{Package: pack})
	if err != nil {
		return err
	}
	signed, err := contracts.SignMint(ctx, &alkv1.SignMintRequest{
		Contract: l.trade.id, DomainSeparator: prepared.GetDomainSeparator(), LotId: prepared.GetLotId(), To: prepared.GetTo(),
	})
	if err != nil {
		return err
	}
	pack.OwnerSignature = signed.GetSignature()
	made, err := s.relay().Mint(ctx, &bridgev1.MintRequest{Package: pack, PostBond: true})
	l.id = made.GetLotId()
	return err
}

// minted waits until the fundings are deep enough and the units of the lots are there, and has
// their owners wrap them: the relay mints to accounts that are not its own.
func (s *story) minted(ctx context.Context, lots []*tokenLot) error {
	if err := s.mine(ctx, provenDepth); err != nil {
		return err
	}
	for _, l := range lots {
		if err := s.lot(ctx, l, "live"); err != nil {
			return err
		}
		at, id := s.bridge.contracts["bridge"], [32]byte(common.FromHex(l.id))
		if _, err := s.bridge.evm.transact(ctx, s.bridge.holders[l.owner.name], &at, bridgC.PackWrap(id, l.now.GetUnits())); err != nil {
			return fmt.Errorf("wrap the %s's lot of the %s: %w", l.owner.name, l.trade.label, err)
		}
		series, err := s.series(ctx, l, "live")
		if err != nil {
			return err
		}
		l.token = common.HexToAddress(series.GetToken())
		if err := s.say("the %s's side of the %s is %s tokens of its series: %d of %d operators attested the pre-signed contract, and its funding is proven",
			l.owner.name, l.trade.label, number(int64(l.now.GetUnits())), operatorsSign, operatorCount); err != nil { //nolint:gosec // G115: below 21e14
			return err
		}
	}
	return nil
}

// lot waits until a lot is in a state.
func (s *story) lot(ctx context.Context, l *tokenLot, state string) error {
	return s.until(ctx, fmt.Sprintf("the %s's lot of the %s to be %s", l.owner.name, l.trade.label, state), func() (bool, error) {
		answer, err := s.relay().ListLots(ctx, &bridgev1.ListLotsRequest{LotId: l.id})
		if err != nil {
			return false, err
		}
		for _, now := range answer.GetLots() {
			l.now = now
		}
		return l.now.GetState() == state, nil
	})
}

// series waits until the series of a lot is in a state.
func (s *story) series(ctx context.Context, l *tokenLot, state string) (*bridgev1.Series, error) {
	var found *bridgev1.Series
	err := s.until(ctx, fmt.Sprintf("the series of the %s's %s to be %s", l.owner.name, l.trade.label, state), func() (bool, error) {
		answer, err := s.relay().ListSeries(ctx, &bridgev1.ListSeriesRequest{SeriesId: l.now.GetSeriesId()})
		if err != nil {
			return false, err
		}
		for _, now := range answer.GetSeries() {
			found = now
		}
		return found.GetState() == state, nil
	})
	return found, err
}

// transfer moves tokens.
func (s *story) transfer(ctx context.Context, token common.Address, from, to string, amount uint64) error {
	b := s.bridge
	_, err := b.evm.transact(ctx, b.holders[from], &token, erc20.PackTransfer(b.holders[to].at, new(big.Int).SetUint64(amount)))
	return err
}

// held is how many tokens somebody has.
func (s *story) held(ctx context.Context, token common.Address, name string) (uint64, error) {
	n, err := s.bridge.evm.number(ctx, token, erc20.PackBalanceOf(s.bridge.holders[name].at))
	if err != nil {
		return 0, err
	}
	return n.Uint64(), nil
}

// split has each owner give a third of his tokens to ann and to bob.
func (s *story) split(ctx context.Context, lots []*tokenLot) error {
	for _, l := range lots {
		third := l.now.GetUnits() / 3
		for _, to := range []string{"ann", "bob"} {
			if err := s.transfer(ctx, l.token, l.owner.name, to, third); err != nil {
				return err
			}
		}
	}
	return s.say("each of the four positions is split: a third for ann, a third for bob, the rest stays with who minted it")
}

// settleTokens lets the days pass: the oracles attest, anyone prices, and an operator
// completes the settlement.
func (s *story) settleTokens(ctx context.Context, lots []*tokenLot) error {
	last := s.trades[0].terms.GetStartDay() + bridgedDays - 1
	for s.today() <= last {
		if err := s.calendar.EndDay(dayConfirmations); err != nil {
			return err
		}
		s.bridge.evm.follow(s.calendar.Now())
		if err := s.followed(ctx); err != nil {
			return err
		}
	}
	if err := s.say("%s is over: the oracles attest, and their signatures are verified on the EVM chain", date(last)); err != nil {
		return err
	}
	for _, l := range lots {
		series, err := s.series(ctx, l, "priced")
		if err != nil {
			return err
		}
		if err := s.tell("%s of the %s: 1.00000000 token pays %s", series.GetKey().GetSide(), l.trade.label, sats(int64(series.GetPayoutPerUnit()))); err != nil { //nolint:gosec // G115: below 21e14
			return err
		}
	}
	for _, t := range s.trades {
		if err := s.reach(ctx, t, "Settling"); err != nil {
			return err
		}
		if err := s.pooled(ctx, t.now[t.long].GetSpend().GetTxid()); err != nil {
			return err
		}
	}
	if err := s.mine(ctx, provenDepth); err != nil {
		return err
	}
	for _, l := range lots {
		if err := s.lot(ctx, l, "final"); err != nil {
			return err
		}
		if err := s.tell("the %s's vault of the %s has %s, proven", l.owner.name, l.trade.label, sats(int64(l.now.GetSats()))); err != nil { //nolint:gosec // G115: below 21e14
			return err
		}
	}
	for _, t := range s.trades {
		if err := s.reach(ctx, t, "Closed"); err != nil {
			return err
		}
	}
	// A day for contests, after which the series open.
	if err := s.mine(ctx, blocksPerDay+2); err != nil {
		return err
	}
	for _, l := range lots {
		if _, err := s.series(ctx, l, "open"); err != nil {
			return err
		}
	}
	return s.say("a day has passed in which nobody contested; the series are open")
}

// claim is a redemption with who asked for it.
type claim struct {
	lot    *tokenLot
	holder string
	now    *bridgev1.Redemption
}

// redeemable is the least that the contracts pay out, satoshi.
const redeemable = 10_000

// redeem has every holder burn what he has, and waits until all of it is paid.
func (s *story) redeem(ctx context.Context, lots []*tokenLot) ([]*claim, error) {
	asked := 0
	for _, l := range lots {
		series, err := s.series(ctx, l, "open")
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"ann", "bob", l.owner.name, other(l.owner.name)} {
			amount, err := s.held(ctx, l.token, name)
			if err != nil {
				return nil, err
			}
			due := new(big.Int).Mul(new(big.Int).SetUint64(amount), new(big.Int).SetUint64(series.GetSats()))
			if amount == 0 || due.Div(due, new(big.Int).SetUint64(max(1, series.GetSupply()))).Uint64() < redeemable {
				continue
			}
			if err := s.burn(ctx, series, name, amount); err != nil {
				return nil, fmt.Errorf("%s redeems tokens of the %s: %w", name, l.trade.label, err)
			}
			asked++
		}
	}
	if err := s.say("%d times a holder burns his tokens for bitcoin; the operators have 72 hours to pay", asked); err != nil {
		return nil, err
	}
	return s.paidOut(ctx, lots, asked)
}

// burial is how payments get into the chain and deep enough: deep counts the blocks since
// the mempool was empty, idle how often there was nothing to do.
type burial struct{ deep, idle int }

// turnAfter is how often there is nothing to do before hours pass, in which redemptions
// are gathered or it becomes another operator's turn.
const turnAfter = 80

// step mines a block, a minute after the last, once the relay has seen that, if the
// mempool has a transaction or the last one that it had is not deep yet.
func (b *burial) step(ctx context.Context, s *story) error {
	tip, err := s.btc.RPC().GetBlockCount()
	if err != nil {
		return fmt.Errorf("tip: %w", err)
	}
	status, err := s.relay().GetStatus(ctx, &bridgev1.GetStatusRequest{})
	if err != nil || int64(status.GetBitcoinHeight()) < tip {
		return err
	}
	pool, err := s.btc.RPC().GetRawMempool()
	if err != nil {
		return fmt.Errorf("mempool: %w", err)
	}
	if len(pool) > 0 {
		b.deep = 0
	}
	switch {
	case b.deep < provenDepth:
		b.deep++
		_, err = s.calendar.BlockAt(s.calendar.Now().Add(time.Minute))
	case b.idle%turnAfter == 0:
		b.idle++
		_, err = s.calendar.Block()
	default:
		b.idle++
	}
	s.bridge.evm.follow(s.calendar.Now())
	return err
}

func other(name string) string {
	if name == "miner" {
		return "buyer"
	}
	return "miner"
}

// burn redeems tokens to an address of the holder: the wallets' of miner and buyer, and
// for ann and bob a fresh one of the miner's and the buyer's, as if they were friends.
func (s *story) burn(ctx context.Context, series *bridgev1.Series, name string, amount uint64) error {
	wallet := s.miner
	if name == "buyer" || name == "bob" {
		wallet = s.buyer
	}
	answer, err := wallet.client.Wallet.NewAddress(ctx, &alkv1.NewAddressRequest{})
	if err != nil {
		return err
	}
	script, err := scriptOf(answer.GetAddress())
	if err != nil {
		return err
	}
	id := [32]byte(common.FromHex(series.GetId()))
	at := s.bridge.contracts["bridge"]
	const maxFee = 5_000
	_, err = s.bridge.evm.transact(ctx, s.bridge.holders[name], &at, bridgC.PackRedeem(id, false, amount, script, maxFee))
	return err
}

// paidOut waits until all redemptions are paid and proven, and then done.
func (s *story) paidOut(ctx context.Context, lots []*tokenLot, asked int) ([]*claim, error) {
	var all []*bridgev1.Redemption
	are := func(states string) func() (bool, error) {
		return func() (bool, error) {
			answer, err := s.relay().ListRedemptions(ctx, &bridgev1.ListRedemptionsRequest{})
			all = answer.GetRedemptions()
			for _, r := range all {
				if !strings.Contains(states, r.GetState()) {
					return false, err
				}
			}
			return len(all) == asked, err
		}
	}
	if err := s.until(ctx, "the redemptions to be seen", are("requested paid done")); err != nil {
		return nil, err
	}
	paid := are("paid done")
	way := &burial{deep: provenDepth}
	err := s.until(ctx, "the payments to be proven", func() (bool, error) {
		ok, err := paid()
		if !ok && err == nil {
			err = way.step(ctx, s)
		}
		return ok, err
	})
	if err != nil {
		return nil, err
	}
	if err := s.mine(ctx, blocksPerDay+2); err != nil {
		return nil, err
	}
	if err := s.until(ctx, "the payments to be final", are("done")); err != nil {
		return nil, err
	}
	claims := make([]*claim, 0, len(all))
	for _, r := range all {
		c := &claim{now: r}
		for _, l := range lots {
			if l.now.GetSeriesId() == r.GetId() {
				c.lot = l
			}
		}
		for name, who := range s.bridge.holders {
			if who.at == common.HexToAddress(r.GetOwner()) {
				c.holder = name
			}
		}
		if c.lot == nil || c.holder == "" {
			return nil, errors.New("a redemption that nobody asked for")
		}
		claims = append(claims, c)
	}
	return claims, s.say("all %d redemptions are paid in batches, signed by %d of %d operators, and proven on the EVM chain", asked, operatorsSign, operatorCount)
}

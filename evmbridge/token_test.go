package evmbridge_test

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

func TestOnlyTheBridgeMintsAndBurns(t *testing.T) {
	w, s, l := openWorld(t)
	one := big.NewInt(1)
	for _, who := range []actor{w.alice, w.bob, w.operators[0], w.guardians[0]} {
		w.refused(spv.ErrNotBridge, who, s.token, seriesC.PackMint(who.at, one))
		w.refused(spv.ErrNotBridge, who, s.token, seriesC.PackBurn(w.bob.at, one))
		w.refused(spv.ErrNotBridge, who, w.at.LotToken, lotC.PackMint(who.at, number(l.id), one))
		w.refused(spv.ErrNotBridge, who, w.at.LotToken, lotC.PackBurn(w.bob.at, number(l.id), one))
		w.refused(spv.ErrNotBridge, who, w.at.Bond, bondC.PackPledge(l.id, who.at, one, one))
		w.refused(spv.ErrNotBridge, who, w.at.Bond, bondC.PackForfeit(l.id, one))
		w.refused(spv.ErrNotBridge, who, w.at.Bond, bondC.PackDraw(one))
		w.refused(spv.ErrNotBridge, who, w.at.Bond, bondC.PackPayPot(who.at, 1))
		w.refused(spv.ErrNotFraud, who, w.at.Committee, committeeC.PackHalt())
	}
}

func TestSeriesTokensTellWhatTheyAre(t *testing.T) {
	w, s, _ := openWorld(t)
	if got := ask(w.evm, s.token, seriesC.PackDecimals(), seriesC.UnpackDecimals); got != 8 {
		t.Errorf("%d decimals", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackName(), seriesC.UnpackName); got != "Alkimiya long call-like days 19676-19705 sum 1200000-2100000" {
		t.Errorf("name %q", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackSymbol(), seriesC.UnpackSymbol); len(got) != 18 || got[:12] != "ALKCL-19705-" {
		t.Errorf("symbol %q", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackState(), seriesC.UnpackState); got != 3 {
		t.Errorf("state %d", got)
	}
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	if got := ask(w.evm, s.token, seriesC.PackPayoutPerUnit(), seriesC.UnpackPayoutPerUnit); got != owed*1e8/units {
		t.Errorf("pays %d for 1e8", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackBackingRatio(), seriesC.UnpackBackingRatio); got.Cmp(big.NewInt(1e18)) != 0 {
		t.Errorf("backing %v", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackSeriesKey(), seriesC.UnpackSeriesKey); got != s.id {
		t.Errorf("key %x", got)
	}
	if got := ask(w.evm, s.token, seriesC.PackExpiry(), seriesC.UnpackExpiry); got != uint64(s.key.LastDay+1)*day {
		t.Errorf("expiry %d", got)
	}
	// Before the price nothing is said; after it, what the price says.
	other := w.seriesOf(payout.Put, false)
	if got := ask(w.evm, other.token, seriesC.PackPayoutPerUnit(), seriesC.UnpackPayoutPerUnit); got != 0 {
		t.Errorf("pays %d before the price", got)
	}
	l := w.minted(other, w.bob, true)
	w.price(other, usual)
	if got := ask(w.evm, other.token, seriesC.PackState(), seriesC.UnpackState); got != 2 {
		t.Errorf("state %d", got)
	}
	due := uint64(other.owed(usual)) //nolint:gosec // G115: positive
	if got := ask(w.evm, other.token, seriesC.PackPayoutPerUnit(), seriesC.UnpackPayoutPerUnit); got/10 != due*1e7/units {
		t.Errorf("pays %d for 1e8, want %d", got, due*1e8/units)
	}
	w.spent(l, pay(l.from()))
	w.wait(day)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(l.terms)))
	if got := ask(w.evm, other.token, seriesC.PackBackingRatio(), seriesC.UnpackBackingRatio); got.Sign() != 0 {
		t.Errorf("backing %v of a series whose only lot was robbed", got)
	}
}

// A permit is good once, for its deadline, on its chain; and there is no standing
// allowance for anybody.
func TestPermitsAreNotReplayed(t *testing.T) {
	w, s, _ := openWorld(t)
	deadline := new(big.Int).SetUint64(w.now + day)
	separator := ask(w.evm, s.token, seriesC.PackDOMAINSEPARATOR(), seriesC.UnpackDOMAINSEPARATOR)
	pad := func(b []byte) []byte { return common.LeftPadBytes(b, 32) }
	kind := crypto.Keccak256([]byte("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"))
	message := crypto.Keccak256(kind, pad(w.bob.at[:]), pad(w.eve.at[:]), pad([]byte{100}), pad(nil), pad(deadline.Bytes()))
	sig := signDigest(t, w.bob, [32]byte(crypto.Keccak256([]byte{0x19, 1}, separator[:], message)))
	permit := seriesC.PackPermit(w.bob.at, w.eve.at, big.NewInt(100), deadline, sig[64], [32]byte(sig[:32]), [32]byte(sig[32:64]))
	w.send(w.eve, s.token, permit)
	w.refused(spv.ErrRevert, w.eve, s.token, permit)
	w.send(w.eve, s.token, seriesC.PackTransferFrom(w.bob.at, w.eve.at, big.NewInt(100)))
	w.refused(spv.ErrRevert, w.eve, s.token, seriesC.PackTransferFrom(w.bob.at, w.eve.at, big.NewInt(1)))
	permit2 := common.HexToAddress("0x000000000022D473030F116dDEE9F6B43aC78BA3")
	if got := ask(w.evm, s.token, seriesC.PackAllowance(w.bob.at, permit2), seriesC.UnpackAllowance); got.Sign() != 0 {
		t.Errorf("a standing allowance of %v", got)
	}
}

// Who lowers an allowance first to zero loses at most the old one to a spender who
// is quicker.
func TestApprovalRaceIsBoundedByZeroFirst(t *testing.T) {
	w, s, _ := openWorld(t)
	w.send(w.bob, s.token, seriesC.PackApprove(w.eve.at, big.NewInt(50)))
	w.send(w.eve, s.token, seriesC.PackTransferFrom(w.bob.at, w.eve.at, big.NewInt(50)))
	w.send(w.bob, s.token, seriesC.PackApprove(w.eve.at, big.NewInt(0)))
	w.refused(spv.ErrRevert, w.eve, s.token, seriesC.PackTransferFrom(w.bob.at, w.eve.at, big.NewInt(1)))
}

func TestWrapHasNoWayBack(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, false)
	w.send(w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1000))
	w.refused(spv.ErrRevert, w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, units-999))
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, bridgeC.PackWrap([32]byte{1}, 1))
	if w.lotBalance(l, w.bob)+w.seriesBalance(s, w.bob) != units || w.seriesBalance(s, w.bob) != 1000 {
		t.Errorf("units %d and %d", w.lotBalance(l, w.bob), w.seriesBalance(s, w.bob))
	}
	// Once the lot's end is proven, nothing can be wrapped any more: nobody puts a bad
	// lot's units into the series.
	w.price(s, usual)
	w.spent(l, pay(l.from()))
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1))
}

// An asset that calls back, or that takes a fee, gets nothing out of the bond.
func TestTheBondSurvivesItsAsset(t *testing.T) {
	w, s, _ := openWorld(t)
	held := func() uint64 {
		bond := w.at.Bond
		b := ask(w.evm, bond, bondC.PackOperatorBond(), bondC.UnpackOperatorBond)
		p := ask(w.evm, bond, bondC.PackPledged(), bondC.UnpackPledged)
		u := ask(w.evm, bond, bondC.PackUnpledged(), bondC.UnpackUnpledged)
		return b + p + u + ask(w.evm, bond, bondC.PackPots(), bondC.UnpackPots)
	}
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	w.wait(3*day + 1)
	slash := bridgeC.PackSlash(redemption(r))
	w.send(w.eve, w.asset.at, w.asset.pack(t, "reenter", w.at.Bridge, slash))
	before := w.assetOf(w.bob.at)
	w.send(w.eve, w.at.Bridge, slash)
	if got := w.assetOf(w.bob.at) - before; got != r.Sats*11/10 {
		t.Errorf("bob got %d by a slash that calls itself", got)
	}
	id := [32]byte{9}
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(id, 1000))
	again := bondC.PackWithdrawLot(id)
	w.send(w.eve, w.asset.at, w.asset.pack(t, "reenter", w.at.Bond, again))
	before = w.assetOf(w.carol.at)
	w.send(w.carol, w.at.Bond, again)
	if got := w.assetOf(w.carol.at) - before; got != 1000 {
		t.Errorf("carol got %d for 1,000", got)
	}
	if got := w.assetOf(w.at.Bond); got != held() {
		t.Errorf("the bond has %d and owes %d", got, held())
	}
	w.send(w.eve, w.asset.at, w.asset.pack(t, "setFee", big.NewInt(1)))
	w.refused(spv.ErrBadAsset, w.alice, w.at.Bond, bondC.PackPostOperator(1000))
	w.refused(spv.ErrBadAsset, w.carol, w.at.Bond, bondC.PackPostLot([32]byte{8}, 1000))
}

func TestOperatorsWithdrawOnlyWhatIsNotNeeded(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, true)
	w.price(s, usual)
	w.settled(l, usual)
	w.wait(day)
	surplus := func() uint64 { return ask(w.evm, w.at.Bond, bondC.PackSurplus(), bondC.UnpackSurplus).Uint64() }
	// The lot's bond goes back while the operators' covers the vault.
	w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	if want := 1_1000_0000 - (owed*11+9)/10; surplus() != want {
		t.Errorf("surplus %d, want %d", surplus(), want)
	}
	w.refused(spv.ErrBondTooLow, w.alice, w.at.Bond, bondC.PackGiveNotice(big.NewInt(1_1000_0001)))
	w.refused(spv.ErrTooEarly, w.alice, w.at.Bond, bondC.PackWithdraw())
	w.send(w.alice, w.at.Bond, bondC.PackGiveNotice(new(big.Int).SetUint64(surplus()+1)))
	w.wait(14 * day)
	w.refused(spv.ErrBondTooLow, w.alice, w.at.Bond, bondC.PackWithdraw())
	w.send(w.alice, w.at.Bond, bondC.PackGiveNotice(new(big.Int).SetUint64(surplus())))
	w.wait(14 * day)
	w.accepted(w.alice, w.at.Bond, bondC.PackWithdraw())
	w.wait(14*day + 1)
	w.refused(spv.ErrTooEarly, w.alice, w.at.Bond, bondC.PackWithdraw()) // a notice lapses
	w.send(w.alice, w.at.Bond, bondC.PackGiveNotice(new(big.Int).SetUint64(surplus())))
	w.wait(14 * day)
	w.send(w.alice, w.at.Bond, bondC.PackWithdraw())
	if surplus() != 0 {
		t.Errorf("surplus %d", surplus())
	}
}

func TestAssetMustHaveEightDecimals(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	wrong := w.deployHelper("Asset", uint8(18))
	for _, asset := range []common.Address{wrong.at, w.bob.at, w.at.Relay} {
		args := bondC.PackConstructor(asset, w.at.Bridge, w.at.Committee)
		receipt := w.try(w.alice, nil, append(common.FromHex(bondBin()), args...))
		if receipt.Status != types.ReceiptStatusFailed {
			t.Errorf("a bond of %v is deployed", asset)
		}
	}
}

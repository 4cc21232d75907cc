package itest_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// bridgedDeal is a contract of which both sides become tokens.
type bridgedDeal struct {
	b            *bridged
	miner, buyer *trader
	name         string
	// lots are the ids of the miner's and the buyer's.
	lots []*bridgev1.Lot
}

// tokens has a miner and a buyer make a contract whose payouts go to vaults, hand the
// pre-signed set to the operators, and mint both sides to the holder's account.
func (b *bridged) tokens(wrap bool) *bridgedDeal {
	b.t.Helper()
	d := &bridgedDeal{b: b, miner: b.trader(2), buyer: b.trader(2)}
	d.miner.meet(d.buyer)
	terms := b.terms()
	draft, top := b.swap(2), uint64(20_000) // both sides are paid something
	draft.Cap = &top
	offered := d.miner.offerTo(d.buyer, &alkv1.OfferContractRequest{
		Peer: d.buyer.key, Side: "short", Terms: draft, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay + 2*86_400,
		Bridge: terms,
	})
	d.name = offered.GetTempId()
	d.buyer.acceptOn(d.name, terms)
	d.buyer.phase(d.name, "Offered", "Accepted", "Signed", "Broadcast")
	c := d.miner.phase(d.name, "Broadcast")
	d.buyer.phase(d.name, "Broadcast")
	b.node.MustSee(txid(b.t, c.GetFunding().GetTxid()))
	b.mine(1)
	for _, tr := range []*trader{d.miner, d.buyer} {
		tr.phase(d.name, "Active")
		d.lots = append(d.lots, b.mint(tr, d.name, wrap))
	}
	b.mine(5)
	for i := range d.lots {
		d.lots[i] = b.lot(d.lots[i].GetId(), "live")
	}
	return d
}

// mint hands a trader's side over and asks for its units.
func (b *bridged) mint(tr *trader, name string, wrap bool) *bridgev1.Lot {
	b.t.Helper()
	ctx := b.t.Context()
	set, err := tr.Contracts.ExportPresigned(ctx, &alkv1.ExportPresignedRequest{Contract: name})
	require.NoError(b.t, err)
	salt, err := hex.DecodeString(tr.contract(name).GetOwnVault().GetSalt())
	require.NoError(b.t, err)
	params, err := hex.DecodeString(set.GetIndexParams())
	require.NoError(b.t, err)
	pkg := &bridgev1.LotPackage{
		TowerPackage: set.GetPackage(), Side: set.GetSide(), VaultSalt: salt, IndexParams: params, To: b.holder.Entry.Account,
	}
	prepared, err := b.holder.PrepareLot(ctx, &bridgev1.PrepareLotRequest{Package: pkg})
	require.NoError(b.t, err)
	_, err = b.holder.Mint(ctx, &bridgev1.MintRequest{Package: pkg, Wrap: wrap, PostBond: true})
	require.Error(b.t, err, "nobody signed for it")
	signed, err := tr.Contracts.SignMint(ctx, &alkv1.SignMintRequest{
		Contract: name, DomainSeparator: prepared.GetDomainSeparator(), LotId: prepared.GetLotId(), To: prepared.GetTo(),
	})
	require.NoError(b.t, err)
	pkg.OwnerSignature = signed.GetSignature()
	made, err := b.holder.Mint(ctx, &bridgev1.MintRequest{Package: pkg, Wrap: wrap, PostBond: true})
	require.NoError(b.t, err)
	require.Equal(b.t, prepared.GetLot().GetId(), made.GetLotId())
	return prepared.GetLot()
}

// sleep stops both traders: what happens from now on, others do.
func (d *bridgedDeal) sleep() {
	d.miner.daemon.Stop()
	d.buyer.daemon.Stop()
}

// settle lets the contract's days pass: the oracles attest, an operator completes the CET,
// and relays prove it.
func (d *bridgedDeal) settle() (minted []*bridgev1.Lot) {
	b := d.b
	b.t.Helper()
	key := b.series(d.lots[0].GetSeriesId(), "live").GetKey()
	for b.today() <= key.GetLastDay() {
		b.passDay()
	}
	for _, l := range d.lots {
		b.series(l.GetSeriesId(), "priced")
	}
	spend := b.spent(d.lots[0])
	b.node.MustSee(spend)
	b.mine(6)
	for _, l := range d.lots {
		final := b.lot(l.GetId(), "final")
		require.Equal(b.t, "cet", final.GetKind())
		require.Equal(b.t, spend.String(), final.GetSpendTxid())
		minted = append(minted, final)
	}
	return minted
}

// spent waits until the mempool has a transaction that spends a lot's funding output.
func (b *bridged) spent(l *bridgev1.Lot) (spend chainhash.Hash) {
	b.t.Helper()
	harness.Eventually(b.t, "the CET", func(context.Context) error {
		pool, err := b.node.RPC().GetRawMempool()
		if err != nil {
			return err
		}
		for _, id := range pool {
			tx, err := b.node.RPC().GetRawTransaction(id)
			if err != nil {
				return err
			}
			for _, in := range tx.MsgTx().TxIn {
				if fmt.Sprintf("%v:%d", in.PreviousOutPoint.Hash, in.PreviousOutPoint.Index) == l.GetFunding() {
					spend = *id
					return nil
				}
			}
		}
		return fmt.Errorf("none of %d transactions", len(pool))
	})
	return spend
}

// addresses are one of each form that a redemption may be paid to.
func addresses(t testing.TB) map[string]string {
	t.Helper()
	key := testkit.Key("redeemer").PubKey()
	params := regtest.Params()
	out := map[string]string{}
	add := func(form string, a btcutil.Address, err error) {
		require.NoError(t, err)
		out[form] = a.EncodeAddress()
	}
	hash := btcutil.Hash160(key.SerializeCompressed())
	p2pkh, err := btcutil.NewAddressPubKeyHash(hash, params)
	add("P2PKH", p2pkh, err)
	p2sh, err := btcutil.NewAddressScriptHashFromHash(hash, params)
	add("P2SH", p2sh, err)
	p2wpkh, err := btcutil.NewAddressWitnessPubKeyHash(hash, params)
	add("P2WPKH", p2wpkh, err)
	p2wsh, err := btcutil.NewAddressWitnessScriptHash(chainhash.HashB(hash), params)
	add("P2WSH", p2wsh, err)
	p2tr, err := btcutil.NewAddressTaproot(schnorr.SerializePubKey(key), params)
	add("P2TR", p2tr, err)
	return out
}

// redemptions waits until all redemptions are in one of the states.
func (b *bridged) redemptions(states ...string) []*bridgev1.Redemption {
	b.t.Helper()
	var all []*bridgev1.Redemption
	b.waitBridge(fmt.Sprintf("redemptions to be %v", states), func(ctx context.Context) error {
		answer, err := b.holder.ListRedemptions(ctx, &bridgev1.ListRedemptionsRequest{})
		if err != nil {
			return err
		}
		all = answer.GetRedemptions()
		if len(all) == 0 {
			return errors.New("there are none")
		}
		for _, r := range all {
			if !slices.Contains(states, r.GetState()) {
				err = errors.Join(err, fmt.Errorf("redemption %d is %s", r.GetNonce(), r.GetState()))
			}
		}
		return err
	})
	return all
}

// redeemAll redeems every unit of the deal: those of the series in five parts, one to
// each form of address.
func (d *bridgedDeal) redeemAll() {
	b := d.b
	b.t.Helper()
	to := addresses(b.t)
	forms := []string{"P2PKH", "P2SH", "P2WPKH", "P2WSH", "P2TR"}
	first := b.series(d.lots[0].GetSeriesId(), "open")
	for i, form := range forms {
		amount := first.GetBalance() / uint64(len(forms))
		if i == len(forms)-1 {
			amount = 0 // the rest
		}
		b.accepted(b.holder.Redeem(b.t.Context(), &bridgev1.RedeemRequest{Id: first.GetId(), Amount: amount, Address: to[form]}))
	}
	second := b.series(d.lots[1].GetSeriesId(), "open")
	b.accepted(b.holder.Redeem(b.t.Context(), &bridgev1.RedeemRequest{Id: second.GetId(), Address: to["P2TR"]}))
	require.Zero(b.t, b.series(first.GetId(), "open").GetBalance())
}

// TestTokensComeHomeThroughThePrograms: three operators, a holder's relay, two traders and
// three oracles, all real programs, on btcd and an EVM chain. Both sides of a contract
// become tokens, some are traded, the contract settles without the traders and with one
// operator dead, every unit is redeemed, and not a satoshi is missing.
func TestTokensComeHomeThroughThePrograms(t *testing.T) {
	t.Logf("begun at %v", time.Now())
	b := newBridged(t)
	t.Logf("deployed at %v", time.Now())
	d := b.tokens(true)
	t.Logf("minted at %v", time.Now())
	status, err := b.holder.GetStatus(t.Context(), &bridgev1.GetStatusRequest{})
	require.NoError(t, err)
	require.Contains(t, status.GetTrust(), "NOT trustless")
	verified, err := b.holder.VerifyDeployment(t.Context(), &bridgev1.VerifyDeploymentRequest{})
	require.NoError(t, err)
	require.True(t, verified.GetOk(), verified.GetProblem())
	d.sleep()
	b.operators[2].Kill()
	lots := d.settle()
	t.Logf("settled at %v", time.Now())
	b.holder.Stop() // what it is about to do is on disk and on both chains
	b.holder.Start()
	b.passDay()
	d.redeemAll()
	t.Logf("redeemed at %v", time.Now())
	asked := b.redemptions("requested", "paid")
	require.Len(t, asked, 6)
	b.passDay() // they have gathered long enough
	b.pays()
	paid := b.redemptions("paid", "done")
	b.passDay()
	b.passDay()
	b.redemptions("done")
	b.reconcile(lots, paid)
	for _, l := range lots {
		token := common.HexToAddress(b.series(l.GetSeriesId(), "open").GetToken())
		call := bindings.NewSeriesToken().PackTotalSupply()
		require.Zero(t, b.number(token, call))
	}
	status, err = b.holder.GetStatus(t.Context(), &bridgev1.GetStatusRequest{})
	require.NoError(t, err)
	require.Zero(t, status.GetVaultSats())
	require.Zero(t, status.GetLiveUnits())
	for _, p := range b.operators[:2] {
		out := p.Command("status")
		require.Zero(t, out.ExitCode, out.Stderr)
		require.Contains(t, out.Stdout, "operators  2 of 3")
	}
	b.operators[2].Start()
}

// number asks a contract for a number.
func (b *bridged) number(at common.Address, call []byte) uint64 {
	b.t.Helper()
	answer, err := b.evm.Client().CallContract(b.t.Context(), callMessage(at, call), nil)
	require.NoError(b.t, err)
	return new(big.Int).SetBytes(answer).Uint64()
}

// pays mines what the operators pay, six deep each time, until all is proven.
func (b *bridged) pays() {
	b.t.Helper()
	idle := 0
	harness.Eventually(b.t, "the payments", func(ctx context.Context) error {
		pool, err := b.node.RPC().GetRawMempool()
		if err != nil {
			return err
		}
		if len(pool) > 0 {
			b.mine(6)
		}
		if idle++; idle%100 == 0 {
			b.mine(1) // it becomes another operator's turn
		}
		answer, err := b.holder.ListRedemptions(ctx, &bridgev1.ListRedemptionsRequest{})
		if err != nil {
			return err
		}
		for _, r := range answer.GetRedemptions() {
			if r.GetState() != "paid" && r.GetState() != "done" {
				return fmt.Errorf("redemption %d is %s", r.GetNonce(), r.GetState())
			}
		}
		return nil
	})
}

// reconcile compares what was paid with what the CET put into the vaults: payments, fees
// and change are the vault outputs, to the satoshi.
func (b *bridged) reconcile(lots []*bridgev1.Lot, paid []*bridgev1.Redemption) {
	b.t.Helper()
	var vaults, claims uint64
	for _, l := range lots {
		vaults += l.GetSats()
	}
	seen := map[string]bool{}
	var in, out, fees int64
	scripts := map[string]bool{}
	for _, l := range lots {
		scripts[string(l.GetVaultScript())] = true
	}
	for _, r := range paid {
		claims += r.GetSats()
		if seen[r.GetTxid()] {
			continue
		}
		seen[r.GetTxid()] = true
		tx := b.transaction(r.GetTxid())
		var spent, left int64
		for _, input := range tx.TxIn {
			before := b.transaction(input.PreviousOutPoint.Hash.String()).TxOut[input.PreviousOutPoint.Index]
			require.True(b.t, scripts[string(before.PkScript)], "a batch spends vaults")
			spent += before.Value
		}
		for _, output := range tx.TxOut {
			left += output.Value
			if !scripts[string(output.PkScript)] && !txscript.IsNullData(output.PkScript) {
				out += output.Value
			}
		}
		fees += spent - left
		in += spent
	}
	require.Equal(b.t, vaults, claims, "what is claimed is what the vaults got")
	require.EqualValues(b.t, vaults, out+fees, "payments and fees are what the vaults got; nothing is left")
	for _, r := range paid {
		tx := b.transaction(r.GetTxid())
		at := slices.IndexFunc(tx.TxOut, func(o *wire.TxOut) bool { return string(o.PkScript) == string(r.GetScript()) })
		require.GreaterOrEqual(b.t, at, 0)
		require.LessOrEqual(b.t, r.GetSats()-uint64(tx.TxOut[at].Value), r.GetMaxFee()) //nolint:gosec // G115: an amount
	}
	require.Positive(b.t, in)
}

// transaction reads a transaction that is in a block.
func (b *bridged) transaction(id string) *wire.MsgTx {
	b.t.Helper()
	hash := txid(b.t, id)
	tx, err := b.node.RPC().GetRawTransaction(&hash)
	require.NoError(b.t, err)
	return tx.MsgTx()
}

// TestTwoDeadOperatorsAreSlashed: after the contract has settled two of three operators die.
// Nobody pays; when the deadline is over a watcher has the holder compensated.
func TestTwoDeadOperatorsAreSlashed(t *testing.T) {
	harness.Long(t)
	b := newBridged(t)
	d := b.tokens(true)
	d.sleep()
	d.settle()
	b.operators[1].Kill()
	b.operators[2].Kill()
	b.passDay()
	d.redeemAll()
	before := b.assetOf(newEVMAccount("holder").at)
	var owed uint64
	for _, r := range b.redemptions("requested") {
		owed += r.GetSats() * 11 / 10
	}
	for range 4 {
		b.passDay()
	}
	b.redemptions("slashed")
	require.Equal(t, owed, b.assetOf(newEVMAccount("holder").at)-before)
	b.operators[1].Start()
	b.operators[2].Start()
}

// assetOf is what an account holds of the bonds' asset.
func (b *bridged) assetOf(who common.Address) uint64 {
	b.t.Helper()
	return b.number(b.asset, bindings.NewSeriesToken().PackBalanceOf(who))
}

// TestARefundComesHome: the oracles stay silent; an operator completes the refund, its lock
// time over, and units are redeemed at the refund's value.
func TestARefundComesHome(t *testing.T) {
	harness.Long(t)
	b := newBridged(t)
	d := b.tokens(false)
	d.sleep()
	b.silence()
	key := b.series(d.lots[0].GetSeriesId(), "live").GetKey()
	require.NoError(t, b.cal.Until(time.Unix(int64(key.GetRefundLocktime()), 0)))
	b.mine(7) // the median time has to pass it, too
	spend := b.spent(d.lots[0])
	require.Equal(t, d.lots[0].GetRefundTxid(), spend.String())
	b.mine(6)
	for _, l := range d.lots {
		final := b.lot(l.GetId(), "final")
		require.Equal(t, "refund", final.GetKind())
		require.Equal(t, l.GetRefundSats(), final.GetSats())
	}
	require.NoError(t, b.cal.Until(b.cal.Now().Add(25*time.Hour)))
	b.follow()
	to := addresses(t)
	for _, l := range d.lots {
		b.series(l.GetSeriesId(), "open")
		b.accepted(b.holder.Redeem(t.Context(), &bridgev1.RedeemRequest{Id: l.GetId(), Address: to["P2TR"]}))
	}
	require.NoError(t, b.cal.Until(b.cal.Now().Add(2*time.Hour)))
	b.follow()
	b.pays()
}

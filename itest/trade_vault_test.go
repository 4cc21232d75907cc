package itest_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	dlcwire "github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/api"
)

// vaultBridge is a bridge on an EVM chain that nobody asks: three operators, two of
// whom spend a vault. The keys are in the order of the committee.
func vaultBridge() (*alkv1.BridgeTerms, []*btcec.PrivateKey) {
	terms := &alkv1.BridgeTerms{ChainId: 1337, Bridge: "0x" + strings.Repeat("b0", 20), Threshold: 2}
	operators := []*btcec.PrivateKey{testkit.Key("operator 0"), testkit.Key("operator 1"), testkit.Key("operator 2")}
	slices.SortFunc(operators, func(a, b *btcec.PrivateKey) int {
		return bytes.Compare(schnorr.SerializePubKey(a.PubKey()), schnorr.SerializePubKey(b.PubKey()))
	})
	for _, key := range operators {
		terms.Operators = append(terms.Operators, hex.EncodeToString(schnorr.SerializePubKey(key.PubKey())))
	}
	return terms, operators
}

// tokenise has the miner sell and the buyer accept with both payouts going to vaults.
func (m *market) tokenise(miner, buyer *trader, bridge *alkv1.BridgeTerms) *deal {
	m.t.Helper()
	terms := m.swap(1)
	terms.K, terms.Cap = 15_000, strike(40_000) // so that both sides get something
	offered := miner.offerTo(buyer, &alkv1.OfferContractRequest{
		Peer: buyer.key, Side: "short", Terms: terms, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay, Bridge: bridge,
	})
	d := &deal{m: m, name: offered.GetTempId(), miner: miner, buyer: buyer}
	buyer.acceptOn(d.name, bridge)
	buyer.phase(d.name, "Offered", "Accepted", "Signed", "Broadcast")
	c := miner.phase(d.name, "Broadcast")
	buyer.phase(d.name, "Broadcast")
	m.node.MustSee(txid(m.t, c.GetFunding().GetTxid()))
	m.minutes(1)
	d.both("Active")
	return d
}

// TestATokenisedContractPaysTheVaultsOfItsBridge runs a contract of which both sides
// pay vaults on real daemons and a real chain: nobody can close it, also not after a
// restart; the pre-signed set of either side settles it without the daemons; and two
// operators, and no party, spend what the vaults got.
func TestATokenisedContractPaysTheVaultsOfItsBridge(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders(harness.WithArgs("--t-settle=2"))
	bridge, operators := vaultBridge()
	d := m.tokenise(miner, buyer, bridge)
	for _, tr := range []*trader{miner, buyer} {
		tr.down()
		tr.up()
		tr.back()
		c := tr.contract(d.name)
		require.True(t, c.GetBridged())
		require.Equal(t, bridge.GetOperators(), c.GetOwnVault().GetBridge().GetOperators())
		_, err := tr.Contracts.CloseContract(t.Context(), &alkv1.CloseContractRequest{Contract: d.name, OwnSat: 100_000, SatPerVbyte: 3})
		require.Equal(t, connect.CodeFailedPrecondition, connect.CodeOf(err), "an exit: %v", err)
	}
	miner.connected(buyer)
	sets := map[*trader]*alkv1.ExportPresignedResponse{}
	for _, tr := range []*trader{miner, buyer} {
		set, err := tr.Contracts.ExportPresigned(t.Context(), &alkv1.ExportPresignedRequest{Contract: d.name})
		require.NoError(t, err)
		require.Equal(t, tr.contract(d.name).GetSide(), set.GetSide())
		require.Len(t, set.GetIndexParams(), 64)
		sets[tr] = set
		tr.asksForTokens(d.name, set)
	}
	require.Equal(t, sets[miner].GetPackage(), sets[buyer].GetPackage(), "both hold the same set")

	// The daemons sleep; who holds the set, and no key, settles.
	miner.daemon.Stop()
	buyer.daemon.Stop()
	end := m.endOf(sets[miner])
	for m.today() <= end {
		m.endDay()
	}
	cet := m.settle(sets[miner])
	_, err := m.node.RPC().SendRawTransaction(cet, true)
	require.NoError(t, err, "the CET of the set")
	m.minutes(1)
	for _, tr := range []*trader{miner, buyer} {
		tr.daemon.Start()
		tr.back()
	}
	d.both("Settling")
	sold, bought := d.final("Closed")
	require.Equal(t, "cet", sold.GetSpend().GetKind())
	t.Logf("outcome %d: short %d, long %d", sold.GetOutcome(), sold.GetOwnPayoutSat(), sold.GetPeerPayoutSat())
	require.Equal(t, cet.TxHash().String(), sold.GetSpend().GetTxid())
	require.Equal(t, sold.GetCollateralSat(), sold.GetOwnPayoutSat()+sold.GetPeerPayoutSat(), "a CET pays exactly")
	m.spendVaults(cet, operators, sold, bought)
}

// asksForTokens has a trader ask for tokens of a lot, and checks the signature.
func (tr *trader) asksForTokens(name string, set *alkv1.ExportPresignedResponse) {
	tr.t.Helper()
	separator, lot, to := [32]byte{1}, [32]byte{2}, [20]byte{3}
	answer, err := tr.Contracts.SignMint(tr.t.Context(), &alkv1.SignMintRequest{
		Contract: name, DomainSeparator: separator[:], LotId: lot[:], To: to[:],
	})
	require.NoError(tr.t, err)
	state := restored(tr.t, set)
	deal, err := contract.DealOf(state)
	require.NoError(tr.t, err)
	party := deal.Offer.Party
	if tr.contract(name).GetRole() == "accepter" {
		party = deal.Accept.Party
	}
	require.NoError(tr.t, vault.VerifyRequest(party.Contract, separator, lot, to, [64]byte(answer.GetSignature())))
}

// restored reads a pre-signed set as an operator does.
func restored(t testing.TB, set *alkv1.ExportPresignedResponse) contract.State {
	t.Helper()
	state, _, err := contract.Restore(contract.Recovery{Params: contract.DefaultParams(), Tower: set.GetPackage()})
	require.NoError(t, err)
	return state
}

// endOf is the last day of a set's contract.
func (m *market) endOf(set *alkv1.ExportPresignedResponse) uint32 {
	m.t.Helper()
	return set.GetContract().GetTerms().GetEndDay()
}

// settle completes the CET of what the oracles attested, from the set alone.
func (m *market) settle(set *alkv1.ExportPresignedResponse) *wire.MsgTx {
	m.t.Helper()
	state := restored(m.t, set)
	tower, err := dlcwire.DecodeTowerPackage(set.GetPackage())
	require.NoError(m.t, err)
	var attestations [][]byte
	for _, o := range m.oracles {
		c, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: o.Key, URL: o.URL()}}})
		require.NoError(m.t, err)
		harness.Eventually(m.t, "an attestation", func(ctx context.Context) error {
			a, err := c.Attestation(ctx, o.Key, set.GetContract().GetTerms().GetEvent())
			if err == nil {
				attestations = append(attestations, a.Encode())
			}
			return err
		})
		state, _, err = contract.Step(state, contract.AttestationReceived{Clock: state.Clock, Message: attestations[len(attestations)-1]})
		require.NoError(m.t, err)
	}
	agreed, ok := state.Attested()
	require.True(m.t, ok)
	outcome, _ := state.Outcome()
	raw, err := contract.MakeCET(state, outcome, agreed, tower.Accept, tower.Sign, attestations)
	require.NoError(m.t, err)
	cet := wire.NewMsgTx(2)
	require.NoError(m.t, cet.Deserialize(bytes.NewReader(raw)))
	return cet
}

// vaultChain is the operators' view of both chains: every redemption was burned, and
// coins are what btcd says.
type vaultChain struct {
	m      *market
	vaults []*vault.Vault
}

func (c *vaultChain) Finalized(context.Context, [32]byte) (bool, error) { return true, nil }

// Output asks btcd for a coin in the chain.
func (c *vaultChain) Output(_ context.Context, at wire.OutPoint) ([]byte, btcutil.Amount, error) {
	out, err := c.m.node.RPC().GetTxOut(&at.Hash, at.Index, false)
	if err != nil {
		return nil, 0, err
	}
	if out == nil {
		return nil, 0, vault.ErrNotVault
	}
	script, err := hex.DecodeString(out.ScriptPubKey.Hex)
	if err != nil {
		return nil, 0, err
	}
	value, err := btcutil.NewAmount(out.Value)
	return script, value, err
}

func (c *vaultChain) vaultOf(script []byte) *vault.Vault {
	at := slices.IndexFunc(c.vaults, func(v *vault.Vault) bool { return bytes.Equal(v.Script(), script) })
	if at < 0 {
		return nil
	}
	return c.vaults[at]
}

// spendVaults has two of three operators pay what the vaults got, in one batch for
// one redemption; one operator alone cannot.
func (m *market) spendVaults(cet *wire.MsgTx, operators []*btcec.PrivateKey, sides ...*alkv1.Contract) {
	m.t.Helper()
	chain := &vaultChain{m: m}
	var coins []vault.Coin
	var sum btcutil.Amount
	for _, side := range sides {
		v := m.vaultOf(side.GetOwnVault(), operators)
		at := slices.IndexFunc(cet.TxOut, func(out *wire.TxOut) bool { return bytes.Equal(out.PkScript, v.Script()) })
		require.GreaterOrEqual(m.t, at, 0, "the CET pays %x: %+v", v.Script(), cet.TxOut)
		require.EqualValues(m.t, side.GetOwnPayoutSat(), cet.TxOut[at].Value)
		coin := vault.Coin{Outpoint: wire.OutPoint{Hash: cet.TxHash(), Index: uint32(at)}, Value: btcutil.Amount(cet.TxOut[at].Value), Vault: v} //nolint:gosec // G115: two outputs
		coins, chain.vaults, sum = append(coins, coin), append(chain.vaults, v), sum+coin.Value
	}
	domain := spv.Domain{ChainID: big.NewInt(1337)}
	script := append([]byte{txscript.OP_0, 20}, make([]byte, 20)...)
	redemption := spv.Redemption{Sats: uint64(sum), MaxFee: 5_000, Nonce: 1, Script: script}
	batch, err := vault.Build(domain, coins, []spv.Redemption{redemption}, coins[0].Vault, 2)
	require.NoError(m.t, err)
	session, err := vault.NewSession(batch)
	require.NoError(m.t, err)
	for i, key := range operators[:2] {
		store, err := vault.Open(m.t.TempDir(), [32]byte{1})
		require.NoError(m.t, err)
		m.t.Cleanup(func() { require.NoError(m.t, store.Close()) })
		operator, err := vault.NewOperator(vault.OperatorConfig{
			Key: key, Attestation: testkit.Key("attestation"), Domain: domain, Limits: vault.Limits{Rate: 10, Batch: sum},
			Burns: chain, Coins: chain, Anchors: store, VaultOf: chain.vaultOf,
		})
		require.NoError(m.t, err)
		sigs, err := operator.Sign(m.t.Context(), batch)
		require.NoError(m.t, err)
		require.NoError(m.t, session.Add(operator.Key(), sigs))
		if i == 0 {
			_, err := session.Finish()
			require.ErrorIs(m.t, err, vault.ErrTooFew)
		}
	}
	paid, err := session.Finish()
	require.NoError(m.t, err)
	_, err = m.node.RPC().SendRawTransaction(paid, true)
	require.NoError(m.t, err)
	m.minutes(1)
	out, err := m.node.RPC().GetTxOut(new(paid.TxHash()), 0, false)
	require.NoError(m.t, err)
	require.NotNil(m.t, out, "the batch confirms")
}

// vaultOf derives the vault that a contract shows.
func (m *market) vaultOf(shown *alkv1.ContractVault, operators []*btcec.PrivateKey) *vault.Vault {
	m.t.Helper()
	record := vault.Record{ChainID: shown.GetBridge().GetChainId(), Committee: vault.Committee{Threshold: int(shown.GetBridge().GetThreshold())}}
	for _, key := range operators {
		record.Committee.Operators = append(record.Committee.Operators, [32]byte(schnorr.SerializePubKey(key.PubKey())))
	}
	address, err := hex.DecodeString(strings.TrimPrefix(shown.GetBridge().GetBridge(), "0x"))
	require.NoError(m.t, err)
	salt, err := hex.DecodeString(shown.GetSalt())
	require.NoError(m.t, err)
	copy(record.Bridge[:], address)
	copy(record.Salt[:], salt)
	v, err := record.Vault(*regtest.Params().GenesisHash)
	require.NoError(m.t, err)
	require.Equal(m.t, shown.GetPkScript(), v.Script())
	return v
}

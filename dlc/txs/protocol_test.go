package txs_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// The values of PROTOCOL.md 17 that concern transactions.
const (
	specLeaf    = "20aa1e8a9321f8f5304e881581656b398b066524bdd4f9538274804dafb2cd72f1ad20c529b6c47e202e1094f41d17f5ad4e2e6a2e7cbf02fa6c2484adb74ca312a1d4ac"
	specRoot    = "88b869b12b471853bfd8c7acd65f6c9fd85eeb21a2da3adf339406afafafb502"
	specTweak   = "aaf1c7875beb1468cd7c535223e54c53386339b2883ec8e1ebc5a81e1b3fcd1e"
	specX       = "79b8b0a8ae52a7d9bafc38463564e6358e1a53ba4795d033ee97aa7f2422b479"
	specScript  = "51209ca4c337ae53d9a39f5ca4e24dd14b161ed869a2c74de244b1e34bb44142c773"
	specControl = "c179b8b0a8ae52a7d9bafc38463564e6358e1a53ba4795d033ee97aa7f2422b479"
	specPrevO   = "020000000111111111111111111111111111111111111111111111111111111111111111110000000000ffffffff0140420f000000000022512070875486ed1206ee5e6de71c3d7bb1dda6523b36afb7398e01655220f4471f1400000000"
	specPrevA   = "020000000122222222222222222222222222222222222222222222222222222222222222220000000000ffffffff0100350c0000000000160014163fc0fd1242869b39868686cffa083bf6f7080c00000000"
	specFunding = "0200000002872dd76681e3bd0a294fdd6d7b30f36384bf3690ca809a7d214959e5f2240a790000000000fdffffff65e1472a860bdc0cb8f92d0e5a02ebb810caba207e1a1f6ea43323218c2a6a380000000000fdffffff03a89d07000000000016001427b8e7375456d102c239659e67defd002e3b13d548a30700000000002251209ca4c337ae53d9a39f5ca4e24dd14b161ed869a2c74de244b1e34bb44142c7735a310c0000000000225120653b7c0dfcdbcc2f6fc1e72fc46b455d3eb238005ed23efe9811cdc73d87d36f00000000"
	specTxid    = "05a0a62b5ef5a1411d9ed41fc9c2f88129f78736951f6cab7e6a8cb3e2dbbbf8"
	specTempID  = "def94733105d331092a1f947d4ff328fbf9cd17c41a63b7e9590ddfe88bb66cf"
	specID      = "db59e1184ea892518f3f2d581d3dca0e966b564ad4b957d5ebfa514d6a60dd36"
	specCET     = "0200000001f8bbdbe2b38c6a7eab6c1f953687f72981f8c2c91fd49e1d41a1f55e2ba6a0050100000000feffffff02400d030000000000160014e6a1c8fa47b82ef3f6b289f4f02faf062830677de093040000000000225120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef402e186a"
	specCETHash = "85ff223b1d6f2d94d7681ff3df649a06a51dd2c02574885510fd8d61fd5ba347"
	specRefund  = "b8d65d6f8292a737582555a0598ef222edabc6f428346c27246944d79008906d"
	specRefundO = "aeb4de93027f561fd4deb9e6db13826abfe12ed14c9364bb87df3cb3d893b29716e3d26b339ea0f7364cc0bb0601dcb56e3acefec29b680f1ed4d166344a5e7c"
	specRefundA = "0e87727e45f27fc686469ebac8ecf8d065ce1d572298b216151db7c296da79bcf12fe360e259d321d49dc8dc30e5965edf337b5fe4cd5cc428bcdc14f493ec37"
	specClose   = "0200000001f8bbdbe2b38c6a7eab6c1f953687f72981f8c2c91fd49e1d41a1f55e2ba6a0050100000000fdffffff02380d030000000000160014e6a1c8fa47b82ef3f6b289f4f02faf062830677dd893040000000000225120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef00000000"
	specClHash  = "ee26c5cc4dee9b5e7158e13156d9a0cf8eaebfdf886317affcc16e3bfd83a8a9"
	specDoneO   = "eff4976064bb8c7b6c85c358df6b7ac44186b806d103a9ae862579ca71823589997146724e15122657f479e86c88f3b01a4ebdf378f07a70f936599c1d71bbcd"
	specDoneA   = "63145440e4f7689e338f8307536fdc1119a085496898eecbdb130276dd8fb848247dc8c81331dcf49195185c3b3c6eed9c1c5578b3b08b85453d3541cc8da4d2"
)

func unhex(t tester, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func secret(t tester, s string) *btcec.PrivateKey {
	t.Helper()
	key, _ := btcec.PrivKeyFromBytes(unhex(t, s))
	return key
}

func serialize(t tester, tx *wire.MsgTx) string {
	t.Helper()
	var out bytes.Buffer
	if err := tx.Serialize(&out); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(out.Bytes())
}

func want(t tester, what, got, expected string) {
	t.Helper()
	if got != expected {
		t.Errorf("%s is\n%s, want\n%s", what, got, expected)
	}
}

func wantHash(t tester, what string, got [32]byte, expected string) {
	t.Helper()
	want(t, what, hex.EncodeToString(got[:]), expected)
}

// specDeal is the contract of PROTOCOL.md 17.
func specDeal(t tester) *deal {
	t.Helper()
	offerer := &player{
		internal: secret(t, "db38f1c972e5ec1295479a48018b6b542cacf50a2d143e01c5e4a921bdda7cfd"),
		contract: secret(t, "a33091a589d5a213054baec5e54c4bfea951050e1cb0f1cd7596a424d6fcd22a"),
		wallet:   []*btcec.PrivateKey{testkit.Key("wallet-o")},
	}
	offerer.party = txs.Party{
		Collateral:   200_000,
		PayoutScript: unhex(t, "5120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef"), PayoutSerial: 7,
		ChangeScript: unhex(t, "5120653b7c0dfcdbcc2f6fc1e72fc46b455d3eb238005ed23efe9811cdc73d87d36f"), ChangeSerial: 30,
		Inputs: []txs.Input{{Serial: 2, PrevTx: unhex(t, specPrevO)}},
	}
	accepter := &player{
		internal: secret(t, "f94da3da5d59fe603b0e721ba743f9f9cc70a697c40a9b95aa4978092efaaad3"),
		contract: secret(t, "ed2a4f08f71b7b125e38f8963f1a9ffbf5146a0baf8b0a631c89201e5efff561"),
		wallet:   []*btcec.PrivateKey{testkit.Key("wallet-a")},
	}
	accepter.party = txs.Party{
		Collateral:   300_000,
		PayoutScript: unhex(t, "0014e6a1c8fa47b82ef3f6b289f4f02faf062830677d"), PayoutSerial: 5,
		ChangeScript: unhex(t, "001427b8e7375456d102c239659e67defd002e3b13d5"), ChangeSerial: 10,
		Inputs: []txs.Input{{Serial: 1, PrevTx: unhex(t, specPrevA)}},
	}
	d := &deal{players: [2]*player{offerer, accepter}, Agreement: txs.Agreement{
		FundSerial: 20, FundRate: 5, CETRate: 3, CETLocktime: 1779969600, RefundLocktime: 1782388800,
	}}
	for role, p := range d.players {
		p.party.Internal, p.party.Contract = point(p.internal), point(p.contract)
		d.Parties[role] = p.party
	}
	return d
}

func TestVectorsOfTheProtocolFundingOutput(t *testing.T) {
	out := specDeal(t).build(t).Settlement.Output()
	want(t, "leaf", hex.EncodeToString(out.Leaf[:]), specLeaf)
	wantHash(t, "root", out.Root, specRoot)
	wantHash(t, "tweak", out.Tweak, specTweak)
	wantHash(t, "x(P)", out.InternalKey, specX)
	want(t, "script", hex.EncodeToString(out.Script[:]), specScript)
	want(t, "control block", hex.EncodeToString(out.ControlBlock[:]), specControl)
}

func TestVectorsOfTheProtocolTransactions(t *testing.T) {
	d := specDeal(t)
	c := d.build(t)
	want(t, "funding", serialize(t, c.Funding.Tx()), specFunding)
	want(t, "txid", c.Funding.OutPoint().Hash.String(), specTxid)
	if c.Funding.Value() != 500_552 || c.Funding.OutPoint().Index != 1 {
		t.Errorf("funding value %d at output %d", c.Funding.Value(), c.Funding.OutPoint().Index)
	}
	wantHash(t, "contract id", c.ID([32]byte(unhex(t, specTempID))), specID)

	s := c.Settlement
	cet, err := s.CET(300_000)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "cet", serialize(t, cet), specCET)
	hash, err := s.CETSighash(300_000)
	if err != nil {
		t.Fatal(err)
	}
	wantHash(t, "cet hash", hash, specCETHash)
	wantHash(t, "refund hash", s.RefundSighash(), specRefund)

	unsigned, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 200_000}, Rate: 4})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "close", serialize(t, unsigned.Tx()), specClose)
	wantHash(t, "close hash", unsigned.Sighash(), specClHash)
}

func TestVectorsOfTheProtocolSignatures(t *testing.T) {
	d := specDeal(t)
	c := d.build(t)
	s := c.Settlement
	var refunds [2][64]byte
	for role, expected := range []string{specRefundO, specRefundA} {
		var err error
		refunds[role], err = s.Output().SignLeaf(txs.Role(role), d.players[role].contract, s.RefundSighash(), [32]byte{})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "refund signature", hex.EncodeToString(refunds[role][:]), expected)
		if err := s.VerifyRefund(txs.Role(role), refunds[role]); err != nil {
			t.Error(err)
		}
	}
	prevouts := []*wire.TxOut{s.PrevOutput()}
	refund, err := s.CompleteRefund(refunds[0], refunds[1])
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, refund, prevouts, 1782388800, txs.SequenceFinal)

	cet, err := s.CompleteCET(300_000, [64]byte(unhex(t, specDoneO)), [64]byte(unhex(t, specDoneA)))
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, cet, prevouts, 1779969600, txs.SequenceFinal)

	funding, err := c.Funding.Complete(
		d.players[0].fundingWitnesses(t, c.Funding, txs.Offerer), d.players[1].fundingWitnesses(t, c.Funding, txs.Accepter))
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, funding, c.Funding.PrevOutputs(), 0, txs.SequenceReplaceable)
}

func TestVectorsContractID(t *testing.T) {
	testkit.Vectors(t, "contract-id.json", func(raw []byte) int {
		var cases []struct {
			FundTxID            string
			FundOutputIndex     uint16
			TemporaryContractID string
			ContractID          string
		}
		decode(t, raw, &cases)
		for _, c := range cases {
			txid, err := chainhash.NewHashFromStr(c.FundTxID)
			if err != nil {
				t.Fatal(err)
			}
			id := txs.ContractID(*txid, c.FundOutputIndex, [32]byte(unhex(t, c.TemporaryContractID)))
			wantHash(t, "contract id", id, c.ContractID)
		}
		return len(cases)
	})
}

// contractCase is a case of taproot-contracts.json.
type contractCase struct {
	Offerer, Accepter contractParty
	AggregatePubkey   string      `json:"aggregate_pubkey"`
	InternalKey       string      `json:"internal_key"`
	LeafScript        string      `json:"leaf_script"`
	LeafHash          string      `json:"leaf_hash"`
	MerkleRoot        string      `json:"merkle_root"`
	TapTweak          string      `json:"tap_tweak"`
	OutputKey         string      `json:"output_key"`
	OutputKeyOdd      bool        `json:"output_key_odd"`
	ControlBlock      string      `json:"control_block"`
	CET               contractTx  `json:"cet"`
	Refund            contractTx  `json:"refund"`
	KeyPath           contractTx  `json:"key_path"`
	Funding           contractOut `json:"funding"`
}

type contractParty struct {
	InternalSecret string          `json:"internal_secret"`
	InternalPubkey testkit.Hex     `json:"internal_pubkey"`
	ContractSecret string          `json:"contract_secret"`
	ContractPubkey testkit.Hex     `json:"contract_pubkey"`
	Script         testkit.Hex     `json:"payout_script_pubkey"`
	Serial         testkit.Decimal `json:"payout_serial_id"`
}

type contractOut struct {
	Txid         string          `json:"txid"`
	Vout         uint32          `json:"vout"`
	Amount       testkit.Decimal `json:"amount"`
	ScriptPubkey string          `json:"script_pubkey"`
}

type contractTx struct {
	Locktime uint32 `json:"locktime"`
	Outputs  []struct {
		Value  testkit.Decimal `json:"value"`
		Script testkit.Hex     `json:"script_pubkey"`
	} `json:"outputs"`
	UnsignedTx        string      `json:"unsigned_tx"`
	Txid              string      `json:"txid"`
	Sighash           string      `json:"sighash"`
	OffererAux        testkit.Hex `json:"offerer_aux"`
	AccepterAux       testkit.Hex `json:"accepter_aux"`
	OffererSignature  testkit.Hex `json:"offerer_signature"`
	AccepterSignature testkit.Hex `json:"accepter_signature"`
	Signature         testkit.Hex `json:"signature"`
	SignedTx          string      `json:"signed_tx"`
	Weight            int64       `json:"weight"`
}

func sats(d testkit.Decimal) btcutil.Amount {
	return btcutil.Amount(d & math.MaxInt64)
}

// values returns what a transaction pays to offerer and accepter.
func (c contractCase) values(tx contractTx) (v [2]btcutil.Amount) {
	for _, out := range tx.Outputs {
		role := txs.Offerer
		if bytes.Equal(out.Script, c.Accepter.Script) {
			role = txs.Accepter
		}
		v[role] = sats(out.Value)
	}
	return v
}

func (c contractCase) checkOutput(t *testing.T, out txs.Output) {
	t.Helper()
	wantHash(t, "internal key", out.InternalKey, c.InternalKey)
	want(t, "x of the aggregate", c.AggregatePubkey[2:], c.InternalKey)
	want(t, "leaf", hex.EncodeToString(out.Leaf[:]), c.LeafScript)
	wantHash(t, "leaf hash", out.Root, c.LeafHash)
	wantHash(t, "merkle root", out.Root, c.MerkleRoot)
	wantHash(t, "tweak", out.Tweak, c.TapTweak)
	wantHash(t, "output key", out.OutputKey, c.OutputKey)
	want(t, "control block", hex.EncodeToString(out.ControlBlock[:]), c.ControlBlock)
	want(t, "output script", hex.EncodeToString(out.Script[:]), c.Funding.ScriptPubkey)
	if odd := out.ControlBlock[0]&1 == 1; odd != c.OutputKeyOdd {
		t.Errorf("output key is odd: %v, want %v", odd, c.OutputKeyOdd)
	}
}

func (c contractCase) settlement(t *testing.T, out txs.Output) *txs.Settlement {
	t.Helper()
	txid, err := chainhash.NewHashFromStr(c.Funding.Txid)
	if err != nil {
		t.Fatal(err)
	}
	return txs.NewSettlement(txs.FreeTerms{
		OutPoint: wire.OutPoint{Hash: *txid, Index: c.Funding.Vout},
		Value:    sats(c.Funding.Amount),
		Output:   out,
		Payouts: [2]txs.Payout{
			{Script: c.Offerer.Script, Serial: uint64(c.Offerer.Serial)},
			{Script: c.Accepter.Script, Serial: uint64(c.Accepter.Serial)},
		},
		Collateral: c.values(c.Refund),
		CET:        c.CET.Locktime, Refund: c.Refund.Locktime,
	})
}

func checkVectorTx(t *testing.T, what string, unsigned, signed *wire.MsgTx, v contractTx) {
	t.Helper()
	want(t, what, serialize(t, unsigned), v.UnsignedTx)
	want(t, what+" txid", signed.TxHash().String(), v.Txid)
	want(t, what+" signed", serialize(t, signed), v.SignedTx)
	weight := int64(unsigned.SerializeSizeStripped()*3 + signed.SerializeSize())
	if weight != v.Weight {
		t.Errorf("%s weighs %d, want %d", what, weight, v.Weight)
	}
}

func (c contractCase) run(t *testing.T) {
	t.Helper()
	out, err := txs.FundingOutput(
		[33]byte(c.Offerer.InternalPubkey), [33]byte(c.Accepter.InternalPubkey),
		[33]byte(c.Offerer.ContractPubkey), [33]byte(c.Accepter.ContractPubkey))
	if err != nil {
		t.Fatal(err)
	}
	c.checkOutput(t, out)
	s := c.settlement(t, out)

	y := c.values(c.CET)[txs.Offerer]
	cet, err := s.CET(y)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := s.CETSighash(y)
	if err != nil {
		t.Fatal(err)
	}
	wantHash(t, "cet hash", hash, c.CET.Sighash)
	signed, err := s.CompleteCET(y, [64]byte(c.CET.OffererSignature), [64]byte(c.CET.AccepterSignature))
	if err != nil {
		t.Fatal(err)
	}
	checkVectorTx(t, "cet", cet, signed, c.CET)

	wantHash(t, "refund hash", s.RefundSighash(), c.Refund.Sighash)
	for role, p := range []contractParty{c.Offerer, c.Accepter} {
		aux, expected := c.Refund.OffererAux, c.Refund.OffererSignature
		if role == 1 {
			aux, expected = c.Refund.AccepterAux, c.Refund.AccepterSignature
		}
		signature, err := out.SignLeaf(txs.Role(role), secret(t, p.ContractSecret), s.RefundSighash(), [32]byte(aux))
		if err != nil {
			t.Fatal(err)
		}
		want(t, "refund signature", hex.EncodeToString(signature[:]), hex.EncodeToString(expected))
	}
	signed, err = s.CompleteRefund([64]byte(c.Refund.OffererSignature), [64]byte(c.Refund.AccepterSignature))
	if err != nil {
		t.Fatal(err)
	}
	checkVectorTx(t, "refund", s.Refund(), signed, c.Refund)

	unsigned := s.Divide(c.values(c.KeyPath))
	wantHash(t, "key path hash", unsigned.Sighash(), c.KeyPath.Sighash)
	signed, err = unsigned.Complete([64]byte(c.KeyPath.Signature), nil)
	if err != nil {
		t.Fatal(err)
	}
	checkVectorTx(t, "close", unsigned.Tx(), signed, c.KeyPath)

	// The file has its signature from the aggregate secret; ours comes from two.
	d := deal{players: [2]*player{{internal: secret(t, c.Offerer.InternalSecret)}, {internal: secret(t, c.Accepter.InternalSecret)}}}
	if _, err := unsigned.Complete(d.signClose(t, newDice(1), out, unsigned.Sighash()), nil); err != nil {
		t.Error(err)
	}
}

func TestVectorsTaprootContracts(t *testing.T) {
	testkit.Vectors(t, "taproot-contracts.json", func(raw []byte) int {
		cases := testkit.Cases[contractCase](t, raw)
		for _, c := range cases {
			c.run(t)
		}
		return len(cases)
	})
}

func TestWalletSecretsOfTheVectorsOwnTheirCoins(t *testing.T) {
	want(t, "wallet-o", hex.EncodeToString(schnorr.SerializePubKey(testkit.Key("wallet-o").PubKey())), specPrevO[len(specPrevO)-8-64:len(specPrevO)-8])
}

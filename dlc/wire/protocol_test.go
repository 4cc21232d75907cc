package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

func secretKey(t testing.TB, s string) *btcec.PrivateKey {
	t.Helper()
	key, _ := btcec.PrivKeyFromBytes(unhex(t, s))
	return key
}

func compressed(key *btcec.PrivateKey) [33]byte { return [33]byte(key.PubKey().SerializeCompressed()) }

// specTerms are the terms of PROTOCOL.md section 17.
func specTerms() payout.Terms {
	terms := payout.Terms{
		Instrument: payout.SwapM, Index: "hp1/tot", Event: attesttest.ContractEvent, StartDay: 20600, EndDay: 20600, Base: 1,
		Digits: attesttest.ContractDigits, Bucket: 1, Notional: 50_000_000, K: 6, F: 2, C: 12, Offerer: payout.Long, Threshold: 2,
	}
	for _, oracle := range attesttest.Contract() {
		terms.Oracles = append(terms.Oracles, oracle.Key())
	}
	return terms
}

// specParty puts the two parties' data into the form of messages.
func specParty(t testing.TB, keyID, internal, contract, payoutScript, change, prevTx string, serials [3]uint64, collateral btcutil.Amount) wire.Party {
	t.Helper()
	return wire.Party{
		KeyID: [16]byte(unhex(t, keyID)), Internal: compressed(secretKey(t, internal)), Contract: compressed(secretKey(t, contract)),
		Collateral: collateral, Payout: unhex(t, payoutScript), PayoutSerial: serials[0], Change: unhex(t, change), ChangeSerial: serials[1],
		Inputs: []wire.Input{{Serial: serials[2], PrevTx: unhex(t, prevTx)}},
	}
}

func toParty(p wire.Party) txs.Party {
	inputs := []txs.Input{}
	for _, in := range p.Inputs {
		inputs = append(inputs, txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
	}
	return txs.Party{
		Internal: p.Internal, Contract: p.Contract, Collateral: p.Collateral, PayoutScript: p.Payout, PayoutSerial: p.PayoutSerial,
		ChangeScript: p.Change, ChangeSerial: p.ChangeSerial, Inputs: inputs,
	}
}

// signList makes one side's list and refund signature.
func signSide(t testing.TB, c *txs.Contract, role txs.Role, key *btcec.PrivateKey, set *attest.Set, aux byte) ([]byte, [64]byte) {
	t.Helper()
	runs, err := specTerms().Runs()
	require.NoError(t, err)
	slots, err := digits.Slots(runs, attesttest.ContractDigits, 3, wire.MaxList)
	require.NoError(t, err)
	require.Len(t, slots, 18)
	amounts := []btcutil.Amount{}
	for _, slot := range slots {
		amounts = append(amounts, btcutil.Amount(slot.Y)) //nolint:gosec // G115: at most M
	}
	hashes, err := c.Settlement.CETSighashes(amounts)
	require.NoError(t, err)
	points, err := adaptor.Points(set, slots)
	require.NoError(t, err)
	signatures, err := adaptor.SignList(key, points, hashes, [32]byte(bytes.Repeat([]byte{aux}, 32)))
	require.NoError(t, err)
	refund, err := c.Settlement.Output().SignLeaf(role, key, c.Settlement.RefundSighash(), [32]byte{})
	require.NoError(t, err)
	return signatures.Encode(), refund
}

func requireMessage(t *testing.T, m wire.Message, length int, digest string) []byte {
	t.Helper()
	encoded := m.Encode()
	require.Len(t, encoded, length, m.Type())
	hash := sha256.Sum256(encoded)
	require.Equal(t, digest, hex.EncodeToString(hash[:]), m.Type())
	require.Equal(t, hash, wire.MessageHash(encoded))
	back, err := judge(encoded)
	require.NoError(t, err)
	require.Equal(t, m.Encode(), back.Encode())
	return encoded
}

// The messages of PROTOCOL.md section 17, made from that section's data alone.
func TestVectorsOfTheProtocolMessages(t *testing.T) {
	const (
		contractO = "a33091a589d5a213054baec5e54c4bfea951050e1cb0f1cd7596a424d6fcd22a"
		contractA = "ed2a4f08f71b7b125e38f8963f1a9ffbf5146a0baf8b0a631c89201e5efff561"
	)
	tempID := [32]byte(unhex(t, "def94733105d331092a1f947d4ff328fbf9cd17c41a63b7e9590ddfe88bb66cf"))
	set := attesttest.Set(attesttest.Contract(), 2, attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, attesttest.ContractMaturity)
	announcements := [][]byte{}
	for i := range set.Len() {
		announcements = append(announcements, set.Announcement(i).Encode())
	}
	infoHash, err := specTerms().InfoHash(set.Hash())
	require.NoError(t, err)

	offer := &wire.Offer{
		TempID: tempID, Terms: specTerms().Encode(), Announcements: announcements, InfoHash: infoHash,
		Party: specParty(t, "00112233445566770899aabb4cddeeff", "db38f1c972e5ec1295479a48018b6b542cacf50a2d143e01c5e4a921bdda7cfd", contractO,
			"5120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef", "5120653b7c0dfcdbcc2f6fc1e72fc46b455d3eb238005ed23efe9811cdc73d87d36f",
			"020000000111111111111111111111111111111111111111111111111111111111111111110000000000ffffffff0140420f000000000022512070875486ed1206ee5e6de71c3d7bb1dda6523b36afb7398e01655220f4471f1400000000",
			[3]uint64{7, 30, 2}, 200_000),
		FundSerial: 20, FundFeeRate: 5, CETFeeRate: 3, CETLocktime: 1779969600, RefundLocktime: 1782388800, Expiry: 1779000000,
	}
	offerBytes := requireMessage(t, offer, 1450, "bd31fd550826055dce70cd72f2c07b3bbfc64344024c6f58a39d96d099bdaaf5")

	accept := &wire.Accept{
		TempID: tempID, OfferHash: wire.MessageHash(offerBytes),
		Party: specParty(t, "01234567012345670123456701234567", "f94da3da5d59fe603b0e721ba743f9f9cc70a697c40a9b95aa4978092efaaad3", contractA,
			"0014e6a1c8fa47b82ef3f6b289f4f02faf062830677d", "001427b8e7375456d102c239659e67defd002e3b13d5",
			"020000000122222222222222222222222222222222222222222222222222222222222222220000000000ffffffff0100350c0000000000160014163fc0fd1242869b39868686cffa083bf6f7080c00000000",
			[3]uint64{5, 10, 1}, 300_000),
	}
	contract, err := txs.Build(txs.Agreement{
		Parties: [2]txs.Party{toParty(offer.Party), toParty(accept.Party)}, Long: txs.Offerer,
		FundSerial: 20, FundRate: 5, CETRate: 3, CETLocktime: 1779969600, RefundLocktime: 1782388800,
	})
	require.NoError(t, err)
	accept.List, accept.Refund = signSide(t, contract, txs.Accepter, secretKey(t, contractA), set, 0x0b)
	acceptBytes := requireMessage(t, accept, 1539, "575038a38ebb1176914104751dd3b8136cccd0de6ccffaa1f03fceb9ce43c0d8")

	sign := &wire.Sign{ContractID: contract.ID(tempID), AcceptHash: wire.MessageHash(acceptBytes)}
	sign.List, sign.Refund = signSide(t, contract, txs.Offerer, secretKey(t, contractO), set, 0x0a)
	sign.Witnesses = [][][]byte{{taprootWitness(t, contract.Funding, testkit.Key("wallet-o"))}}
	signBytes := requireMessage(t, sign, 1356, "25544566d0667126ed2bada53cffbec44070e5da32b7fe1ab1431038012f321e")

	p, err := wire.NewTowerPackage(offerBytes, acceptBytes, signBytes)
	require.NoError(t, err)
	back, err := wire.DecodeTowerPackage(p.Encode())
	require.NoError(t, err)
	require.Equal(t, p, back)
}

// taprootWitness signs the offerer's only input by its key path, aux zero.
func taprootWitness(t testing.TB, funding *txs.Funding, key *btcec.PrivateKey) []byte {
	t.Helper()
	tx, prevouts := funding.Tx(), funding.PrevOutputs()
	fetcher := txscript.NewMultiPrevOutFetcher(nil)
	for i, in := range tx.TxIn {
		fetcher.AddPrevOut(in.PreviousOutPoint, prevouts[i])
	}
	at := funding.Inputs(txs.Offerer)[0]
	hash, err := txscript.CalcTaprootSignatureHash(txscript.NewTxSigHashes(tx, fetcher), txscript.SigHashDefault, tx, at, fetcher)
	require.NoError(t, err)
	signature, err := schnorr.Sign(key, hash, schnorr.CustomNonce([32]byte{}))
	require.NoError(t, err)
	return signature.Serialize()
}

func TestLimitsOfTheWireHoldWhatOthersWrite(t *testing.T) {
	require.Equal(t, attest.MaxAnnouncement, wire.MaxAnnouncement)
	require.Equal(t, attest.MaxOracles, wire.MaxOracles)
	require.GreaterOrEqual(t, wire.MaxEvidence, attest.MaxEvidence)
	require.Equal(t, payout.MaxSlots, wire.MaxList)
	require.Equal(t, txs.MaxInputs, wire.MaxInputs)
	require.Equal(t, txs.MaxPrevTx, wire.MaxPrevTx)
	require.Equal(t, txs.MaxPrevTxs, wire.MaxPrevTxs)
	require.Equal(t, txs.MaxMoney, wire.MaxCollateral)
	require.Equal(t, txs.MinCollateral, wire.MinCollateral)
	require.Equal(t, txs.MinRefundDelay, wire.MinRefundDelay)
	require.Equal(t, txs.MaxRefundDelay, wire.MaxRefundDelay)
	require.Equal(t, txs.FeeRate(wire.MaxFeeRate), txs.MaxFeeRate)
	require.Equal(t, order.MaxRecord, wire.MaxRecord)
	require.Equal(t, order.MaxDays, payout.MaxDays)
	require.Equal(t, order.MaxOracles, digits.MaxOracles)
	require.Less(t, len(specTerms().Encode()), 1_024)
	require.Equal(t, adaptor.ListSize(wire.MaxList), len(list(wire.MaxList)))
}

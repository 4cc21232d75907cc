// Package calls writes the calls of the bridge's contracts in the words of package
// spv, so that nobody else converts between them and the generated bindings. It sends
// nothing; docs/bridge.md says what each call does.
//
// Its invariant: what it writes is the ABI encoding of what it was given.
package calls

import (
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// SeriesKey returns a series' key as the bindings have it.
func SeriesKey(k spv.SeriesKey) bindings.SeriesKey {
	return bindings.SeriesKey{
		IndexParams: k.IndexParams, FirstDay: k.FirstDay, LastDay: k.LastDay, Events: k.Events, Threshold: k.Threshold,
		Shape: uint8(k.Shape), Long: k.Long, Base: k.Base, Lo: k.Lo, Hi: k.Hi, QuantBits: k.QuantBits,
		RefundLocktime: k.RefundLocktime, MinRefundPpm: k.MinRefundPpm,
	}
}

// Terms returns a lot's terms as the bindings have them.
func Terms(t spv.Terms) bindings.Terms {
	return bindings.Terms{
		SeriesId: t.SeriesID, FundingTxid: t.FundingTxid, FundingVout: t.FundingVout, Collateral: t.Collateral,
		Notional: t.Notional, RefundSats: t.RefundSats, RefundTxid: t.RefundTxid, CetRoot: t.CETRoot,
		VaultScript: t.VaultScript, VaultSalt: t.VaultSalt,
	}
}

// Redemption returns a redemption as the bindings have it.
func Redemption(r spv.Redemption) bindings.Redemption {
	return bindings.Redemption{
		Id: r.ID, Lot: r.Lot, Owner: r.Owner, Amount: r.Amount, Sats: r.Sats, MaxFee: r.MaxFee, Deadline: r.Deadline,
		Nonce: r.Nonce, Script: r.Script,
	}
}

// Proof returns a proof as the bindings have it.
func Proof(p spv.Proof) bindings.Proof {
	return bindings.Proof{
		Chain: p.Chain, Hops: new(big.Int).SetUint64(p.Hops), RawTx: p.RawTx,
		Siblings: words(p.Siblings), Index: new(big.Int).SetUint64(p.Index),
		CoinbaseMid: p.CoinbaseMid, CoinbaseSiblings: words(p.CoinbaseSiblings),
	}
}

func words(hashes []chainhash.Hash) [][32]byte {
	out := make([][32]byte, 0, len(hashes))
	for _, h := range hashes {
		out = append(out, h)
	}
	return out
}

func number(b [32]byte) *big.Int { return new(big.Int).SetBytes(b[:]) }

func numbers(all [][32]byte) []*big.Int {
	out := make([]*big.Int, 0, len(all))
	for _, b := range all {
		out = append(out, number(b))
	}
	return out
}

// RegisterEvent is OracleVerifier.registerEvent.
func RegisterEvent(r spv.Registration) []byte {
	return bindings.NewOracleVerifier().PackRegisterEvent(
		number(r.Px), r.TLV, numbers(r.Ry), [3]*big.Int{number(r.Sig[0]), number(r.Sig[1]), number(r.Sig[2])})
}

// Attest is OracleVerifier.attest of an event's key.
func Attest(key [32]byte, s spv.Shown) []byte {
	return bindings.NewOracleVerifier().PackAttest(key, s.Value, number(s.Sum), numbers(s.Nonces))
}

// Equivocation is OracleVerifier.proveEquivocation of an event's key.
func Equivocation(key [32]byte, s spv.Shown) []byte {
	return bindings.NewOracleVerifier().PackProveEquivocation(key, s.Value, number(s.Sum), numbers(s.Nonces))
}

// CreateSeries is SeriesBook.createSeries.
func CreateSeries(k spv.SeriesKey) []byte {
	return bindings.NewSeriesBook().PackCreateSeries(SeriesKey(k))
}

// Price is SeriesBook.price.
func Price(k spv.SeriesKey) []byte { return bindings.NewSeriesBook().PackPrice(SeriesKey(k)) }

// Minting is the arguments of Bridge.mint.
type Minting struct {
	Terms spv.Terms
	Proof spv.Proof
	// FundingScript is the funding output's.
	FundingScript []byte
	To            spv.Address
	Wrap          bool
	// Payer is whose bond is pledged.
	Payer spv.Address
	// Expiry is the attestations', Signatures 65 bytes each by ascending signer.
	Expiry     uint64
	Signatures []byte
}

// Mint is Bridge.mint.
func Mint(m Minting) []byte {
	return bindings.NewBridge().PackMint(
		Terms(m.Terms), Proof(m.Proof), m.FundingScript, common.Address(m.To), m.Wrap,
		common.Address(m.Payer), m.Expiry, m.Signatures)
}

// ProveFunding is Bridge.proveFunding.
func ProveFunding(t spv.Terms, p spv.Proof, fundingScript []byte) []byte {
	return bindings.NewBridge().PackProveFunding(Terms(t), Proof(p), fundingScript)
}

// Leaf is a CET's place in the attested set. The zero value stands for none.
type Leaf struct {
	CET    spv.CET
	Index  uint64
	Branch [][32]byte
}

// ProveSpend is Bridge.proveSpend.
func ProveSpend(t spv.Terms, p spv.Proof, leaf Leaf) []byte {
	return bindings.NewBridge().PackProveSpend(
		Terms(t), Proof(p), leaf.CET.First, leaf.CET.Last, new(big.Int).SetUint64(leaf.Index), leaf.Branch)
}

// Settle is Bridge.settle.
func Settle(t spv.Terms) []byte { return bindings.NewBridge().PackSettle(Terms(t)) }

// Release is Bridge.release.
func Release(t spv.Terms) []byte { return bindings.NewBridge().PackRelease(Terms(t)) }

// ProveRedemptions is Bridge.proveRedemptions.
func ProveRedemptions(p spv.Proof, all []spv.Redemption) []byte {
	return bindings.NewBridge().PackProveRedemptions(Proof(p), redemptions(all))
}

// Slash is Bridge.slash, or Bridge.slashLot if a lot is named.
func Slash(r spv.Redemption, lot [32]byte) []byte {
	if lot == ([32]byte{}) {
		return bindings.NewBridge().PackSlash(Redemption(r))
	}
	return bindings.NewBridge().PackSlashLot(Redemption(r), lot)
}

// Accuse is Fraud.accuse: p proves a spend of output vout of rawParent.
func Accuse(t spv.Terms, rawParent []byte, vout uint32, p spv.Proof) []byte {
	return bindings.NewFraud().PackAccuse(Terms(t), rawParent, big.NewInt(int64(vout)), Proof(p))
}

// Answer is Fraud.answer.
func Answer(p spv.Proof, all []spv.Redemption, change spv.Terms) []byte {
	return bindings.NewFraud().PackAnswer(Proof(p), redemptions(all), Terms(change))
}

func redemptions(all []spv.Redemption) []bindings.Redemption {
	out := make([]bindings.Redemption, 0, len(all))
	for _, r := range all {
		out = append(out, Redemption(r))
	}
	return out
}

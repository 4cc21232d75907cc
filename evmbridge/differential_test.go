package evmbridge_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// cases is how many random cases the differential tests run: a few hundred, or
// with -cases=10000 what a release wants.
var cases = flag.Int("cases", 300, "random cases of each differential test")

func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(8430, uint64(len(t.Name())))) //nolint:gosec // G404: cases that can be run again
}

func random32(r *rand.Rand) (b [32]byte) {
	for i := range b {
		b[i] = byte(r.Uint32()) //nolint:gosec // G115: chance, or small by construction
	}
	return b
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32()) //nolint:gosec // G115: chance, or small by construction
	}
	return b
}

// differential is the libraries as a contract.
type differential struct {
	*evm
	h helper
	r *rand.Rand
}

func newDifferential(t *testing.T) *differential {
	t.Helper()
	d := &differential{evm: newEVM(t, simchain.Osaka), r: seeded(t)}
	d.h = d.deployHelper("Harness")
	return d
}

func (d *differential) try(method string, args ...any) ([]any, error) {
	return d.get(d.h, method, args...)
}

func randomTx(r *rand.Rand) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	for range 1 + r.IntN(4) {
		from := wire.OutPoint{Hash: random32(r), Index: r.Uint32()}
		tx.AddTxIn(wire.NewTxIn(&from, randomBytes(r, r.IntN(300)), nil))
	}
	for range 1 + r.IntN(5) {
		tx.AddTxOut(wire.NewTxOut(r.Int64N(21e14), randomBytes(r, r.IntN(40))))
	}
	tx.LockTime = r.Uint32()
	return tx
}

// mutated changes a transaction's bytes in one of the ways that parsers trip over.
func mutated(r *rand.Rand, raw []byte) []byte {
	b := bytes.Clone(raw)
	at := r.IntN(len(b))
	switch r.IntN(7) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1:
		b = b[:at]
	case 2:
		b = append(b, randomBytes(r, 1+r.IntN(5))...)
	case 3: // a CompactSize in a longer form than it needs
		b = slices.Concat(b[:4], []byte{0xfd, b[4], 0}, b[5:])
	case 4: // the marker and flag of the form with witness
		b = slices.Concat(b[:4], []byte{0, 1}, b[4:])
	case 5:
		b[at] = byte(0xfd + r.IntN(3)) //nolint:gosec // G115: chance, or small by construction
	case 6:
		b = slices.Delete(b, at, min(len(b), at+1+r.IntN(3)))
	}
	return b
}

func TestTransactionsAreReadAlike(t *testing.T) {
	d := newDifferential(t)
	accepted := 0
	for i := range *cases {
		tx := randomTx(d.r)
		raw, err := spv.Stripped(tx)
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			raw = mutated(d.r, raw)
		}
		in, out := tx.TxIn[d.r.IntN(len(tx.TxIn))].PreviousOutPoint, d.r.IntN(len(tx.TxOut))
		script := tx.TxOut[out].PkScript
		parsed, want := spv.ParseTx(raw)
		got, err := d.try("scan", raw, [32]byte(in.Hash), big.NewInt(int64(in.Index)), [32]byte(keccak(script)))
		if !is(err, want) && !is(want, err) {
			t.Fatalf("case %d: %x: the contract says %v, Go %v", i, raw, err, want)
		}
		if want != nil {
			continue
		}
		accepted++
		spends := parsed.Spends(spv.Outpoint{Txid: in.Hash, Vout: in.Index})
		if got[0] != spends || number64(d.t, got[1]) != parsed.Paid(script) {
			t.Fatalf("case %d: %x: the contract says %v, Go %v and %d", i, raw, got, spends, parsed.Paid(script))
		}
		if i%2 == 0 && !spends {
			t.Fatalf("case %d: an input is not found", i)
		}
		got, err = d.try("output", raw, big.NewInt(int64(out)))
		if out >= len(parsed.Outputs) {
			if !is(err, spv.ErrBadLength) {
				t.Fatalf("case %d: output %d of %d: %v", i, out, len(parsed.Outputs), err)
			}
			continue
		}
		if err != nil || number64(d.t, got[0]) != parsed.Outputs[out].Value ||
			got[1] != [32]byte(keccak(parsed.Outputs[out].Script)) {
			t.Fatalf("case %d: output %d is %v, %v", i, out, got, err)
		}
	}
	if accepted < *cases/2 {
		t.Errorf("only %d of %d transactions were accepted", accepted, *cases)
	}
}

func keccak(b []byte) chainhash.Hash { return chainhash.Hash(crypto.Keccak256(b)) }

func TestMerkleBranchesAreReadAlike(t *testing.T) {
	d := newDifferential(t)
	for i := range *cases {
		txids := make([]chainhash.Hash, 1+d.r.IntN(300))
		for k := range txids {
			txids[k] = random32(d.r)
		}
		at := d.r.IntN(len(txids))
		branch, err := spv.Branch(txids, at)
		if err != nil {
			t.Fatal(err)
		}
		root, err := spv.MerkleRoot(txids[at], branch, uint64(at)) //nolint:gosec // G115: positive
		if err != nil {
			t.Fatal(err)
		}
		if other, _ := spv.Branch(txids, 0); i%10 == 0 {
			if first, _ := spv.MerkleRoot(txids[0], other, 0); first != root {
				t.Fatalf("two branches of one block lead to %v and %v", first, root)
			}
		}
		index := big.NewInt(int64(at))
		switch i % 4 {
		case 1:
			if len(branch) > 0 { // a block of one has none
				branch[d.r.IntN(len(branch))][0] ^= 1
			}
		case 2:
			index.SetUint64(uint64(at) ^ 1) //nolint:gosec // G115: positive
		case 3:
			index.Lsh(big.NewInt(1), uint(len(branch)))
		}
		got, gotErr := d.try("merkleRoot", [32]byte(txids[at]), words(branch), index)
		want, wantErr := spv.MerkleRoot(txids[at], branch, index.Uint64())
		if !is(gotErr, wantErr) && !is(wantErr, gotErr) {
			t.Fatalf("case %d: the contract says %v, Go %v", i, gotErr, wantErr)
		}
		if wantErr == nil && got[0] != [32]byte(want) {
			t.Fatalf("case %d: roots differ", i)
		}
	}
}

func TestBIP340SignaturesAreJudgedAlike(t *testing.T) {
	d := newDifferential(t)
	var all [][4][32]byte
	var want []bool
	add := func(px, m [32]byte, sig [64]byte) {
		all = append(all, [4][32]byte{px, [32]byte(sig[:32]), [32]byte(sig[32:]), m})
		valid := false
		if parsed, err := schnorr.ParseSignature(sig[:]); err == nil {
			if pub, err := schnorr.ParsePubKey(px[:]); err == nil {
				valid = parsed.Verify(m[:], pub)
			}
		}
		want = append(want, valid)
	}
	for i := range *cases {
		k := testkit.Key("signer " + string(rune('a'+i%20)))
		m := random32(d.r)
		made, err := schnorr.Sign(k, m[:])
		if err != nil {
			t.Fatal(err)
		}
		px, sig := [32]byte(schnorr.SerializePubKey(k.PubKey())), [64]byte(made.Serialize())
		switch i % 6 {
		case 1:
			sig[d.r.IntN(64)] ^= 1 << d.r.IntN(8)
		case 2:
			px[d.r.IntN(32)] ^= 1 << d.r.IntN(8)
		case 3:
			m[d.r.IntN(32)] ^= 1 << d.r.IntN(8)
		case 4:
			s := new(big.Int).SetBytes(sig[32:])
			s.Sub(order(), s).FillBytes(sig[32:])
		}
		add(px, m, sig)
	}
	testkit.Vectors(t, "bips/bip340-test-vectors.csv", func(raw []byte) int {
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, row := range rows[1:] {
			m, sig := unhex(t, row[4]), unhex(t, row[5])
			if len(m) != 32 {
				continue // the bridge signs hashes
			}
			add([32]byte(unhex(t, row[2])), [32]byte(m), [64]byte(sig))
			if want[len(want)-1] != (row[6] == "TRUE") {
				t.Errorf("vector %s: btcec says %v", row[0], want[len(want)-1])
			}
			n++
		}
		return n
	})
	valid := 0
	for chunk := range slices.Chunk(all, 100) {
		at := valid
		got, err := d.try("verifyAll", chunk)
		if err != nil {
			t.Fatal(err)
		}
		answers, ok := got[0].([]bool)
		if !ok || len(answers) != len(chunk) {
			t.Fatalf("%d signatures are answered by %v", len(chunk), got)
		}
		for i, ok := range answers {
			if ok != want[at+i] {
				t.Errorf("signature %d: the contract says %v, btcec %v", at+i, ok, want[at+i])
			}
		}
		valid += len(chunk)
	}
}

func order() *big.Int {
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	return n
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ToLower(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every instrument that can be bridged, both sides, with and without buckets, at
// the edges of every bucket and at random: the contract, package spv and the
// contract's own arithmetic pay the same.
func TestPayoffsAreThoseOfTheContracts(t *testing.T) {
	d := newDifferential(t)
	for _, instrument := range []payout.Instrument{payout.SwapM, payout.SwapP, payout.Call, payout.Put} {
		for _, bucket := range []uint8{0, 10, 16} {
			for _, long := range []bool{true, false} {
				d.payoffs(instrument, bucket, long)
			}
		}
	}
}

func (d *differential) payoffs(instrument payout.Instrument, bucket uint8, long bool) {
	d.t.Helper()
	terms := payout.Terms{
		Instrument: instrument, Index: "hp1/tot", StartDay: 20460, EndDay: 20489, Base: counter, Digits: 30,
		Bucket: bucket, Notional: 5_000 + d.r.Uint32N(100), K: 55_000, Threshold: 1, Oracles: [][32]byte{{1}},
	}
	k := spv.SeriesKey{Long: long, Base: counter, QuantBits: bucket}
	switch instrument {
	case payout.SwapM:
		terms.F, terms.C = 40_000, 70_000
	case payout.Call:
		terms.C, terms.Premium = 70_000, 10_000
	case payout.Put:
		terms.F, terms.Premium, k.Shape = 40_000, 10_000, spv.PutLike
	case payout.SwapP, payout.Collar, payout.Conv:
		terms.C = 70_000
	}
	terms.Event, _ = payout.EventID(terms.Index, terms.EndDay)
	low, high := terms.Strikes()
	k.Lo, k.Hi = low*30, high*30
	var values []uint64
	first, last := counter+k.Lo, counter+k.Hi
	size := uint64(1) << bucket
	step := max(size, (k.Hi-k.Lo)/uint64(*cases)>>bucket<<bucket) //nolint:gosec // G115: positive
	for edge := first/size*size - 2*size; edge < last+2*size; edge += step {
		values = append(values, edge-1, edge, edge+1)
	}
	values = append(values, 0, 1, counter-1, counter, first-1, first, first+1, last-1, last, last+1, 1<<30-1, 1<<32-1)
	for range *cases {
		values = append(values, first-uint64(1e6)+d.r.Uint64N(last-first+2e6))
	}
	for chunk := range slices.Chunk(values, 4000) {
		got, err := d.try("payouts", key(k), big.NewInt(int64(terms.Notional)), numberOf(terms.M()), chunk)
		if err != nil {
			d.t.Fatal(err)
		}
		answers, ok := got[0].([]*big.Int)
		if !ok || len(answers) != len(chunk) {
			d.t.Fatalf("%d values are answered by %v", len(chunk), got)
		}
		for i, value := range chunk {
			want := terms.Settled(value)
			if !long {
				want = terms.M() - want
			}
			mine, err := k.Payout(terms.Notional, value)
			if evm := answers[i].Uint64(); err != nil || evm != want || mine != want {
				d.t.Fatalf("%v, bucket %d, long %v, value %d: the contract says %d, spv %d (%v), payout %d",
					instrument, bucket, long, value, evm, mine, err, want)
			}
		}
	}
}

// The vector of the specification.
func TestPayoffVector(t *testing.T) {
	k := spv.SeriesKey{Long: true, Base: counter, Lo: lowSum, Hi: highSum}
	for bucket, want := range map[uint8]uint64{0: 1_709_210, 10: 1_709_085} {
		k.QuantBits = bucket
		if got, err := k.Payout(5_000, usual); err != nil || got != want {
			t.Errorf("bucket exponent %d pays %d (%v), want %d", bucket, got, err, want)
		}
	}
	if units, err := k.Units(5_000); err != nil || units != units5000 {
		t.Errorf("%d units (%v), want %d", units, err, units5000)
	}
}

const units5000 = 4_500_000

func TestIDsAndEncodingsAreThoseOfTheContracts(t *testing.T) {
	d := newDifferential(t)
	for range *cases / 10 {
		k := spv.SeriesKey{
			IndexParams: random32(d.r), FirstDay: d.r.Uint32(), LastDay: d.r.Uint32(), Threshold: uint8(d.r.Uint32()), //nolint:gosec // G115: chance, or small by construction
			Shape: spv.Shape(d.r.Uint32() % 2), Long: d.r.Uint32()%2 == 0, Base: d.r.Uint64(), Lo: d.r.Uint64(), Hi: d.r.Uint64(),
			QuantBits: uint8(d.r.Uint32()), RefundLocktime: d.r.Uint32(), MinRefundPpm: d.r.Uint32(), //nolint:gosec // G115: chance, or small by construction
		}
		for range d.r.IntN(8) {
			k.Events = append(k.Events, random32(d.r))
		}
		lot := spv.Terms{
			SeriesID: random32(d.r), FundingTxid: random32(d.r), FundingVout: d.r.Uint32(), Collateral: d.r.Uint64(),
			Notional: d.r.Uint32(), RefundSats: d.r.Uint64(), RefundTxid: random32(d.r), CETRoot: random32(d.r),
			VaultScript: randomBytes(d.r, d.r.IntN(70)), VaultSalt: random32(d.r),
		}
		owner := random32(d.r)
		red := spv.Redemption{
			ID: random32(d.r), Lot: d.r.Uint32()%2 == 0, Owner: spv.Address(owner[:20]), Amount: d.r.Uint64(),
			Sats: d.r.Uint64(), MaxFee: d.r.Uint64(), Deadline: d.r.Uint64(), Nonce: d.r.Uint64(),
			Script: randomBytes(d.r, d.r.IntN(70)),
		}
		d.sameID("seriesId", k.ID(), key(k))
		d.sameID("lotId", lot.ID(), terms(lot))
		d.sameID("redemptionId", red.RID(), redemption(red))
		if back, err := spv.DecodeSeriesKey(k.Encode()); err != nil || back.ID() != k.ID() {
			t.Fatalf("series key does not survive: %v", err)
		}
		if back, err := spv.DecodeTerms(lot.Encode()); err != nil || back.ID() != lot.ID() {
			t.Fatalf("terms do not survive: %v", err)
		}
		if back, err := spv.DecodeRedemption(red.Encode()); err != nil || back.RID() != red.RID() {
			t.Fatalf("redemption does not survive: %v", err)
		}
	}
}

func (d *differential) sameID(method string, want [32]byte, arg any) {
	d.t.Helper()
	got, err := d.try(method, arg)
	if err != nil || got[0] != want {
		d.t.Fatalf("%s is %x (%v), Go says %x", method, got, err, want)
	}
}

func TestSetsOfCETsAreReadAlike(t *testing.T) {
	d := newDifferential(t)
	for i := range *cases / 3 {
		cets := make([]spv.CET, 1+d.r.IntN(40))
		for k := range cets {
			cets[k] = spv.CET{First: d.r.Uint64(), Last: d.r.Uint64(), Txid: random32(d.r)}
		}
		set, err := spv.NewCETSet(cets)
		if err != nil {
			t.Fatal(err)
		}
		at := d.r.IntN(len(cets))
		branch, err := set.Branch(at)
		if err != nil {
			t.Fatal(err)
		}
		leaf, index := cets[at], uint64(at) //nolint:gosec // G115: positive
		switch i % 4 {
		case 1:
			leaf.First++
		case 2:
			index = 1 << len(branch)
		case 3:
			if len(branch) > 0 {
				branch[0][0]++
			} else {
				leaf.Last++
			}
		}
		got, err := d.try("contains", set.Root(), leaf.First, leaf.Last, [32]byte(leaf.Txid), numberOf(index), branch)
		if want := leaf.Contains(set.Root(), index, branch); err != nil || got[0] != want || want != (i%4 == 0) {
			t.Fatalf("case %d: the contract says %v (%v), Go %v", i, got, err, want)
		}
	}
}

// No conversion to a smaller type cuts a value (SilicaPools, March 2025).
func TestNarrowingNeverCuts(t *testing.T) {
	d := newDifferential(t)
	for _, bits := range []uint{32, 40, 64, 128} {
		over := new(big.Int).Lsh(big.NewInt(1), bits)
		if _, err := d.try("narrow", over); !is(err, spv.ErrOutOfRange) {
			t.Errorf("2^%d: %v", bits, err)
		}
	}
	if _, err := d.try("narrow", big.NewInt(1<<32-1)); err != nil {
		t.Error(err)
	}
}

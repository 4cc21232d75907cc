package spv_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// Every error that a contract can revert with has its own here.
func TestErrorsAreThoseOfTheContracts(t *testing.T) {
	source, err := os.ReadFile("../contracts/src/Errors.sol")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^error (\w+)\((.*)\);$`).FindAllSubmatch(source, -1)
	if len(found) < 50 {
		t.Fatalf("%d errors", len(found))
	}
	seen := map[error]bool{}
	for _, m := range found {
		var kinds []string
		for argument := range strings.SplitSeq(string(m[2]), ", ") {
			kind, _, _ := strings.Cut(argument, " ")
			kinds = append(kinds, kind)
		}
		signature := fmt.Sprintf("%s(%s)", m[1], strings.Join(kinds, ","))
		got := spv.Revert(spv.Selector(signature))
		if errors.Is(got, spv.ErrRevert) || seen[got] {
			t.Errorf("%s is %v", signature, got)
		}
		seen[got] = true
	}
	for _, other := range [][]byte{nil, {1, 2}, spv.Selector("Nonsense()"), bytes.Repeat([]byte{9}, 500)} {
		if err := spv.Revert(other); !errors.Is(err, spv.ErrRevert) {
			t.Errorf("%x is %v", other, err)
		}
	}
}

// Targets of mainnet's blocks, and forms that are none.
func TestTargets(t *testing.T) {
	for bits, want := range map[uint32]string{
		0x1d00ffff: "ffff" + zeros(52), 0x207fffff: "7fffff" + zeros(58), 0x01120000: "12", 0x02123400: "1234", 0x03123456: "123456",
	} {
		got, err := spv.Target(bits)
		if err != nil || fmt.Sprintf("%x", got) != want {
			t.Errorf("bits %08x: %x, %v", bits, got, err)
		}
	}
	for _, bits := range []uint32{0, 0x1d800000, 0x21010000, 0x01003456, 0xff000001} {
		if _, err := spv.Target(bits); !errors.Is(err, spv.ErrBadBits) {
			t.Errorf("bits %08x: %v", bits, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		target := new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 1, 31).Draw(t, "target"))
		if target.Sign() == 0 {
			return
		}
		cut, err := spv.Target(spv.Bits(target))
		if err != nil || cut.Cmp(target) > 0 || spv.Bits(cut) != spv.Bits(target) {
			t.Fatalf("%x becomes %x, %v", target, cut, err)
		}
		// 2^256 is at least work * (target + 1), and less than one work more.
		space := new(big.Int).Lsh(big.NewInt(1), 256)
		next := new(big.Int).Add(target, big.NewInt(1))
		rest := space.Sub(space, new(big.Int).Mul(spv.Work(target), next))
		if rest.Sign() < 0 || rest.Cmp(next) >= 0 {
			t.Fatalf("work of %x", target)
		}
	})
}

func zeros(n int) string { return string(bytes.Repeat([]byte{'0'}, n)) }

func mainnet() spv.Rules {
	one := big.NewInt(1)
	return spv.Rules{PowLimit: new(big.Int).Sub(new(big.Int).Lsh(one, 224), one)}
}

// Four retargets of mainnet, in batches; and each header's bytes matter.
func TestRealHeadersExtend(t *testing.T) {
	headers := testkit.Data(t, "headers-822528-830592.bin")
	section := func(from, to int) []byte { return headers[from*spv.HeaderLen : to*spv.HeaderLen] }
	rules, n := mainnet(), len(headers)/spv.HeaderLen
	at, err := rules.Anchor(section(10, 11), 822_538, binary.LittleEndian.Uint32(headers[68:]))
	if err != nil {
		t.Fatal(err)
	}
	const now = 2_000_000_000
	for i := 10; i+1 < n; {
		to := min(i+1+700, n)
		for _, place := range []int{0, 4, 36, 68, 72, 76, 79} {
			bad := bytes.Clone(section(i+1, to))
			bad[(to-i-1)/2*spv.HeaderLen+place] ^= 2
			if _, err := rules.Extend(at, section(i-10, i+1), bad, now); err == nil {
				t.Errorf("byte %d of a header after %d does not matter", place, at.Height)
			}
		}
		if at, err = rules.Extend(at, section(i-10, i+1), section(i+1, to), now); err != nil {
			t.Fatal(err)
		}
		i = to - 1
	}
	if at.Height != 830_592 || at.Work.BitLen() < 80 {
		t.Errorf("height %d, work of %d bits", at.Height, at.Work.BitLen())
	}
	first, root, last, err := spv.Link(section(7000, 7010))
	if err != nil || first != spv.DoubleSHA256(section(7000, 7001)) || last != spv.DoubleSHA256(section(7009, 7010)) ||
		root != chainhash.Hash(section(7000, 7001)[36:68]) {
		t.Errorf("linked from %v to %v: %v", first, last, err)
	}
	if _, _, _, err := spv.Link(append(bytes.Clone(section(1, 2)), section(1, 2)...)); !errors.Is(err, spv.ErrBadLink) {
		t.Errorf("a header after itself: %v", err)
	}
}

func TestAnchorsAreChecked(t *testing.T) {
	headers := testkit.Data(t, "headers-822528-830592.bin")[:spv.HeaderLen]
	rules := mainnet()
	for name, c := range map[string]struct {
		edit func(h []byte) []byte
		want error
	}{
		"short":    {func(h []byte) []byte { return h[:79] }, spv.ErrBadLength},
		"no bits":  {func(h []byte) []byte { clear(h[72:76]); return h }, spv.ErrBadBits},
		"too easy": {func(h []byte) []byte { binary.LittleEndian.PutUint32(h[72:], 0x207fffff); return h }, spv.ErrBadBits},
		"no work":  {func(h []byte) []byte { h[0] ^= 1; return h }, spv.ErrBadWork},
	} {
		if _, err := rules.Anchor(c.edit(bytes.Clone(headers)), 1, 1); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBlocksProveTheirTransactions(t *testing.T) {
	block := new(wire.MsgBlock)
	if err := block.Deserialize(bytes.NewReader(testkit.Data(t, "blocks/mainnet-831328.bin"))); err != nil {
		t.Fatal(err)
	}
	var header bytes.Buffer
	if err := block.Header.Serialize(&header); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{1, 2, 77, len(block.Transactions) - 1} {
		p, err := spv.Prove(block, i)
		if err != nil {
			t.Fatal(err)
		}
		p.Chain = header.Bytes()
		if txid, err := p.Verify(); err != nil || txid != block.Transactions[i].TxHash() {
			t.Errorf("transaction %d: %v, %v", i, txid, err)
		}
		for name, c := range map[string]struct {
			edit func(p *spv.Proof)
			want error
		}{
			"64 bytes":         {func(p *spv.Proof) { p.RawTx = make([]byte, 64) }, spv.ErrSize64},
			"coinbase's place": {func(p *spv.Proof) { p.Index = 0 }, spv.ErrBadMerkle},
			"another place":    {func(p *spv.Proof) { p.Index ^= 2 }, spv.ErrBadMerkle},
			"beyond":           {func(p *spv.Proof) { p.Index = 1 << 40 }, spv.ErrBadMerkle},
			"depth":            {func(p *spv.Proof) { p.CoinbaseSiblings = p.CoinbaseSiblings[1:] }, spv.ErrDepthMismatch},
			"coinbase":         {func(p *spv.Proof) { p.CoinbaseMid[3]++ }, spv.ErrBadMerkle},
			"no header":        {func(p *spv.Proof) { p.Chain = nil }, spv.ErrBadLength},
		} {
			bad := p
			c.edit(&bad)
			if _, err := bad.Verify(); !errors.Is(err, c.want) {
				t.Errorf("transaction %d, %s: %v", i, name, err)
			}
		}
	}
	for _, i := range []int{-1, 0, len(block.Transactions)} {
		if _, err := spv.Prove(block, i); !errors.Is(err, spv.ErrBadMerkle) {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
}

func TestTransactionsAreReadStrictly(t *testing.T) {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash{7}, Index: 3}, []byte{1, 2}, nil))
	tx.AddTxOut(wire.NewTxOut(5, bytes.Repeat([]byte{6}, 300)))
	tx.AddTxOut(wire.NewTxOut(8, []byte{9}))
	raw, err := spv.Stripped(tx)
	if err != nil {
		t.Fatal(err)
	}
	got, err := spv.ParseTx(raw)
	if err != nil || !got.Spends(spv.Outpoint{Txid: chainhash.Hash{7}, Vout: 3}) || got.Spends(spv.Outpoint{Vout: 3}) ||
		got.Paid([]byte{9}) != 8 || got.Paid([]byte{8}) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range raw {
		if _, err := spv.ParseTx(raw[:i]); !errors.Is(err, spv.ErrBadLength) {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"a byte more":      {append(bytes.Clone(raw), 0), spv.ErrTrailing},
		"witness form":     {slices.Concat(raw[:4], []byte{0, 1}, raw[4:]), spv.ErrWitnessForm},
		"a long count":     {slices.Concat(raw[:4], []byte{0xfd, 1, 0}, raw[5:]), spv.ErrNonMinimal},
		"a longer one":     {slices.Concat(raw[:4], []byte{0xfe, 1, 0, 0, 0}, raw[5:]), spv.ErrNonMinimal},
		"of 2^32 and more": {slices.Concat(raw[:4], []byte{0xff, 1, 0, 0, 0, 0, 0, 0, 0}, raw[5:]), spv.ErrBadLength},
		"too many inputs":  {slices.Concat(raw[:4], []byte{200}, raw[5:]), spv.ErrBadLength},
	} {
		if _, err := spv.ParseTx(c.raw); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBatchesAreRead(t *testing.T) {
	scripts := [][]byte{{1}, {2, 2}}
	build := func(outs ...*wire.TxOut) []byte {
		tx := wire.NewMsgTx(2)
		tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{}, nil, nil))
		tx.TxOut = outs
		raw, err := spv.Stripped(tx)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	one, two := wire.NewTxOut(10, scripts[0]), wire.NewTxOut(20, scripts[1])
	data := wire.NewTxOut(0, spv.CommitmentScript([32]byte{5}))
	b, err := spv.ReadBatch(build(one, two, data, wire.NewTxOut(3, []byte{7})), scripts)
	if err != nil || !slices.Equal(b.Values, []uint64{10, 20}) || b.Data != [32]byte{5} || len(b.Rest) != 1 {
		t.Errorf("%+v, %v", b, err)
	}
	for name, raw := range map[string][]byte{
		"too short": build(one, two), "swapped": build(two, one, data), "no data": build(one, two, one),
		"other data": build(one, two, wire.NewTxOut(0, bytes.Repeat([]byte{0x6a}, 34))),
	} {
		if _, err := spv.ReadBatch(raw, scripts); !errors.Is(err, spv.ErrBadBatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := spv.ReadBatch([]byte{1}, scripts); !errors.Is(err, spv.ErrBadLength) {
		t.Error(err)
	}
	d := spv.Domain{ChainID: big.NewInt(1)}
	a := d.BatchCommitment([][32]byte{{1}, {2}})
	if a == d.BatchCommitment([][32]byte{{2}, {1}}) || a == (spv.Domain{ChainID: big.NewInt(2)}).BatchCommitment([][32]byte{{1}, {2}}) {
		t.Error("order or domain do not matter")
	}
}

// The vectors of the product specification: claims of a lot.
func TestPayouts(t *testing.T) {
	k := spv.SeriesKey{Long: true, Base: 21_834_567, Lo: 1_200_000, Hi: 2_100_000}
	got, err := k.Payout(5_000, 23_376_409)
	if err != nil || got != 1_709_210 {
		t.Errorf("%d, %v", got, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		k := spv.SeriesKey{
			Base: rapid.Uint64Range(0, 1<<30).Draw(t, "base"), Lo: rapid.Uint64Range(0, 1<<24).Draw(t, "lo"),
			Shape: spv.Shape(rapid.IntRange(0, 1).Draw(t, "shape")), QuantBits: rapid.Uint8Range(0, 16).Draw(t, "j"), //nolint:gosec // G115: chance, or small by construction
		}
		k.Hi = k.Lo + 1000*rapid.Uint64Range(1, 1<<14).Draw(t, "band")
		notional, value := rapid.Uint32Range(1, 1<<20).Draw(t, "H"), rapid.Uint64Range(0, 1<<32-1).Draw(t, "x")
		total, err := k.Units(notional)
		if err != nil {
			t.Fatal(err)
		}
		k.Long = true
		long, err1 := k.Payout(notional, value)
		due, err2 := k.Due(notional, value)
		k.Long = false
		short, err3 := k.Payout(notional, value)
		if err := errors.Join(err1, err2, err3); err != nil || long+short != total {
			t.Fatalf("%d and %d of %d, %v", long, short, total, err)
		}
		if due != long && (due != 0 || long >= spv.VaultDust) {
			t.Fatalf("due %d of %d", due, long)
		}
	})
	for name, bad := range map[string]spv.SeriesKey{
		"buckets": {Hi: 1000, QuantBits: 17}, "shape": {Hi: 1000, Shape: 2},
	} {
		if _, err := bad.Due(1, 1); !errors.Is(err, spv.ErrBadSeries) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]spv.SeriesKey{
		"no band": {Lo: 5, Hi: 5}, "no whole units": {Hi: 999}, "overflow": {Hi: 1<<64 - 1},
	} {
		if _, err := bad.Payout(1<<32-1, 1); !errors.Is(err, spv.ErrBadUnits) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayableScripts(t *testing.T) {
	for script, want := range map[string]bool{
		"76a914" + zeros(40) + "88ac": true, "a914" + zeros(40) + "87": true, "0014" + zeros(40): true,
		"0020" + zeros(64): true, "5120" + zeros(64): true, "5220" + zeros(64): false, "": false, "6a": false,
		"76a914" + zeros(40) + "88ad": false, "a914" + zeros(40) + "88": false, "0015" + zeros(40): false,
	} {
		raw, err := hex.DecodeString(script)
		if err != nil {
			t.Fatal(err)
		}
		if got := spv.PayableScript(raw); got != want {
			t.Errorf("%s: %v", script, got)
		}
	}
}

func TestEventsAreRegisteredAndShown(t *testing.T) {
	o := attesttest.Oracle{Name: "red", Dialect: attest.D2}
	a := o.Announce("hp1/cum/20600/tot", "sat/PH", 30, 77)
	r, err := spv.Register(a)
	if err != nil || len(r.Ry) != 30 || r.Px != o.Key() {
		t.Fatal(err)
	}
	s, err := spv.Show(o.Attest(a.Event, 23_376_409))
	if err != nil || s.Value != 23_376_409 || len(s.Nonces) != 30 {
		t.Errorf("%+v, %v", s, err)
	}
	bad := a
	bad.Signature[0] ^= 0xff
	for i := range 256 { // until it is no point
		bad.Signature[1] = byte(i)
		if _, err = spv.Register(bad); err != nil {
			break
		}
	}
	if !errors.Is(err, spv.ErrBadAnnouncement) {
		t.Error(err)
	}
	bad = a
	bad.Event.Nonces = slices.Clone(a.Event.Nonces)
	bad.Event.Nonces[4] = [32]byte(bytes.Repeat([]byte{0xff}, 32))
	if _, err := spv.Register(bad); !errors.Is(err, spv.ErrBadNonceList) {
		t.Error(err)
	}
	if _, err := spv.Register(o.Announce("e", "u", 33, 1)); !errors.Is(err, spv.ErrBadNonceList) {
		t.Error(err)
	}
	words := o.Attest(a.Event, 1)
	words.Outcomes = slices.Clone(words.Outcomes)
	words.Outcomes[3] = "2"
	for _, att := range []attest.Attestation{{}, words} {
		if _, err := spv.Show(att); !errors.Is(err, spv.ErrBadAttestation) {
			t.Error(err)
		}
	}
}

func TestCETSets(t *testing.T) {
	if _, err := spv.NewCETSet(nil); !errors.Is(err, spv.ErrBadLength) {
		t.Error(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		cets := make([]spv.CET, rapid.IntRange(1, 60).Draw(t, "n"))
		for i := range cets {
			cets[i] = spv.CET{First: uint64(i), Last: uint64(i), Txid: chainhash.Hash{byte(i)}}
		}
		set, err := spv.NewCETSet(cets)
		if err != nil {
			t.Fatal(err)
		}
		for i, cet := range cets {
			branch, err := set.Branch(i)
			if err != nil || !cet.Contains(set.Root(), uint64(i), branch) {
				t.Fatalf("leaf %d: %v", i, err)
			}
			if len(branch) > 0 && cet.Contains(set.Root(), uint64(i)^1, branch) {
				t.Fatalf("leaf %d at another place", i)
			}
		}
		if _, err := set.Branch(1 << 20); !errors.Is(err, spv.ErrBadMerkle) {
			t.Fatal(err)
		}
	})
}

func TestRecordsOfContests(t *testing.T) {
	terms := spv.Terms{FundingVout: 1}
	lot := spv.LotRecord(terms.ID(), terms.OutpointSide(true), chainhash.Hash{4}, 9)
	pay := spv.PaymentRecord([32]byte{1}, 2, chainhash.Hash{4}, 9)
	if len(lot) != 128 || len(pay) != 128 || terms.OutpointSide(true) == terms.OutpointSide(false) {
		t.Errorf("%d and %d bytes", len(lot), len(pay))
	}
}

func TestContextNearGenesis(t *testing.T) {
	for height, want := range map[uint32]int{0: 1, 5: 6, 9: 10, 10: 11, 800_000: 11} {
		if got := spv.ContextLen(height); got != want {
			t.Errorf("height %d: %d headers, want %d", height, got, want)
		}
	}
}

func TestRealMerkleBlocks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testkit.DataPath(t, "txoutproofs"), "*.bin"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no merkle blocks: %v", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file) //nolint:gosec // G304: the folder of recorded data
		if err != nil {
			t.Fatal(err)
		}
		block, err := spv.DecodeMerkleBlock(raw)
		if err != nil || len(block.Matches) != 1 {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		for i := range raw {
			if _, err := spv.DecodeMerkleBlock(raw[:i]); err == nil {
				t.Errorf("%s: %d bytes are accepted", filepath.Base(file), i)
			}
		}
		if _, err := spv.DecodeMerkleBlock(append(raw, 0)); !errors.Is(err, spv.ErrMerkleBlock) {
			t.Errorf("%s: a byte more: %v", filepath.Base(file), err)
		}
	}
}

// A tree in which two children are equal stands for two lists of transactions
// (CVE-2012-2459), and is refused.
func TestMerkleBlocksWithEqualChildrenAreRefused(t *testing.T) {
	leaf := chainhash.Hash{8}
	root := spv.DoubleSHA256(append(leaf[:], leaf[:]...))
	raw := make([]byte, spv.HeaderLen+5+2*len(leaf)+2)
	copy(raw[36:], root[:])
	raw[spv.HeaderLen], raw[spv.HeaderLen+4] = 2, 2
	copy(raw[spv.HeaderLen+5:], leaf[:])
	copy(raw[spv.HeaderLen+5+len(leaf):], leaf[:])
	copy(raw[len(raw)-2:], []byte{1, 0b111})
	if _, err := spv.DecodeMerkleBlock(raw); !errors.Is(err, spv.ErrMerkleBlock) {
		t.Error(err)
	}
}

func TestEncodingsSurvive(t *testing.T) {
	terms := spv.Terms{SeriesID: [32]byte{1}, FundingVout: 2, Collateral: 3, VaultScript: []byte{4, 5}, VaultSalt: [32]byte{6}}
	k := spv.SeriesKey{Events: [][32]byte{{1}, {2}}, Threshold: 2, Long: true, Hi: 9, MinRefundPpm: 7}
	r := spv.Redemption{ID: [32]byte{3}, Lot: true, Owner: spv.Address{4}, Sats: 5, Script: []byte{6}}
	gotTerms, err1 := spv.DecodeTerms(terms.Encode())
	gotKey, err2 := spv.DecodeSeriesKey(k.Encode())
	gotRedemption, err3 := spv.DecodeRedemption(r.Encode())
	if err := errors.Join(err1, err2, err3); err != nil || gotTerms.ID() != terms.ID() || gotKey.ID() != k.ID() || gotRedemption.RID() != r.RID() {
		t.Error(err)
	}
	for _, b := range [][]byte{nil, terms.Encode()[:300], append(terms.Encode(), 0), bytes.Repeat([]byte{0xff}, 500)} {
		_, err1 := spv.DecodeTerms(b)
		_, err2 := spv.DecodeSeriesKey(b)
		_, err3 := spv.DecodeRedemption(b)
		for _, err := range []error{err1, err2, err3} {
			if !errors.Is(err, spv.ErrABI) {
				t.Errorf("%d bytes: %v", len(b), err)
			}
		}
	}
}

// A digest says chain, bridge, anchor, lot, receiver and expiry.
func TestAttestDigestsDiffer(t *testing.T) {
	seen := map[[32]byte]bool{}
	for _, d := range []spv.Domain{
		{ChainID: big.NewInt(1)}, {ChainID: big.NewInt(2)}, {ChainID: big.NewInt(1), Bridge: spv.Address{1}},
		{ChainID: big.NewInt(1), Anchor: chainhash.Hash{1}},
	} {
		for _, lot := range []byte{0, 1} {
			for _, to := range []byte{0, 1} {
				for _, expiry := range []uint64{0, 1} {
					seen[d.AttestDigest([32]byte{lot}, spv.Address{to}, expiry)] = true
				}
			}
		}
	}
	if len(seen) != 32 {
		t.Errorf("%d digests of 32", len(seen))
	}
}

func TestRequiredConfirmations(t *testing.T) {
	for value, want := range map[uint64]uint64{0: 6, 9_3750_0000: 6, 9_3750_0001: 7, 150_0000_0000: 96} {
		if got, ok := spv.Required(value, 840_000, 210_000); !ok || got != want {
			t.Errorf("%d sat: %d", value, got)
		}
	}
	if _, ok := spv.Required(1, 64*210_000, 210_000); ok {
		t.Error("no subsidy proves something")
	}
}

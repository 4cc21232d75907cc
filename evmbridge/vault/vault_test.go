package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

var deployment = vault.Deployment{Genesis: chainhash.Hash{1}, ChainID: 1337, Bridge: [20]byte{2}}

var domain = spv.Domain{ChainID: big.NewInt(1337), Bridge: [20]byte{2}, Anchor: chainhash.Hash{3}}

// keys returns n operators' keys in the order of the committee, and the committee.
func keys(n, t int) ([]*btcec.PrivateKey, vault.Committee) {
	var all []*btcec.PrivateKey
	for i := range n {
		all = append(all, testkit.Key(fmt.Sprintf("operator %d", i)))
	}
	x := func(k *btcec.PrivateKey) [32]byte { return [32]byte(schnorr.SerializePubKey(k.PubKey())) }
	slices.SortFunc(all, func(a, b *btcec.PrivateKey) int {
		xa, xb := x(a), x(b)
		return bytes.Compare(xa[:], xb[:])
	})
	c := vault.Committee{Threshold: t}
	for _, k := range all {
		c.Operators = append(c.Operators, x(k))
	}
	return all, c
}

func newVault(t *testing.T, c vault.Committee, salt byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(deployment, c, [32]byte{salt})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func coin(v *vault.Vault, salt byte, value btcutil.Amount) vault.Coin {
	return vault.Coin{Outpoint: wire.OutPoint{Hash: chainhash.Hash{salt}, Index: 1}, Value: value, Vault: v}
}

func redemption(nonce, sats uint64) spv.Redemption {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, byte(nonce) //nolint:gosec // G115: chance, or small by construction
	return spv.Redemption{ID: [32]byte{9}, Sats: sats, MaxFee: sats / 2, Nonce: nonce, Script: script, Deadline: 7}
}

// A vault binds its deployment and its salt; two of them never share a script.
func TestVaultsAreBoundToTheirDeployment(t *testing.T) {
	_, c := keys(3, 2)
	seen := map[string]bool{}
	add := func(d vault.Deployment, c vault.Committee, salt [32]byte) {
		v, err := vault.New(d, c, salt)
		if err != nil {
			t.Fatal(err)
		}
		if script := string(v.Script()); seen[script] || len(script) != 34 {
			t.Errorf("%+v: script %x", d, script)
		} else {
			seen[script] = true
		}
	}
	add(deployment, c, [32]byte{1})
	add(deployment, c, [32]byte{2})
	add(vault.Deployment{Genesis: chainhash.Hash{2}, ChainID: 1337, Bridge: [20]byte{2}}, c, [32]byte{1})
	add(vault.Deployment{Genesis: chainhash.Hash{1}, ChainID: 1, Bridge: [20]byte{2}}, c, [32]byte{1})
	add(vault.Deployment{Genesis: chainhash.Hash{1}, ChainID: 1337, Bridge: [20]byte{3}}, c, [32]byte{1})
	_, other := keys(3, 3)
	add(deployment, other, [32]byte{1})
	address, err := newVault(t, c, 1).Address(&chaincfg.RegressionNetParams)
	if err != nil || address[:6] != "bcrt1p" {
		t.Errorf("address %s: %v", address, err)
	}
}

func TestCommitteesAreChecked(t *testing.T) {
	_, c := keys(3, 2)
	_, many := keys(16, 2)
	off := slices.Clone(c.Operators)
	off[2] = [32]byte(bytes.Repeat([]byte{0xff}, 32))
	for name, bad := range map[string]vault.Committee{
		"nobody":                    {Threshold: 1},
		"threshold 0":               {Operators: c.Operators},
		"no majority":               {Operators: c.Operators, Threshold: 1},
		"half of them":              {Operators: c.Operators[:2], Threshold: 1},
		"more than there are":       {Operators: c.Operators, Threshold: 4},
		"sixteen":                   many,
		"descending":                {Operators: [][32]byte{c.Operators[1], c.Operators[0]}, Threshold: 2},
		"one twice":                 {Operators: [][32]byte{c.Operators[0], c.Operators[0]}, Threshold: 2},
		"something else than a key": {Operators: off, Threshold: 2},
	} {
		if _, err := vault.New(deployment, bad, [32]byte{}); !errors.Is(err, vault.ErrOperators) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// execute runs a signed batch through btcd's script engine.
func execute(b *vault.Batch, tx *wire.MsgTx) error {
	previous := txscript.NewMultiPrevOutFetcher(nil)
	for _, c := range b.Coins {
		previous.AddPrevOut(c.Outpoint, wire.NewTxOut(int64(c.Value), c.Vault.Script()))
	}
	hashes := txscript.NewTxSigHashes(tx, previous)
	for i, c := range b.Coins {
		engine, err := txscript.NewEngine(
			c.Vault.Script(), tx, i, txscript.StandardVerifyFlags, nil, hashes, int64(c.Value), previous)
		if err != nil {
			return err
		}
		if err := engine.Execute(); err != nil {
			return err
		}
	}
	return nil
}

// Every committee of up to five, with every set of signers that is large enough.
func TestEveryLargeEnoughSetOfSignersSpends(t *testing.T) {
	for n := 1; n <= 5; n++ {
		for threshold := n/2 + 1; threshold <= n; threshold++ {
			all, c := keys(n, threshold)
			v := newVault(t, c, 5)
			coins := []vault.Coin{coin(v, 1, 60_000), coin(newVault(t, c, 6), 2, 70_000)}
			b, err := vault.Build(domain, coins, []spv.Redemption{redemption(1, 50_000), redemption(2, 50_000)}, v, 5)
			if err != nil {
				t.Fatal(err)
			}
			for set := range 1 << n {
				session, err := vault.NewSession(b)
				if err != nil {
					t.Fatal(err)
				}
				signers := 0
				for i, k := range all {
					if set>>i&1 == 0 {
						continue
					}
					signers++
					if err := session.Add(c.Operators[i], signatures(t, k, b)); err != nil {
						t.Fatal(err)
					}
				}
				tx, err := session.Finish()
				if signers < threshold {
					if !errors.Is(err, vault.ErrTooFew) {
						t.Errorf("%d of %d sign for a threshold of %d: %v", signers, n, threshold, err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := execute(b, tx); err != nil {
					t.Errorf("%d of %d for a threshold of %d: %v", signers, n, threshold, err)
				}
				weight := 3*tx.SerializeSizeStripped() + tx.SerializeSize()
				if want := uint64(weight+3) / 4 * 5; uint64(b.Fee) < want || uint64(b.Fee) > want+2 { //nolint:gosec // G115: chance, or small by construction
					t.Errorf("%d of %d: a fee of %d for %d", threshold, n, b.Fee, want)
				}
			}
		}
	}
}

// The sizes that the specification gives for 2 of 3.
func TestSizesOfTwoOfThree(t *testing.T) {
	_, c := keys(3, 2)
	if got := newVault(t, c, 1).WitnessWeight(); got != 271 {
		t.Errorf("a witness of %d weight units, want 271", got)
	}
}

// signatures signs by way of an operator who allows everything.
func signatures(t *testing.T, key *btcec.PrivateKey, b *vault.Batch) [][64]byte {
	t.Helper()
	w := newDesk(t, b)
	sigs, err := w.operator(t, key, memory{}).Sign(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return sigs
}

// memory is a bind that is forgotten with the test; the store itself has its own.
type memory struct{}

func (memory) Bind([][32]byte, wire.OutPoint, []wire.OutPoint) error { return nil }

// desk is an operator's two nodes and his limits.
type desk struct {
	burned map[[32]byte]bool
	coins  map[wire.OutPoint]vault.Coin
	vaults map[string]*vault.Vault
	limits vault.Limits
	lots   error
}

func newDesk(t *testing.T, b *vault.Batch) *desk {
	t.Helper()
	w := &desk{
		burned: map[[32]byte]bool{}, coins: map[wire.OutPoint]vault.Coin{}, vaults: map[string]*vault.Vault{},
		limits: vault.Limits{Rate: 50, Batch: 1e8},
	}
	for _, c := range b.Coins {
		w.coins[c.Outpoint] = c
		w.vaults[string(c.Vault.Script())] = c.Vault
	}
	if b.Change != nil {
		w.vaults[string(b.Change.Script())] = b.Change
	}
	for _, r := range b.Redemptions {
		w.burned[r.RID()] = true
	}
	return w
}

func (w *desk) Finalized(_ context.Context, rid [32]byte) (bool, error) { return w.burned[rid], nil }

func (w *desk) Output(_ context.Context, o wire.OutPoint) ([]byte, btcutil.Amount, error) {
	c, ok := w.coins[o]
	if !ok {
		return nil, 0, vault.ErrNotVault
	}
	return c.Vault.Script(), c.Value, nil
}

func (w *desk) VerifyLot(context.Context, spv.SeriesKey, spv.Terms, spv.Address) error { return w.lots }

func (w *desk) operator(t *testing.T, key *btcec.PrivateKey, anchors vault.Anchors) *vault.Operator {
	t.Helper()
	_, c := keys(3, 2)
	o, err := vault.NewOperator(vault.OperatorConfig{
		Key: key, Attestation: testkit.Key("attestation"), Domain: domain, Limits: w.limits, Burns: w, Coins: w,
		Anchors: anchors, Lots: w, VaultOf: func(script []byte) *vault.Vault { return w.vaults[string(script)] },
		NewVault: func(salt [32]byte) (*vault.Vault, error) { return vault.New(deployment, c, salt) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func usualBatch(t *testing.T, c vault.Committee) *vault.Batch {
	t.Helper()
	v := newVault(t, c, 5)
	b, err := vault.Build(domain, []vault.Coin{coin(v, 1, 200_000)},
		[]spv.Redemption{redemption(1, 50_000), redemption(2, 60_000)}, v, 5)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The signing policy, each rule by a batch that breaks it alone.
func TestOperatorsSignByTheirPolicyOnly(t *testing.T) {
	all, c := keys(3, 2)
	for name, rule := range map[string]struct {
		breaks func(w *desk, b *vault.Batch)
		want   error
	}{
		"a burn that is not finalized":     {func(w *desk, b *vault.Batch) { delete(w.burned, b.Redemptions[1].RID()) }, vault.ErrNotBurned},
		"an input that is not there":       {func(w *desk, b *vault.Batch) { delete(w.coins, b.Coins[0].Outpoint) }, vault.ErrNotVault},
		"an input of another value":        {func(w *desk, b *vault.Batch) { x := b.Coins[0]; x.Value--; w.coins[x.Outpoint] = x }, vault.ErrNotVault},
		"change to somebody":               {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[3].PkScript[5]++ }, vault.ErrBatch},
		"an output more":                   {func(_ *desk, b *vault.Batch) { b.Tx.AddTxOut(wire.NewTxOut(1000, b.Tx.TxOut[0].PkScript)) }, vault.ErrBatch},
		"a payment to somebody else":       {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[0].PkScript = bytes.Repeat([]byte{1}, 34) }, vault.ErrBatch},
		"a payment of too much":            {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[0].Value = 50_001 }, vault.ErrBatch},
		"a payment of too little":          {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[0].Value = 24_999 }, vault.ErrBatch},
		"no commitment":                    {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[2].PkScript[9]++ }, vault.ErrBatch},
		"a fee rate above his limit":       {func(w *desk, _ *vault.Batch) { w.limits.Rate = 1 }, vault.ErrRate},
		"a fee that empties the vault":     {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[3].Value -= 80_000 }, vault.ErrRate},
		"a batch above his limit":          {func(w *desk, _ *vault.Batch) { w.limits.Batch = 109_999 }, vault.ErrLimit},
		"a lock time":                      {func(_ *desk, b *vault.Batch) { b.Tx.LockTime = 1 }, vault.ErrBatch},
		"another input in the transaction": {func(_ *desk, b *vault.Batch) { b.Tx.TxIn[0].PreviousOutPoint.Index++ }, vault.ErrBatch},
		"more out than in":                 {func(_ *desk, b *vault.Batch) { b.Tx.TxOut[3].Value += 90_000 }, vault.ErrFunds},
		"the same redemption twice": {func(_ *desk, b *vault.Batch) {
			double, err := vault.Build(domain, b.Coins, []spv.Redemption{b.Redemptions[0], b.Redemptions[0]}, b.Change, 5)
			if err != nil {
				t.Fatal(err)
			}
			*b = *double
		}, vault.ErrBatch},
	} {
		t.Run(name, func(t *testing.T) {
			b := usualBatch(t, c)
			w := newDesk(t, b)
			if _, err := w.operator(t, all[0], memory{}).Sign(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			rule.breaks(w, b)
			if sigs, err := w.operator(t, all[0], memory{}).Sign(t.Context(), b); !errors.Is(err, rule.want) || sigs != nil {
				t.Errorf("%v, want %v", err, rule.want)
			}
		})
	}
}

// A redemption is bound to its anchor before the first signature, over a restart,
// and whatever replaces its payment spends the anchor too.
func TestReplacementsSpendTheAnchor(t *testing.T) {
	all, c := keys(3, 2)
	b := usualBatch(t, c)
	dir := t.TempDir()
	open := func() *vault.Store {
		s, err := vault.Open(dir, [32]byte{4})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	store := open()
	w := newDesk(t, b)
	other := coin(b.Change, 9, 200_000)
	w.coins[other.Outpoint] = other
	if _, err := w.operator(t, all[0], store).Sign(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open()
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	rid := b.Redemptions[0].RID()
	if got, err := store.Anchor(rid); err != nil || got != b.Coins[0].Outpoint {
		t.Fatalf("anchor %v: %v", got, err)
	}
	o := w.operator(t, all[0], store)
	build := func(coins []vault.Coin, rs []spv.Redemption, rate vault.FeeRate) *vault.Batch {
		next, err := vault.Build(domain, coins, rs, b.Change, rate)
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	for name, next := range map[string]*vault.Batch{
		"the same again":           b,
		"a higher fee":             build(b.Coins, b.Redemptions, 20),
		"one of them, more inputs": build([]vault.Coin{other, b.Coins[0]}, b.Redemptions[:1], 5),
	} {
		if _, err := o.Sign(t.Context(), next); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	fresh := redemption(3, 20_000)
	w.burned[fresh.RID()] = true
	elsewhere := build([]vault.Coin{other}, []spv.Redemption{fresh, b.Redemptions[1]}, 5)
	if _, err := o.Sign(t.Context(), elsewhere); !errors.Is(err, vault.ErrAnchor) {
		t.Errorf("without the anchor: %v", err)
	}
	if _, err := store.Anchor(fresh.RID()); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("a batch that was refused left an anchor: %v", err)
	}
}

func TestSessionsTakeValidSignaturesOnly(t *testing.T) {
	all, c := keys(3, 2)
	b := usualBatch(t, c)
	session, err := vault.NewSession(b)
	if err != nil {
		t.Fatal(err)
	}
	good := signatures(t, all[0], b)
	bad := slices.Clone(good)
	bad[0][40] ^= 1
	outsider := testkit.Key("outsider")
	for name, c := range map[string]struct {
		operator [32]byte
		sigs     [][64]byte
		want     error
	}{
		"a bit flipped":       {c.Operators[0], bad, vault.ErrSignature},
		"another operator's":  {c.Operators[1], good, vault.ErrSignature},
		"none":                {c.Operators[0], nil, vault.ErrSignature},
		"somebody else":       {[32]byte(schnorr.SerializePubKey(outsider.PubKey())), signatures(t, outsider, b), vault.ErrOperators},
		"something not a key": {[32]byte(bytes.Repeat([]byte{0xff}, 32)), good, vault.ErrOperators},
	} {
		if err := session.Add(c.operator, c.sigs); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := session.Finish(); !errors.Is(err, vault.ErrTooFew) {
		t.Errorf("finished with nothing: %v", err)
	}
}

func TestBatchesThatCannotBeBuilt(t *testing.T) {
	_, c := keys(3, 2)
	v := newVault(t, c, 5)
	one := []spv.Redemption{redemption(1, 50_000)}
	stingy := redemption(1, 50_000)
	stingy.MaxFee = 500
	for name, b := range map[string]struct {
		coins []vault.Coin
		rs    []spv.Redemption
		rate  vault.FeeRate
		want  error
	}{
		"no coins":             {nil, one, 5, vault.ErrBatch},
		"no redemptions":       {[]vault.Coin{coin(v, 1, 60_000)}, nil, 5, vault.ErrBatch},
		"a hundred and one":    {[]vault.Coin{coin(v, 1, 60_000)}, make([]spv.Redemption, 101), 5, vault.ErrBatch},
		"too few coins":        {[]vault.Coin{coin(v, 1, 49_999)}, one, 5, vault.ErrFunds},
		"no fee":               {[]vault.Coin{coin(v, 1, 60_000)}, one, 0, vault.ErrFeeRate},
		"an absurd fee":        {[]vault.Coin{coin(v, 1, 60_000)}, one, vault.MaxFeeRate + 1, vault.ErrFeeRate},
		"more than is allowed": {[]vault.Coin{coin(v, 1, 60_000)}, []spv.Redemption{stingy}, 5, vault.ErrFeeRate},
	} {
		if _, err := vault.Build(domain, b.coins, b.rs, v, b.rate); !errors.Is(err, b.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Exactly enough leaves no change; dust is not made.
	for _, value := range []btcutil.Amount{50_000, 50_329, 50_330} {
		b, err := vault.Build(domain, []vault.Coin{coin(v, 1, value)}, one, v, 5)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Change != nil; got != (value == 50_330) || len(b.Tx.TxOut) != map[bool]int{true: 3, false: 2}[got] {
			t.Errorf("%v: change %v", value, got)
		}
	}
}

// A lot's vault is known only after its mint, so no attestation asks for that.
func TestAttestationsFollowTheVerifier(t *testing.T) {
	_, c := keys(3, 2)
	b := usualBatch(t, c)
	w := newDesk(t, b)
	w.vaults = nil
	o := w.operator(t, testkit.Key("operator 0"), memory{})
	k := spv.SeriesKey{Lo: 1, Hi: 2}
	terms := spv.Terms{SeriesID: k.ID(), VaultSalt: [32]byte{5}, VaultScript: b.Change.Script()}
	to := spv.Address{8}
	sig, err := o.Attest(t.Context(), k, terms, to, 99)
	if err != nil {
		t.Fatal(err)
	}
	digest := domain.AttestDigest(terms.ID(), to, 99)
	compact := append([]byte{sig[64]}, sig[:64]...)
	pub, _, err := ecdsa.RecoverCompact(compact, digest[:])
	if err != nil || !pub.IsEqual(testkit.Key("attestation").PubKey()) {
		t.Errorf("signed by %v: %v", pub, err)
	}
	w.lots = errors.New("a refund signature is missing")
	if _, err := o.Attest(t.Context(), k, terms, to, 99); !errors.Is(err, vault.ErrNotAttested) || !errors.Is(err, w.lots) {
		t.Errorf("attested although the verifier says: %v", err)
	}
	w.lots = nil
	foreign := terms
	foreign.VaultScript = bytes.Repeat([]byte{3}, 34)
	if _, err := o.Attest(t.Context(), k, foreign, to, 99); !errors.Is(err, vault.ErrNotAttested) {
		t.Errorf("attested a vault of somebody else: %v", err)
	}
	foreign = terms
	foreign.SeriesID[0]++
	if _, err := o.Attest(t.Context(), k, foreign, to, 99); !errors.Is(err, vault.ErrNotAttested) {
		t.Errorf("attested terms of another series: %v", err)
	}
	key := testkit.Key("both")
	if _, err := vault.NewOperator(vault.OperatorConfig{Key: key, Attestation: key}); !errors.Is(err, vault.ErrOperators) {
		t.Errorf("one key for two purposes: %v", err)
	}
}

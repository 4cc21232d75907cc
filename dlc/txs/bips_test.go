package txs_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

const bip327 = "bips/bip327/"

func decode(t tester, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// noteSkipped says which cases of a file were not run, and why.
func noteSkipped(file string, n int, why string) {
	if n > 0 {
		testkit.NoteVectors(file, "skipped "+strconv.Itoa(n)+": "+why)
	}
}

// notThirtyTwo is why cases of BIP327 are skipped: a transaction's hash is 32
// bytes, and the library takes nothing else.
const notThirtyTwo = "the message is not of 32 bytes"

// pick returns the elements of list at the given indices.
func pick[T any](list []T, indices []int) []T {
	var out []T
	for _, i := range indices {
		out = append(out, list[i])
	}
	return out
}

func pubKeys(list []testkit.Hex) ([]*btcec.PublicKey, error) {
	var keys []*btcec.PublicKey
	for _, b := range list {
		key, err := btcec.ParsePubKey(b)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func pubNonces(list []testkit.Hex) [][66]byte {
	var out [][66]byte
	for _, b := range list {
		out = append(out, [66]byte(b))
	}
	return out
}

func tweaks(values []testkit.Hex, xOnly []bool) []musig2.KeyTweakDesc {
	var out []musig2.KeyTweakDesc
	for i, v := range values {
		out = append(out, musig2.KeyTweakDesc{Tweak: [32]byte(v), IsXOnly: xOnly[i]})
	}
	return out
}

func TestVectorsBIP327KeySort(t *testing.T) {
	testkit.Vectors(t, bip327+"key_sort_vectors.json", func(raw []byte) int {
		var file struct {
			Pubkeys       []testkit.Hex
			SortedPubkeys []testkit.Hex `json:"sorted_pubkeys"`
		}
		decode(t, raw, &file)
		keys, err := pubKeys(file.Pubkeys)
		if err != nil {
			t.Fatal(err)
		}
		// With sort, the library sorts the slice it is given.
		if _, _, _, err := musig2.AggregateKeys(keys, true); err != nil {
			t.Fatal(err)
		}
		for i, key := range keys {
			want(t, "key "+strconv.Itoa(i), hex.EncodeToString(key.SerializeCompressed()), hex.EncodeToString(file.SortedPubkeys[i]))
		}
		return 1
	})
}

func TestVectorsBIP327KeyAgg(t *testing.T) {
	testkit.Vectors(t, bip327+"key_agg_vectors.json", func(raw []byte) int {
		var file struct {
			Pubkeys, Tweaks []testkit.Hex
			Valid           []struct {
				Keys     []int  `json:"key_indices"`
				Expected string `json:"expected"`
			} `json:"valid_test_cases"`
			Errors []struct {
				Keys    []int  `json:"key_indices"`
				Tweaks  []int  `json:"tweak_indices"`
				XOnly   []bool `json:"is_xonly"`
				Comment string
			} `json:"error_test_cases"`
		}
		decode(t, raw, &file)
		for _, c := range file.Valid {
			keys, err := pubKeys(pick(file.Pubkeys, c.Keys))
			if err != nil {
				t.Fatal(err)
			}
			aggregate, _, _, err := musig2.AggregateKeys(keys, false)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "aggregate", strings.ToUpper(hex.EncodeToString(schnorr.SerializePubKey(aggregate.FinalKey))), c.Expected)
		}
		for _, c := range file.Errors {
			keys, err := pubKeys(pick(file.Pubkeys, c.Keys))
			if err == nil {
				_, _, _, err = musig2.AggregateKeys(keys, false, musig2.WithKeyTweaks(tweaks(pick(file.Tweaks, c.Tweaks), c.XOnly)...))
			}
			if err == nil {
				t.Errorf("accepted: %s", c.Comment)
			}
		}
		return len(file.Valid) + len(file.Errors)
	})
}

func TestVectorsBIP327NonceGen(t *testing.T) {
	const name = bip327 + "nonce_gen_vectors.json"
	testkit.Vectors(t, name, func(raw []byte) int {
		var file struct {
			Cases []struct {
				Rand   testkit.Hex `json:"rand_"`
				Secret testkit.Hex `json:"sk"`
				Public testkit.Hex `json:"pk"`
				Key    testkit.Hex `json:"aggpk"`
				Msg    *string
				Extra  testkit.Hex `json:"extra_in"`
				Sec    string      `json:"expected_secnonce"`
				Pub    string      `json:"expected_pubnonce"`
			} `json:"test_cases"`
		}
		decode(t, raw, &file)
		run := 0
		for _, c := range file.Cases {
			if c.Msg != nil && len(*c.Msg) != 64 {
				continue
			}
			run++
			public, err := btcec.ParsePubKey(c.Public)
			if err != nil {
				t.Fatal(err)
			}
			options := []musig2.NonceGenOption{musig2.WithCustomRand(bytes.NewReader(c.Rand)), musig2.WithPublicKey(public)}
			if c.Msg != nil {
				options = append(options, musig2.WithNonceMessageAux([32]byte(unhex(t, *c.Msg))))
			}
			if c.Secret != nil {
				options = append(options, musig2.WithNonceSecretKeyAux(secret(t, hex.EncodeToString(c.Secret))))
			}
			if c.Key != nil {
				// Only x is hashed, and this x is of no point.
				var x, y btcec.FieldVal
				x.SetByteSlice(c.Key)
				options = append(options, musig2.WithNonceCombinedKeyAux(btcec.NewPublicKey(&x, &y)))
			}
			if c.Extra != nil {
				options = append(options, musig2.WithNonceAuxInput(c.Extra))
			}
			nonces, err := musig2.GenNonces(options...)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "secret nonce", strings.ToUpper(hex.EncodeToString(nonces.SecNonce[:])), c.Sec)
			want(t, "public nonce", strings.ToUpper(hex.EncodeToString(nonces.PubNonce[:])), c.Pub)
		}
		noteSkipped(name, len(file.Cases)-run, notThirtyTwo)
		return run
	})
}

func TestVectorsBIP327NonceAgg(t *testing.T) {
	testkit.Vectors(t, bip327+"nonce_agg_vectors.json", func(raw []byte) int {
		type oneCase struct {
			Nonces   []int `json:"pnonce_indices"`
			Expected string
			Comment  string
		}
		var file struct {
			Pnonces []testkit.Hex
			Valid   []oneCase `json:"valid_test_cases"`
			Errors  []oneCase `json:"error_test_cases"`
		}
		decode(t, raw, &file)
		for _, c := range file.Valid {
			sum, err := musig2.AggregateNonces(pubNonces(pick(file.Pnonces, c.Nonces)))
			if err != nil {
				t.Fatal(err)
			}
			want(t, "aggregate nonce", strings.ToUpper(hex.EncodeToString(sum[:])), c.Expected)
		}
		for _, c := range file.Errors {
			if _, err := musig2.AggregateNonces(pubNonces(pick(file.Pnonces, c.Nonces))); err == nil {
				t.Errorf("accepted: %s", c.Comment)
			}
			// Sessions refuse the same nonces.
			n := pubNonces(pick(file.Pnonces, c.Nonces))
			out := specDeal(t).build(t).Settlement.Output()
			if _, err := txs.NewKeyPath(out, [32]byte{}, n[0], n[1]); err == nil {
				t.Errorf("a session accepted: %s", c.Comment)
			}
		}
		return len(file.Valid) + len(file.Errors)
	})
}

type signCase struct {
	Sig       testkit.Hex
	Keys      []int `json:"key_indices"`
	Nonces    []int `json:"nonce_indices"`
	Aggnonce  int   `json:"aggnonce_index"`
	Msg       int   `json:"msg_index"`
	Signer    int   `json:"signer_index"`
	Secnonce  int   `json:"secnonce_index"`
	Expected  string
	Comment   string
	TweakList []int  `json:"tweak_indices"`
	XOnly     []bool `json:"is_xonly"`
}

type signFile struct {
	Sk                                     string
	Pubkeys, Secnonces, Pnonces, Aggnonces []testkit.Hex
	Msgs                                   []testkit.Hex
	Valid                                  []signCase `json:"valid_test_cases"`
	SignErrors                             []signCase `json:"sign_error_test_cases"`
	VerifyFails                            []signCase `json:"verify_fail_test_cases"`
	VerifyErrors                           []signCase `json:"verify_error_test_cases"`
}

// sign makes the partial signature of a case of sign_verify_vectors.json.
func (f signFile) sign(t *testing.T, c signCase) (*musig2.PartialSignature, error) {
	t.Helper()
	keys, err := pubKeys(pick(f.Pubkeys, c.Keys))
	if err != nil {
		return nil, err
	}
	return musig2.Sign([97]byte(f.Secnonces[c.Secnonce]), secret(t, f.Sk), [66]byte(f.Aggnonces[c.Aggnonce]), keys,
		[32]byte(f.Msgs[c.Msg]))
}

// verify checks the signature of a case, or a given one.
func (f signFile) verify(c signCase, sig []byte) bool {
	keys, err := pubKeys(pick(f.Pubkeys, c.Keys))
	if err != nil {
		return false
	}
	nonces := pubNonces(pick(f.Pnonces, c.Nonces))
	sum, err := musig2.AggregateNonces(nonces)
	if err != nil {
		return false
	}
	var partial musig2.PartialSignature
	if err := partial.Decode(bytes.NewReader(sig)); err != nil {
		return false
	}
	return partial.Verify(nonces[c.Signer], sum, keys, keys[c.Signer], [32]byte(f.Msgs[c.Msg]))
}

func TestVectorsBIP327SignVerify(t *testing.T) {
	const name = bip327 + "sign_verify_vectors.json"
	testkit.Vectors(t, name, func(raw []byte) int {
		var file signFile
		decode(t, raw, &file)
		run, skipped := 0, 0
		fits := func(c signCase) bool {
			if len(file.Msgs[c.Msg]) == 32 {
				run++
				return true
			}
			skipped++
			return false
		}
		for _, c := range file.Valid {
			if !fits(c) {
				continue
			}
			partial, err := file.sign(t, c)
			if err != nil {
				t.Fatal(err)
			}
			s := partial.S.Bytes()
			want(t, "partial signature", strings.ToUpper(hex.EncodeToString(s[:])), c.Expected)
			if !file.verify(c, s[:]) {
				t.Errorf("refused: %s", c.Comment)
			}
		}
		for _, c := range file.SignErrors {
			if !fits(c) {
				continue
			}
			if _, err := file.sign(t, c); err == nil {
				t.Errorf("signed: %s", c.Comment)
			}
		}
		for _, c := range slices.Concat(file.VerifyFails, file.VerifyErrors) {
			if fits(c) && file.verify(c, c.Sig) {
				t.Errorf("accepted: %s", c.Comment)
			}
		}
		noteSkipped(name, skipped, notThirtyTwo)
		return run
	})
}

func TestVectorsBIP327Tweak(t *testing.T) {
	testkit.Vectors(t, bip327+"tweak_vectors.json", func(raw []byte) int {
		var file struct {
			Sk, Secnonce, Aggnonce, Msg string
			Pubkeys, Tweaks             []testkit.Hex
			Valid                       []signCase `json:"valid_test_cases"`
			Errors                      []signCase `json:"error_test_cases"`
		}
		decode(t, raw, &file)
		for _, c := range append(file.Valid, file.Errors...) {
			keys, err := pubKeys(pick(file.Pubkeys, c.Keys))
			if err != nil {
				t.Fatal(err)
			}
			partial, err := musig2.Sign([97]byte(unhex(t, file.Secnonce)), secret(t, file.Sk), [66]byte(unhex(t, file.Aggnonce)),
				keys, [32]byte(unhex(t, file.Msg)), musig2.WithTweaks(tweaks(pick(file.Tweaks, c.TweakList), c.XOnly)...))
			if c.Expected == "" {
				if err == nil {
					t.Errorf("signed: %s", c.Comment)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			s := partial.S.Bytes()
			want(t, "partial signature", strings.ToUpper(hex.EncodeToString(s[:])), c.Expected)
		}
		return len(file.Valid) + len(file.Errors)
	})
}

func TestVectorsBIP327SigAgg(t *testing.T) {
	testkit.Vectors(t, bip327+"sig_agg_vectors.json", func(raw []byte) int {
		type aggCase struct {
			signCase
			Aggnonce testkit.Hex
			Psigs    []int `json:"psig_indices"`
		}
		var file struct {
			Pubkeys, Tweaks, Psigs []testkit.Hex
			Msg                    testkit.Hex
			Valid                  []aggCase `json:"valid_test_cases"`
			Errors                 []aggCase `json:"error_test_cases"`
		}
		decode(t, raw, &file)
		for _, c := range append(file.Valid, file.Errors...) {
			keys, err := pubKeys(pick(file.Pubkeys, c.Keys))
			if err != nil {
				t.Fatal(err)
			}
			list := tweaks(pick(file.Tweaks, c.TweakList), c.XOnly)
			aggregate, _, _, err := musig2.AggregateKeys(keys, false, musig2.WithKeyTweaks(list...))
			if err != nil {
				t.Fatal(err)
			}
			// The final nonce is the one that our sessions compute.
			r, err := txs.FinalNonce([66]byte(c.Aggnonce), [32]byte(schnorr.SerializePubKey(aggregate.FinalKey)), [32]byte(file.Msg))
			if err != nil {
				t.Fatal(err)
			}
			var partials []*musig2.PartialSignature
			for _, b := range pick(file.Psigs, c.Psigs) {
				partial := musig2.PartialSignature{R: r}
				if err = partial.Decode(bytes.NewReader(b)); err != nil {
					break
				}
				partials = append(partials, &partial)
			}
			if c.Expected == "" {
				if err == nil {
					t.Errorf("accepted: %s", c.Comment)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			sig := musig2.CombineSigs(r, partials, musig2.WithTweakedCombine([32]byte(file.Msg), keys, list, false))
			want(t, "signature", strings.ToUpper(hex.EncodeToString(sig.Serialize())), c.Expected)
		}
		return len(file.Valid) + len(file.Errors)
	})
}

// Deterministic signing has one party without randomness; no party of ours signs
// so.
func TestVectorsBIP327DetSignAreNotUsed(t *testing.T) {
	const name = bip327 + "det_sign_vectors.json"
	if slices.Contains(testkit.VectorFiles(t), name) {
		testkit.NoteVectors(name, "skipped: deterministic signing is not used")
	}
}

// scriptTree is a tree of BIP341's wallet vectors: a leaf or two trees.
type scriptTree struct {
	script  testkit.Hex
	version byte
	sides   []scriptTree
}

func (s *scriptTree) UnmarshalJSON(raw []byte) error {
	if raw[0] == '[' {
		return json.Unmarshal(raw, &s.sides)
	}
	var leaf struct {
		Script      testkit.Hex
		LeafVersion byte
	}
	err := json.Unmarshal(raw, &leaf)
	s.script, s.version = leaf.Script, leaf.LeafVersion
	return err
}

// hash returns the root, and the leaf hashes with their paths in order.
func (s *scriptTree) hash() (root chainhash.Hash, leaves []chainhash.Hash, paths [][]byte) {
	if s.sides == nil {
		root = txscript.NewTapLeaf(txscript.TapscriptLeafVersion(s.version), s.script).TapHash()
		return root, []chainhash.Hash{root}, [][]byte{nil}
	}
	left, leftLeaves, leftPaths := s.sides[0].hash()
	right, rightLeaves, rightPaths := s.sides[1].hash()
	for i := range leftPaths {
		leftPaths[i] = append(leftPaths[i], right[:]...)
	}
	for i := range rightPaths {
		rightPaths[i] = append(rightPaths[i], left[:]...)
	}
	leaves, paths = append(leftLeaves, rightLeaves...), append(leftPaths, rightPaths...)
	if bytes.Compare(left[:], right[:]) > 0 {
		left, right = right, left
	}
	return *chainhash.TaggedHash(chainhash.TagTapBranch, left[:], right[:]), leaves, paths
}

// The functions that build and spend the funding output are those that these
// vectors judge: leaf hash, tweak, output key, and the key path hash.
func TestVectorsBIP341Wallet(t *testing.T) {
	testkit.Vectors(t, "bips/bip341-wallet-test-vectors.json", func(raw []byte) int {
		var file struct {
			ScriptPubKey    []bip341Output
			KeyPathSpending []bip341Spend
		}
		decode(t, raw, &file)
		cases := len(file.ScriptPubKey)
		for _, c := range file.ScriptPubKey {
			c.run(t)
		}
		for _, c := range file.KeyPathSpending {
			cases += c.run(t)
		}
		return cases
	})
}

type bip341Output struct {
	Given struct {
		InternalPubkey testkit.Hex
		ScriptTree     *scriptTree
	}
	Intermediary struct {
		LeafHashes           []string
		Tweak, TweakedPubkey string
	}
	Expected struct {
		ScriptPubKey            string
		ScriptPathControlBlocks []testkit.Hex
	}
}

func (c bip341Output) run(t *testing.T) {
	t.Helper()
	key, err := schnorr.ParsePubKey(c.Given.InternalPubkey)
	if err != nil {
		t.Fatal(err)
	}
	var root []byte
	var paths [][]byte
	if tree := c.Given.ScriptTree; tree != nil {
		hash, leaves, p := tree.hash()
		root, paths = hash[:], p
		for i, leaf := range leaves {
			want(t, "leaf hash", hex.EncodeToString(leaf[:]), c.Intermediary.LeafHashes[i])
		}
	}
	wantHash(t, "tweak", *chainhash.TaggedHash(chainhash.TagTapTweak, c.Given.InternalPubkey, root), c.Intermediary.Tweak)
	out := txscript.ComputeTaprootOutputKey(key, root)
	want(t, "output key", hex.EncodeToString(schnorr.SerializePubKey(out)), c.Intermediary.TweakedPubkey)
	script, err := txscript.PayToTaprootScript(out)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "script", hex.EncodeToString(script), c.Expected.ScriptPubKey)
	for i, path := range paths {
		odd := out.SerializeCompressed()[0] & 1
		block := c.Expected.ScriptPathControlBlocks[i]
		want(t, "control block", hex.EncodeToString(concat([]byte{block[0]&0xfe | odd}, c.Given.InternalPubkey, path)), hex.EncodeToString(block))
	}
}

type bip341Spend struct {
	Given struct {
		RawUnsignedTx testkit.Hex
		UtxosSpent    []struct {
			ScriptPubKey testkit.Hex
			AmountSats   int64
		}
	}
	InputSpending []struct {
		Given struct {
			TxinIndex       int
			InternalPrivkey string
			MerkleRoot      *testkit.Hex
			HashType        uint32
		}
		Intermediary struct{ SigHash string }
		Expected     struct{ Witness []string }
	}
}

func (c bip341Spend) run(t *testing.T) int {
	t.Helper()
	var tx wire.MsgTx
	if err := tx.Deserialize(bytes.NewReader(c.Given.RawUnsignedTx)); err != nil {
		t.Fatal(err)
	}
	outs := map[wire.OutPoint]*wire.TxOut{}
	for i, utxo := range c.Given.UtxosSpent {
		outs[tx.TxIn[i].PreviousOutPoint] = wire.NewTxOut(utxo.AmountSats, utxo.ScriptPubKey)
	}
	fetcher := txscript.NewMultiPrevOutFetcher(outs)
	hashes := txscript.NewTxSigHashes(&tx, fetcher)
	for _, in := range c.InputSpending {
		kind := txscript.SigHashType(in.Given.HashType)
		hash, err := txscript.CalcTaprootSignatureHash(hashes, kind, &tx, in.Given.TxinIndex, fetcher)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "signature hash", hex.EncodeToString(hash), in.Intermediary.SigHash)
		var root []byte
		if in.Given.MerkleRoot != nil {
			root = *in.Given.MerkleRoot
		}
		key := txscript.TweakTaprootPrivKey(*secret(t, in.Given.InternalPrivkey), root)
		signature, err := schnorr.Sign(key, hash, schnorr.CustomNonce([32]byte{}))
		if err != nil {
			t.Fatal(err)
		}
		got := signature.Serialize()
		if kind != txscript.SigHashDefault {
			got = append(got, byte(kind&0xff))
		}
		want(t, "witness", hex.EncodeToString(got), in.Expected.Witness[0])
	}
	return len(c.InputSpending)
}

package bench_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// The gates: no figure counts in a run in which one of them is shut. They judge the
// very lists that are measured.

// gateOpens: a random signature, completed with the oracles' secret, is accepted by
// btcec, and gives the secret away.
func gateOpens(t *testing.T, d *deal) {
	t.Helper()
	i := mathrand.IntN(len(d.slots)) //nolint:gosec // G404: any slot
	tau := d.tau(t, i)
	full, err := adaptor.Complete(d.pub, d.messages[i], d.list.At(i), &tau)
	if err != nil {
		t.Fatalf("slot %d: %v", i, err)
	}
	sig, err := schnorr.ParseSignature(full[:])
	if err != nil {
		t.Fatal(err)
	}
	if !sig.Verify(d.messages[i][:], d.key.PubKey()) {
		t.Fatalf("slot %d: btcec refuses the completed signature", i)
	}
	found, err := adaptor.Extract(d.list.At(i), full, d.points[i])
	if err != nil {
		t.Fatal(err)
	}
	if p, err := adaptor.PointOfSecret(&found); err != nil || !p.Equal(d.points[i]) || !found.Equals(&tau) {
		t.Fatalf("slot %d: the extracted secret does not open T (%v)", i, err)
	}
}

// gateFlips: one change of anything that a signature depends on is rejected, with the
// number of the slot.
func gateFlips(t *testing.T, d *deal) {
	t.Helper()
	i := mathrand.IntN(len(d.slots)) //nolint:gosec // G404: any slot
	flip := func(name string, at int) {
		sigs := make([]adaptor.Sig65, d.list.Len())
		for j := range sigs {
			sigs[j] = d.list.At(j)
		}
		sigs[i][at] ^= 1
		list, err := adaptor.NewList(sigs)
		if err != nil {
			t.Fatal(err)
		}
		wantBad(t, name, i, d.verify(list))
	}
	flip("s'", 64)
	flip("x(R)", 32)
	flip("parity", 0)
	changed := *d
	changed.slots = slices.Clone(d.slots)
	changed.slots[i].Prefix.Value ^= 1
	wantBad(t, "digit path", i, changed.verify(d.list))
	changed = *d
	changed.messages = slices.Clone(d.messages)
	changed.messages[i][31] ^= 1
	wantBad(t, "sighash", i, changed.verify(d.list))
	changed = *d
	changed.set = attesttest.Set(otherOracles(len(d.oracles)), d.set.Threshold(), "bench", "sat/PH", d.set.Digits(), 1_779_969_600)
	if err := changed.verify(d.list); !errors.Is(err, adaptor.ErrBadAdaptorSig) {
		t.Fatalf("oracle key: %v", err)
	}
}

// otherOracles returns oracles with other keys, in the order of their keys.
func otherOracles(n int) []attesttest.Oracle {
	list := make([]attesttest.Oracle, n)
	for i := range list {
		list[i].Name = "other " + string(rune('a'+i))
	}
	slices.SortFunc(list, func(a, b attesttest.Oracle) int {
		x, y := a.Key(), b.Key()
		return slices.Compare(x[:], y[:])
	})
	return list
}

func wantBad(t *testing.T, what string, slot int, err error) {
	t.Helper()
	var at *adaptor.SlotError
	if !errors.As(err, &at) || at.Slot != slot {
		t.Fatalf("%s of slot %d: %v", what, slot, err)
	}
}

// gateAgreement: batch and one by one agree, with duplicates and opposite points
// among the signatures, and on a bad one among them.
func gateAgreement(t *testing.T, d *deal) {
	t.Helper()
	for _, n := range []int{0, 1, 2, 3, 255, 256, 257, 3000} {
		if n > len(d.slots) {
			continue
		}
		part := *d
		part.slots, part.messages = slices.Clone(d.slots[:n]), slices.Clone(d.messages[:n])
		sigs := make([]adaptor.Sig65, n)
		for i := range sigs {
			sigs[i] = d.list.At(i)
		}
		for i := 1; i < n && i < 8; i++ {
			switch i % 3 {
			case 0: // a duplicate
				part.slots[i], part.messages[i], sigs[i] = part.slots[0], part.messages[0], sigs[0]
			case 1: // the same nonce point
				sigs[i] = part.craft(t, i, false)
			default: // its opposite
				sigs[i] = part.craft(t, i, true)
			}
		}
		part.agree(t, sigs, -1)
		for _, bad := range []int{0, n / 2, n - 1} {
			if bad >= 0 && bad < n {
				sigs[bad][64] ^= 1
				part.agree(t, sigs, bad)
				sigs[bad][64] ^= 1
			}
		}
	}
}

// agree fails unless both verifiers name slot want, or none if it is -1.
func (d *deal) agree(t *testing.T, sigs []adaptor.Sig65, want int) {
	t.Helper()
	list, err := adaptor.NewList(sigs)
	if err != nil {
		t.Fatal(err)
	}
	each := adaptor.VerifyEach(d.pub, d.set, d.slots, d.messages, list)
	for name, err := range map[string]error{"batch": d.verify(list), "one by one": each} {
		if want < 0 && err != nil {
			t.Fatalf("%d signatures, %s: %v", len(sigs), name, err)
		}
		if want >= 0 {
			wantBad(t, name, want, err)
		}
	}
}

// craft returns the adaptor signature of a slot whose R is 7*G or its opposite, as
// only who knows the slot's secret can.
func (d *deal) craft(t *testing.T, slot int, opposite bool) adaptor.Sig65 {
	t.Helper()
	var r btcec.ModNScalar
	r.SetInt(7)
	if opposite {
		r.Negate()
	}
	rb := btcec.PrivKeyFromScalar(&r).PubKey().SerializeCompressed()
	tau := d.tau(t, slot)
	k := *tau.Negate().Add(&r)
	if rb[0] == 3 {
		k.Negate()
	}
	secret := d.key.Key
	if d.key.PubKey().SerializeCompressed()[0] == 3 {
		secret.Negate()
	}
	x := [32]byte(rb[1:])
	e := attest.Challenge(&x, &d.pub, &d.messages[slot])
	s := k.Add(e.Mul(&secret)).Bytes()
	return adaptor.Sig65(append(rb, s[:]...))
}

// gateArithmetic: field and scalars agree with big integers, edges included.
func gateArithmetic(t *testing.T, rounds int) {
	t.Helper()
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1<<32+977))
	n := btcec.S256().N
	edges := []*big.Int{big.NewInt(0), big.NewInt(1)}
	for _, m := range []*big.Int{p, n, new(big.Int).Lsh(big.NewInt(1), 256)} {
		edges = append(edges, new(big.Int).Sub(m, big.NewInt(1)), new(big.Int).Sub(m, big.NewInt(2)))
	}
	edges = append(edges, p, n)
	draw := func(i int) (x *big.Int, b [32]byte) {
		if i < len(edges) {
			return edges[i], [32]byte(edges[i].FillBytes(b[:]))
		}
		for at := 0; at < 32; at += 8 {
			v := mathrand.Uint64() //nolint:gosec // G404: cases of a law
			for j := range 8 {
				b[at+j] = byte(v >> (8 * j)) //nolint:gosec // G115: one byte after the other
			}
		}
		return new(big.Int).SetBytes(b[:]), b
	}
	for round := range rounds {
		i, j := len(edges), len(edges)
		if round < len(edges)*len(edges) {
			i, j = round/len(edges), round%len(edges)
		}
		x, xb := draw(i)
		y, yb := draw(j)
		var fx, fy, fz secp.Field
		fx.SetBytes(&xb)
		fy.SetBytes(&yb)
		var kx, ky, kz secp.Scalar
		kx.SetBytes(&xb)
		ky.SetBytes(&yb)
		check := func(name string, got [32]byte, want, m *big.Int) {
			if new(big.Int).SetBytes(got[:]).Cmp(want.Mod(want, m)) != 0 {
				t.Fatalf("%s of %x and %x is %x", name, x, y, got)
			}
		}
		fz.Mul(&fx, &fy)
		kz.Mul(&kx, &ky)
		check("product in the field", fz.Bytes(), new(big.Int).Mul(x, y), p)
		check("product of scalars", kz.Bytes(), new(big.Int).Mul(x, y), n)
		fz.Square(&fx)
		check("square", fz.Bytes(), new(big.Int).Mul(x, x), p)
		fz.Sub(&fx, &fy)
		check("difference", fz.Bytes(), new(big.Int).Sub(x, y), p)
		fz.Add(&fx, &fy)
		kz.Add(&kx, &ky)
		check("sum in the field", fz.Bytes(), new(big.Int).Add(x, y), p)
		check("sum of scalars", kz.Bytes(), new(big.Int).Add(x, y), n)
	}
}

// gateVectors: the public vectors of Schnorr adaptor signatures.
func gateVectors(t *testing.T) {
	t.Helper()
	testkit.Vectors(t, "schnorr-adaptor-presig.json", func(raw []byte) int {
		var list []presignature
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			err := c.verify(t)
			if (err == nil) != (c.Result == "TRUE") {
				t.Errorf("vector %s (%s): %v", c.Index, c.Comment, err)
			}
		}
		return len(list)
	})
}

// A presignature is a case of the public vectors.
type presignature struct {
	Index   string `json:"index"`
	Public  string `json:"public key"`
	Adaptor string `json:"adaptor"`
	Message string `json:"message"`
	Pre     string `json:"pre-signature"`
	Result  string `json:"result"`
	Comment string `json:"comment"`
}

func (c presignature) verify(t *testing.T) error {
	t.Helper()
	point, err := adaptor.ParsePoint(unhex(t, c.Adaptor))
	if err != nil {
		return err
	}
	sig, err := adaptor.ParseSig65(unhex(t, c.Pre))
	if err != nil {
		return err
	}
	return adaptor.Verify([32]byte(unhex(t, c.Public)), point, [32]byte(unhex(t, c.Message)), sig)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

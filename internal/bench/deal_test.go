package bench_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// A deal is a contract with real transactions, as both parties see it, and what is
// needed to work on its adaptor signatures: one each for n outcomes, which are random
// and so share few digits, sorted as the protocol sorts them.
type deal struct {
	oracles    []attesttest.Oracle
	set        *attest.Set
	slots      []digits.Slot
	settlement *txs.Settlement
	payouts    []btcutil.Amount
	messages   [][32]byte
	key        *btcec.PrivateKey
	pub        [32]byte
	points     []adaptor.Point
	list       adaptor.List
}

// A size is what deals differ in.
type size struct{ n, digits, oracles, threshold int }

func (s size) String() string {
	return fmt.Sprintf("%d signatures, %d digits, %d of %d oracles", s.n, s.digits, s.threshold, s.oracles)
}

func secret(t testing.TB) *btcec.PrivateKey {
	t.Helper()
	key, err := btcec.NewPrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newDeal(t testing.TB, s size) *deal {
	t.Helper()
	d := &deal{
		oracles: attesttest.Contract()[:s.oracles],
		set:     attesttest.Set(attesttest.Contract()[:s.oracles], s.threshold, "bench", "sat/PH", s.digits, 1_779_969_600),
		key:     secret(t),
	}
	d.pub = [32]byte(schnorr.SerializePubKey(d.key.PubKey()))
	d.settlement = newSettlement(t, d.key)
	d.outcomes(t, s)
	var err error
	if d.messages, err = d.settlement.CETSighashes(d.payouts); err != nil {
		t.Fatal(err)
	}
	if d.points, err = adaptor.Points(d.set, d.slots); err != nil {
		t.Fatal(err)
	}
	if d.list, err = adaptor.SignList(d.key, d.points, d.messages, random32(t)); err != nil {
		t.Fatal(err)
	}
	return d
}

// outcomes chooses the slots and what they pay.
func (d *deal) outcomes(t testing.TB, s size) {
	t.Helper()
	combos, err := digits.Binomial(s.oracles, s.threshold)
	if err != nil {
		t.Fatal(err)
	}
	r := mathrand.New(mathrand.NewChaCha8(random32(t))) //nolint:gosec // G404: which outcomes does not matter
	prefixes := (s.n + combos - 1) / combos
	seen := make(map[uint64]bool, prefixes)
	for len(seen) < prefixes {
		seen[r.Uint64N(1<<s.digits)] = true
	}
	values := make([]uint64, 0, prefixes)
	for v := range seen {
		values = append(values, v)
	}
	slices.Sort(values)
	collateral := d.settlement.Collateral()
	for i, v := range values {
		y := collateral * btcutil.Amount(i) / btcutil.Amount(prefixes)
		for c := range combos {
			if len(d.slots) == s.n {
				return
			}
			prefix := digits.Prefix{Value: v, Len: uint8(s.digits)}                       //nolint:gosec // G115: at most 32
			d.slots = append(d.slots, digits.Slot{Comb: c, Prefix: prefix, Y: uint64(y)}) //nolint:gosec // G115: not negative
			d.payouts = append(d.payouts, y)
		}
	}
}

// newSettlement builds a contract whose offerer signs with key.
func newSettlement(t testing.TB, key *btcec.PrivateKey) *txs.Settlement {
	t.Helper()
	var parties [2]txs.Party
	for role, contractKey := range []*btcec.PrivateKey{key, secret(t)} {
		coin := secret(t)
		script := append([]byte{0x51, 0x20}, schnorr.SerializePubKey(coin.PubKey())...)
		previous := wire.NewMsgTx(2)
		previous.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash(random32(t))}, nil, nil))
		previous.AddTxOut(wire.NewTxOut(200_000_000, script))
		var raw bytes.Buffer
		if err := previous.SerializeNoWitness(&raw); err != nil {
			t.Fatal(err)
		}
		serial := uint64(role)
		parties[role] = txs.Party{
			Internal: point(secret(t)), Contract: point(contractKey), Collateral: 50_000_000,
			PayoutScript: script, PayoutSerial: 1 + serial, ChangeScript: script, ChangeSerial: 3 + serial,
			Inputs: []txs.Input{{Serial: 5 + serial, PrevTx: raw.Bytes()}},
		}
	}
	contract, err := txs.Build(txs.Agreement{
		Parties: parties, FundSerial: 7, FundRate: 10, CETRate: 10,
		CETLocktime: 1_779_969_600, RefundLocktime: 1_779_969_600 + txs.MinRefundDelay,
	})
	if err != nil {
		t.Fatal(err)
	}
	return contract.Settlement
}

func point(key *btcec.PrivateKey) [33]byte { return [33]byte(key.PubKey().SerializeCompressed()) }

func random32(t testing.TB) (b [32]byte) {
	t.Helper()
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	return b
}

// verify checks the deal's list, or another one.
func (d *deal) verify(list adaptor.List, opts ...adaptor.Option) error {
	return adaptor.VerifyList(d.pub, d.set, d.slots, d.messages, list, rand.Reader, opts...)
}

// The steps of opening a contract, in processor time of which the ratios are made.
// Sighashes belong to signing: who verifies afterwards has them.

func (d *deal) makePoints(t testing.TB, opts ...adaptor.Option) {
	t.Helper()
	points, err := adaptor.Points(d.set, d.slots, opts...)
	if err != nil {
		t.Fatal(err)
	}
	d.points = points
}

func (d *deal) sign(t testing.TB, opts ...adaptor.Option) {
	t.Helper()
	messages := make([][32]byte, len(d.payouts))
	err := adaptor.Split(len(messages), func(lo, hi int) error {
		list, err := d.settlement.CETSighashes(d.payouts[lo:hi])
		copy(messages[lo:], list)
		return err
	}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := adaptor.SignList(d.key, d.points, messages, random32(t), opts...)
	if err != nil {
		t.Fatal(err)
	}
	d.messages, d.list = messages, list
}

func (d *deal) verifyOwn(t testing.TB, opts ...adaptor.Option) {
	t.Helper()
	if err := d.verify(d.list, opts...); err != nil {
		t.Fatal(err)
	}
}

// tau returns the secret of a slot, which the oracles' attestations give.
func (d *deal) tau(t testing.TB, slot int) btcec.ModNScalar {
	t.Helper()
	outcome := d.slots[slot].Prefix.Value
	attestations := make([]attest.Attestation, len(d.oracles))
	for o := range d.oracles {
		attestations[o] = d.oracles[o].Attest(d.set.Announcement(o).Event, outcome)
		if _, err := d.set.Accept(o, attestations[o]); err != nil {
			t.Fatal(err)
		}
	}
	tau, err := adaptor.Secret(d.set, d.slots[slot], attestations)
	if err != nil {
		t.Fatal(err)
	}
	return tau
}

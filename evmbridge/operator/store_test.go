package operator_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// What one user of the store withdraws, another one may have signed: it stays. So does
// what a run before this one kept.
func TestWithdrawnPaymentsAreThoseThatNobodySigned(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	p := operator.Payment{Tx: wire.NewMsgTx(2)}
	p.Tx.AddTxIn(&wire.TxIn{})
	agree := func([]operator.Payment) error { return nil }
	reserve := func() func() error {
		withdraw, err := s.Reserve(p, agree)
		if err != nil {
			t.Fatal(err)
		}
		return withdraw
	}
	kept := func(want int) {
		t.Helper()
		all, err := s.Payments()
		if err != nil || len(all) != want {
			t.Fatalf("%d payments are kept, %v, want %d", len(all), err, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := errors.New("refused")
	if _, err := s.Reserve(p, func([]operator.Payment) error { return refused }); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	kept(0)
	must(reserve()())
	kept(0)

	own := reserve()
	reserve() // this signature leaves, to another operator
	must(own())
	kept(1)
	must(s.Close())
	s = openStore(t, dir)
	must(reserve()())
	kept(1)
	must(reserve()())
	kept(1)
	must(s.Close())
}

// What a signed payment pays stays known after the payment was dropped, since a
// reorganisation may bring it back; what nobody signed leaves nothing.
func TestWhatASignedPaymentPaysStaysKnown(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	p := operator.Payment{Tx: wire.NewMsgTx(2), Redemptions: []spv.Redemption{{Nonce: 2, Script: []byte{1}}, {Nonce: 1, Script: []byte{1}}}}
	p.Tx.AddTxIn(&wire.TxIn{})
	agree := func([]operator.Payment) error { return nil }
	known := func(want bool) {
		t.Helper()
		rids, ok, err := s.Batch(p.Tx.TxHash())
		if err != nil || ok != want || (ok && !slices.Equal(rids, [][32]byte{p.Redemptions[0].RID(), p.Redemptions[1].RID()})) {
			t.Fatalf("%x, %v, %v; want %v", rids, ok, err, want)
		}
	}
	known(false)
	withdraw, err := s.Reserve(p, agree)
	if err != nil {
		t.Fatal(err)
	}
	known(true)
	if err := withdraw(); err != nil {
		t.Fatal(err)
	}
	known(false)
	if _, err := s.Reserve(p, agree); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.DropPayment(p.Tx.TxHash()), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, dir)
	known(true)
	if withdraw, err = s.Reserve(p, agree); err != nil {
		t.Fatal(err)
	}
	if err := withdraw(); err != nil { // it was signed in the run before
		t.Fatal(err)
	}
	known(true)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func openStore(t *testing.T, dir string) *operator.Store {
	t.Helper()
	s, err := operator.Open(dir, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

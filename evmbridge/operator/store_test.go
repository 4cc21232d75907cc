package operator_test

import (
	"errors"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/operator"
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

func openStore(t *testing.T, dir string) *operator.Store {
	t.Helper()
	s, err := operator.Open(dir, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

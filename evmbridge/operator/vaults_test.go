package operator_test

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// mint puts a lot with the vault of a salt into a finalized block, once.
func (w *town) mint(vaults *operator.Vaults, salt [32]byte) *ledger.Lot {
	w.t.Helper()
	v, err := vaults.New(salt)
	w.must(err)
	for _, l := range w.view.Lots {
		if l.Terms.VaultSalt == salt {
			return l
		}
	}
	l := &ledger.Lot{Terms: spv.Terms{VaultSalt: salt, VaultScript: v.Script()}, MintBlock: w.view.Final.Number.Uint64()}
	l.ID = l.Terms.ID()
	w.view.Lots = append(w.view.Lots, l)
	return l
}

// A lot of which every own node has the mint in a finalized block makes its vault known,
// and nothing else does.
func TestOnlyMintedLotsMakeVaultsKnown(t *testing.T) {
	w := newTown(t)
	vaults := operator.NewVaults(vault.Deployment{ChainID: 1337, Bridge: w.domain.Bridge}, w.committee)
	l := w.mint(vaults, [32]byte{8})
	foreign := w.mint(vaults, [32]byte{9})
	foreign.Terms.VaultScript = bytes.Repeat([]byte{3}, 34)
	l.MintBlock++
	known := func(want bool) {
		t.Helper()
		if got := vaults.Of(l.Terms.VaultScript) != nil; got != want {
			t.Errorf("known: %v", got)
		}
		if _, ok := vaults.SaltOf(l.Terms.VaultScript); ok != want {
			t.Errorf("its salt is known: %v", ok)
		}
	}
	w.must(vaults.Follow(w.view, everywhere))
	known(false) // in a block that is not final
	w.view.Final = &types.Header{Number: new(big.Int).SetUint64(l.MintBlock)}
	w.must(vaults.Follow(w.view, func([32]byte) (bool, error) { return false, nil }))
	known(false) // the second node does not say so
	away := errors.New("away")
	if err := vaults.Follow(w.view, func([32]byte) (bool, error) { return false, away }); !errors.Is(err, away) {
		t.Errorf("a node that is away: %v", err)
	}
	known(false)
	w.must(vaults.Follow(w.view, func(lot [32]byte) (bool, error) { return lot == l.ID || lot == w.view.Lots[0].ID, nil }))
	known(true)
	if vaults.Of(foreign.Terms.VaultScript) != nil {
		t.Error("the script of another committee is known")
	}
}

// attested has every operator attest the lot of a salt.
func (w *town) attested(salt [32]byte) *vault.Vault {
	w.t.Helper()
	for i, m := range w.ops {
		if _, err := w.ops[(i+1)%3].peer(m).Attest(w.t.Context(), &bridgev1.LotPackage{VaultSalt: salt[:]}, w.now+hour); err != nil {
			w.t.Fatal(err)
		}
	}
	v, err := w.ops[0].vaults.New(salt)
	w.must(err)
	return v
}

// The lot is attested and never minted. A coin paid to its vault is not spent and change
// does not go there, whoever asks; Fraud could not be answered for either.
func TestACoinOfAnUnmintedVaultIsNeitherSpentNorGivenChange(t *testing.T) {
	w := newTown(t)
	own := w.fund(60_000)
	unminted := w.attested([32]byte{8})
	trap := w.paidTo(unminted.Script(), 1e7) // the greatest coin is chosen first
	w.burn(50_000, 5000)
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 1 || len(w.pool[0].TxIn) != 1 || w.pool[0].TxIn[0].PreviousOutPoint != own {
		t.Fatalf("pool of %d, or another coin than the minted lot's is spent", len(w.pool))
	}
	for _, out := range w.pool[0].TxOut {
		if bytes.Equal(out.PkScript, unminted.Script()) {
			t.Error("change goes to the unminted lot")
		}
	}

	r, other := w.burn(40_000, 5000), w.fund(60_000) // in no payment yet
	minted, err := w.ops[0].vaults.New(salt)
	w.must(err)
	for name, c := range map[string]struct {
		coin   vault.Coin
		change *vault.Vault
		want   error
	}{
		"coin":   {vault.Coin{Outpoint: trap, Value: 1e7, Vault: unminted}, minted, vault.ErrNotVault},
		"change": {vault.Coin{Outpoint: other, Value: 60_000, Vault: minted}, unminted, vault.ErrBatch},
	} {
		b, err := vault.Build(w.domain, []vault.Coin{c.coin}, []spv.Redemption{r.Redemption}, c.change, 2)
		w.must(err)
		if _, err := w.ops[0].self.Sign(t.Context(), b); !errors.Is(err, c.want) {
			t.Errorf("%s of an unminted lot: %v", name, err)
		}
		for _, cosigner := range w.ops[1:] { // who asks knows the vault; he who is asked does not
			asking := &member{town: w, identity: w.ops[0].identity}
			asking.vaults = operator.NewVaults(vault.Deployment{ChainID: 1337, Bridge: w.domain.Bridge}, w.committee)
			w.must(asking.vaults.Follow(&ledger.View{Final: w.view.Final, Lots: []*ledger.Lot{
				{Terms: spv.Terms{VaultSalt: salt, VaultScript: minted.Script()}},
				{Terms: spv.Terms{VaultSalt: [32]byte{8}, VaultScript: unminted.Script()}},
			}}, everywhere))
			_, _, err := asking.peer(cosigner).Sign(t.Context(), b)
			if err == nil || !strings.Contains(err.Error(), c.want.Error()) {
				t.Errorf("another operator's %s of an unminted lot: %v", name, err)
			}
		}
	}
}

// With no coin but that of an unminted lot redemptions wait; once it is minted, it pays.
func TestRedemptionsWaitForTheMintOfALotThatIsPaidAlready(t *testing.T) {
	w := newTown(t)
	v := w.attested([32]byte{8})
	coin := w.paidTo(v.Script(), 100_000)
	w.burn(50_000, 5000)
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Fatal("the coin is spent before the mint")
	}
	w.mint(w.ops[0].vaults, [32]byte{8})
	for _, m := range w.ops {
		w.must(m.vaults.Follow(w.view, everywhere))
	}
	w.must(w.all())
	if len(w.pool) != 1 || w.pool[0].TxIn[0].PreviousOutPoint != coin {
		t.Errorf("pool of %d after the mint", len(w.pool))
	}
}

// A lot that is not sound leaves nothing behind: neither its contract nor its vault.
func TestALotThatIsRefusedLeavesNothing(t *testing.T) {
	w := newTown(t)
	bad := [32]byte{0xff}
	if _, err := w.ops[1].peer(w.ops[0]).Attest(t.Context(), &bridgev1.LotPackage{VaultSalt: bad[:]}, w.now+hour); err == nil {
		t.Fatal("an unsound lot is attested")
	}
	lots, err := w.ops[0].store.Lots()
	if err != nil || len(lots) != 0 {
		t.Errorf("contracts %x are kept, %v", lots, err)
	}
	if n := len(w.ops[0].vaults.Scripts()); n != 1 {
		t.Errorf("%d vaults are known", n)
	}
}

// Batch is operator.Batches: by the commitment alone, if w.unclear does not say otherwise.
func (w *town) Batch(view *ledger.View, f *relayer.Found) ([]*ledger.Redemption, error) {
	if w.unclear {
		return nil, relayer.ErrUnclear
	}
	return relayer.MatchBatch(w.domain, f.Tx, view.Redemptions)
}

// Two operators paid, the third cannot tell which of equal redemptions: he makes no other
// payment that may pay one twice, and pays what is not in question.
func TestWhatMayBePaidIsNotPaidAgain(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.burn(50_000, 5000)
	w.pass(3 * hour)
	w.must(w.ops[0].step())
	w.mine()
	other := w.fund(100_000)
	for _, m := range w.ops { // whose stores are lost
		payments, err := m.store.Payments()
		w.must(err)
		for _, p := range payments {
			w.must(m.store.DropPayment(p.Tx.TxHash()))
		}
	}
	equal := w.burn(50_000, 5000)
	equal.Script = w.view.Redemptions[0].Script
	equal.RID = equal.Redemption.RID()
	w.pass(3 * hour)
	w.unclear = true
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Fatal("what may be paid is paid again")
	}
	innocent := w.burn(40_000, 5000)
	w.pass(3 * hour)
	w.must(w.all())
	if len(w.pool) != 1 || w.pool[0].TxIn[0].PreviousOutPoint != other || !slices.Equal(w.match(w.pool[0]), []*ledger.Redemption{innocent}) {
		t.Fatalf("pool of %d; another redemption is stalled", len(w.pool))
	}
	w.unclear = false
	for range 7 {
		w.mine()
	}
	w.must(w.all())
	if len(w.pool) != 1 || !slices.Equal(w.match(w.pool[0]), []*ledger.Redemption{equal}) {
		t.Error("once it is clear, the equal redemption is not paid")
	}
}

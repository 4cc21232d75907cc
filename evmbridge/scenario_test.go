package evmbridge_test

import (
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// The whole life of tokens: mint, wrap, transfer, price, spend, open, redeem, pay,
// and nothing left over.
func TestTokensComeHomeAsBitcoin(t *testing.T) {
	forks(t, func(t *testing.T, fork simchain.Fork) {
		w := newWorld(t, fork)
		s := w.seriesOf(payout.SwapM, true)
		whole, split := w.minted(s, w.bob, true), w.minted(s, w.bob, false)
		w.send(w.bob, w.at.Bridge, bridgeC.PackWrap(split.id, 1_500_000))
		w.send(w.bob, s.token, seriesC.PackTransfer(w.carol.at, numberOf(2_000_000)))
		w.price(s, usual)
		w.settled(whole, usual)
		w.settled(split, usual)
		w.opened(s)
		paid := uint64(s.owed(usual)) //nolint:gosec // G115: positive
		wrapped := paid*1_500_000/units + paid
		carols := w.redeem(w.carol, s.id, false, 2_000_000, p2tr(77))
		bobs := w.redeem(w.bob, s.id, false, 4_000_000, p2tr(78))
		lots := w.redeem(w.bob, split.id, true, 3_000_000, p2tr(79))
		if want := wrapped * 2_000_000 / 6_000_000; carols.Sats != want {
			t.Errorf("carol claims %d, want %d", carols.Sats, want)
		}
		if carols.Sats+bobs.Sats+lots.Sats != 2*paid {
			t.Errorf("claims of %d, %d and %d are not the %d in the vault", carols.Sats, bobs.Sats, lots.Sats, 2*paid)
		}
		if got := w.totals().Vault; got != 2*paid {
			t.Errorf("the vault holds %d, want %d", got, 2*paid)
		}
		cet, _ := whole.cet(usual)
		from, _ := whole.vaultOf(cet)
		w.paid(w.batch(from, wire.NewTxOut(500, whole.vault), carols, bobs, lots), carols, bobs, lots)
		for _, r := range []spv.Redemption{carols, bobs, lots} {
			if got := w.redemptionState(r); got != 2 {
				t.Errorf("redemption %d is in state %d, want paid", r.Nonce, got)
			}
		}
		if supply := w.seriesSupply(s); supply != 0 {
			t.Errorf("%d units of the series are left", supply)
		}
		if totals := w.totals(); totals.Vault != 0 || totals.Live != 0 {
			t.Errorf("left: vault %d, live %d", totals.Vault, totals.Live)
		}
		w.wait(day)
		w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(whole.id))
		w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(split.id))
	})
}

func TestDeploymentIsRecognised(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	verify := func(at deploy.Addresses, c deploy.Config) error {
		return deploy.Verify(t.Context(), w.chain.Client(), at, c)
	}
	if err := verify(w.at, w.config); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*deploy.Addresses, *deploy.Config){
		"a contract in another's place": func(a *deploy.Addresses, _ *deploy.Config) { a.Bond = a.Fraud },
		"no contract":                   func(a *deploy.Addresses, _ *deploy.Config) { a.Relay = w.eve.at },
		"another token":                 func(a *deploy.Addresses, _ *deploy.Config) { a.LotToken = a.Book },
		"cap":                           func(_ *deploy.Addresses, c *deploy.Config) { c.TotalCap++ },
		"least fee":                     func(_ *deploy.Addresses, c *deploy.Config) { c.MinFee++ },
		"threshold":                     func(_ *deploy.Addresses, c *deploy.Config) { c.Threshold++ },
		"an operator fewer":             func(_ *deploy.Addresses, c *deploy.Config) { c.Operators = c.Operators[1:] },
		"guardian":                      func(_ *deploy.Addresses, c *deploy.Config) { c.Guardians[1] = w.eve.at },
		"asset":                         func(_ *deploy.Addresses, c *deploy.Config) { c.Asset = w.eve.at },
		"anchor":                        func(_ *deploy.Addresses, c *deploy.Config) { c.Anchor = w.btc.header(firstHeight + 1 - 2) },
		"height":                        func(_ *deploy.Addresses, c *deploy.Config) { c.Height++ },
		"epoch":                         func(_ *deploy.Addresses, c *deploy.Config) { c.EpochStart++ },
		"network":                       func(_ *deploy.Addresses, c *deploy.Config) { c.Genesis[0]++ },
		"halving":                       func(_ *deploy.Addresses, c *deploy.Config) { c.HalvingInterval++ },
	} {
		at, config := w.at, w.config
		change(&at, &config)
		if err := verify(at, config); err == nil {
			t.Errorf("%s: a deployment that differs is accepted", name)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

// bridgeResult is what --evm --json ends with.
type bridgeResult struct {
	OK       bool               `json:"ok"`
	Bridge   string             `json:"bridge"`
	Lots     []lotResult        `json:"lots"`
	Claims   []claimResult      `json:"redemptions"`
	Balances map[string]balance `json:"balances"`
	VaultSat int64              `json:"vault_left_sat"`
	PaidSat  int64              `json:"paid_sat"`
	FeeSat   int64              `json:"fee_sat"`
}

// lotResult is one side of a contract.
type lotResult struct {
	Contract string `json:"contract"`
	Side     string `json:"side"`
	Owner    string `json:"owner"`
	Units    uint64 `json:"units"`
	VaultSat uint64 `json:"vault_sat"`
	Left     uint64 `json:"units_left"`
	CET      string `json:"cet_txid"`
}

// claimResult is one redemption.
type claimResult struct {
	Contract string `json:"contract"`
	Side     string `json:"side"`
	Holder   string `json:"holder"`
	Units    uint64 `json:"units"`
	ClaimSat uint64 `json:"claim_sat"`
	PaidSat  int64  `json:"paid_sat"`
	TxID     string `json:"txid"`
}

// reconcile shows that every satoshi of the vaults was paid, went to miners, or is
// still there for tokens that nobody burned.
func (s *story) reconcile(ctx context.Context, lots []*tokenLot, claims []*claim) (*bridgeResult, error) {
	r := &bridgeResult{OK: true, Bridge: s.bridge.contracts["bridge"].Hex(), Balances: map[string]balance{}}
	scripts := map[string]bool{}
	var vaults int64
	for _, l := range lots {
		scripts[string(l.now.GetVaultScript())] = true
		left, err := s.bridge.evm.number(ctx, l.token, erc20.PackTotalSupply())
		if err != nil {
			return nil, err
		}
		cet, err := s.transaction(l.now.GetSpendTxid())
		if err != nil {
			return nil, err
		}
		if got := paidTo(cet, l.now.GetVaultScript()); got != int64(l.now.GetSats()) { //nolint:gosec // G115: below 21e14
			return nil, fmt.Errorf("the CET pays a vault %s, %s are proven", sats(got), sats(int64(l.now.GetSats()))) //nolint:gosec // G115: below 21e14
		}
		vaults += int64(l.now.GetSats()) //nolint:gosec // G115: below 21e14
		r.Lots = append(r.Lots, lotResult{
			Contract: l.trade.label, Side: side(l), Owner: l.owner.name, Units: l.now.GetUnits(), VaultSat: l.now.GetSats(),
			Left: left.Uint64(), CET: l.now.GetSpendTxid(),
		})
	}
	if err := s.payments(r, claims, scripts); err != nil {
		return nil, err
	}
	if r.PaidSat+r.FeeSat+r.VaultSat != vaults {
		return nil, fmt.Errorf("paid %s, fees %s and %s left are not the %s that the vaults got", sats(r.PaidSat), sats(r.FeeSat), sats(r.VaultSat), sats(vaults))
	}
	if err := s.bridgeTable(r, vaults); err != nil {
		return nil, err
	}
	return r, s.wallets(ctx, r)
}

func side(l *tokenLot) string {
	if l.owner == l.trade.long {
		return "long"
	}
	return "short"
}

// paidTo is what a transaction pays to a script, satoshi.
func paidTo(tx *wire.MsgTx, script []byte) (sum int64) {
	for _, out := range tx.TxOut {
		if bytes.Equal(out.PkScript, script) {
			sum += out.Value
		}
	}
	return sum
}

// transaction reads a transaction of the chain.
func (s *story) transaction(id string) (*wire.MsgTx, error) {
	hash, err := chainhash.NewHashFromStr(id)
	if err != nil {
		return nil, fmt.Errorf("transaction %q: %w", id, err)
	}
	tx, err := s.btc.RPC().GetRawTransaction(hash)
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", id, err)
	}
	return tx.MsgTx(), nil
}

// payments adds up the batches, and what is left in the vaults.
func (s *story) payments(r *bridgeResult, claims []*claim, scripts map[string]bool) error {
	for _, l := range r.Lots {
		r.VaultSat += int64(l.VaultSat) //nolint:gosec // G115: below 21e14
	}
	seen := map[string]bool{}
	for _, c := range claims {
		tx, err := s.transaction(c.now.GetTxid())
		if err != nil {
			return err
		}
		r.Claims = append(r.Claims, claimResult{
			Contract: c.lot.trade.label, Side: side(c.lot), Holder: c.holder, Units: c.now.GetAmount(), ClaimSat: c.now.GetSats(),
			PaidSat: paidTo(tx, c.now.GetScript()), TxID: c.now.GetTxid(),
		})
		if seen[c.now.GetTxid()] {
			continue
		}
		seen[c.now.GetTxid()] = true
		for _, in := range tx.TxIn {
			parent, err := s.transaction(in.PreviousOutPoint.Hash.String())
			if err != nil {
				return err
			}
			spent := parent.TxOut[in.PreviousOutPoint.Index]
			if !scripts[string(spent.PkScript)] {
				return fmt.Errorf("batch %s spends what is no vault's", c.now.GetTxid())
			}
			r.FeeSat += spent.Value
			r.VaultSat -= spent.Value
		}
		for _, out := range tx.TxOut {
			r.FeeSat -= out.Value
			switch {
			case scripts[string(out.PkScript)]:
				r.VaultSat += out.Value
			case !txscript.IsNullData(out.PkScript):
				r.PaidSat += out.Value
			}
		}
	}
	return nil
}

// bridgeTable prints what became of the tokens.
func (s *story) bridgeTable(r *bridgeResult, vaults int64) error {
	if err := s.say("what became of the tokens (satoshi)"); err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := fmt.Fprint(w, "    position\tholder\tburned\tclaim\tpaid\t\n"); err != nil {
		return err
	}
	for _, c := range r.Claims {
		if _, err := fmt.Fprintf(w, "    %s %s\t%s\t%s\t%s\t%s\t\n", c.Side, c.Contract, c.Holder,
			number(int64(c.Units)), number(int64(c.ClaimSat)), number(c.PaidSat)); err != nil { //nolint:gosec // G115: below 21e14
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range r.Lots {
		if l.Left > 0 {
			if err := s.tell("%s tokens of the %s %s were not burned: too few to redeem, or in a pool for good", number(int64(l.Left)), l.Side, l.Contract); err != nil { //nolint:gosec // G115: below 21e14
				return err
			}
		}
	}
	return s.say("the vaults got %s; %s were paid, %s went to miners, %s are left for tokens that nobody burned: to the satoshi",
		sats(vaults), sats(r.PaidSat), sats(r.FeeSat), sats(r.VaultSat))
}

// wallets holds the two wallets against contracts and redemptions.
func (s *story) wallets(ctx context.Context, r *bridgeResult) error {
	if err := s.followed(ctx); err != nil {
		return err
	}
	for _, p := range []*party{s.miner, s.buyer} {
		b, err := p.balance(ctx)
		if err != nil {
			return err
		}
		r.Balances[p.name] = b
		want := p.funded - b.RaisedSat
		for _, t := range s.trades {
			want -= locked(t, p) + fees(t.now[p])
		}
		for _, c := range r.Claims {
			if c.Holder == p.name || p == s.miner && c.Holder == "ann" || p == s.buyer && c.Holder == "bob" {
				want += c.PaidSat
			}
		}
		if b.ConfirmedSat != want {
			return fmt.Errorf("the %s's wallet holds %s instead of %s", p.name, sats(b.ConfirmedSat), sats(want))
		}
		if err := s.say("the %s's wallet holds %s: what it began with, less locks and fees, and what tokens paid, to the satoshi", p.name, sats(b.ConfirmedSat)); err != nil {
			return err
		}
	}
	return nil
}

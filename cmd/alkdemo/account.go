package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// result is what --json ends with.
type result struct {
	OK           bool               `json:"ok"`
	Transactions []transaction      `json:"transactions"`
	Balances     map[string]balance `json:"balances"`
	Contracts    []settled          `json:"contracts"`
	Hedge        hedge              `json:"hedge"`
}

// transaction is one that the demonstration put on the chain.
type transaction struct {
	Label    string    `json:"label"`
	TxID     string    `json:"txid"`
	Hex      string    `json:"hex"`
	FeeSat   int64     `json:"fee_sat"`
	Prevouts []prevout `json:"prevouts"`
}

type prevout struct {
	Sats   int64  `json:"sats"`
	Script string `json:"script"`
}

// settled is a contract at its end.
type settled struct {
	Label         string           `json:"label"`
	ContractID    string           `json:"contract_id"`
	State         string           `json:"state"`
	Terms         terms            `json:"terms"`
	Long          string           `json:"long"`
	Short         string           `json:"short"`
	CollateralSat int64            `json:"collateral_sat"`
	Outcome       *uint64          `json:"outcome,omitempty"`
	LockedSat     map[string]int64 `json:"locked_sat"`
	PaidSat       map[string]int64 `json:"paid_sat"`
	FeesSat       map[string]int64 `json:"fees_sat"`
	FundingTxID   string           `json:"funding_txid"`
	EndTxID       string           `json:"end_txid"`
	EndedBy       string           `json:"ended_by"`
}

// terms are those of a contract.
type terms struct {
	Product     string   `json:"product"`
	Index       string   `json:"index"`
	Event       string   `json:"event"`
	StartDay    uint32   `json:"start_day"`
	EndDay      uint32   `json:"end_day"`
	Base        uint64   `json:"base"`
	NotionalTHS uint32   `json:"notional_ths"`
	K           uint64   `json:"k"`
	KC          uint64   `json:"kc"`
	Floor       uint64   `json:"floor"`
	Cap         uint64   `json:"cap"`
	Premium     int64    `json:"premium"`
	Bucket      uint32   `json:"bucket"`
	Threshold   uint32   `json:"threshold"`
	Oracles     []string `json:"oracles"`
}

// hedge is the identity of docs/product.md: what was mined and what the swap
// paid are what was fixed.
type hedge struct {
	FixedSat      int64 `json:"fixed_sat"`
	MinedSat      int64 `json:"mined_sat"`
	SwapSat       int64 `json:"swap_sat"`
	DifferenceSat int64 `json:"difference_sat"`
	RoundingSat   int64 `json:"rounding_sat"`
}

// fees are the miner fees that a party paid at funding, those of the end included.
func fees(c *alkv1.Contract) int64 {
	return int64(c.GetFees().GetOwnFundingSat() + c.GetFees().GetOwnCetSat()) //nolint:gosec // G115: below 21e14
}

// account shows what each side locked, earned and paid, and that every satoshi is
// where it should be.
func (s *story) account(ctx context.Context) (*result, error) {
	if err := s.followed(ctx); err != nil {
		return nil, err
	}
	r := &result{OK: true, Balances: make(map[string]balance)}
	for _, t := range s.trades {
		if err := s.reach(ctx, t, "Closed"); err != nil {
			return nil, err
		}
		c, err := settledOf(ctx, t)
		if err != nil {
			return nil, err
		}
		r.Contracts = append(r.Contracts, c)
		s.keep(t)
	}
	r.Transactions = s.txs
	if err := s.table(r.Contracts); err != nil {
		return nil, err
	}
	for _, p := range []*party{s.miner, s.buyer} {
		if err := s.audit(ctx, p, r); err != nil {
			return nil, err
		}
	}
	var err error
	r.Hedge, err = s.identity()
	return r, err
}

func settledOf(ctx context.Context, t *trade) (settled, error) {
	c, x := t.now[t.long], t.now[t.long].GetTerms()
	out := settled{
		Label: t.label, ContractID: c.GetContractId(), State: c.GetPhase(), Long: t.long.name, Short: t.short.name,
		CollateralSat: int64(c.GetCollateralSat()), Outcome: c.Outcome, //nolint:gosec // G115: below 21e14
		LockedSat: map[string]int64{}, PaidSat: map[string]int64{}, FeesSat: map[string]int64{},
		FundingTxID: c.GetFunding().GetTxid(), EndTxID: c.GetSpend().GetTxid(), EndedBy: c.GetSpend().GetKind(),
		Terms: terms{
			Product: x.GetProduct(), Index: x.GetIndex(), Event: x.GetEvent(), StartDay: x.GetStartDay(), EndDay: x.GetEndDay(),
			Base: x.GetBase(), NotionalTHS: x.GetNotionalThs(), K: x.GetK(), KC: x.GetKc(), Floor: x.GetFloor(), Cap: x.GetCap(),
			Premium: x.GetPremium(), Bucket: x.GetBucket(), Threshold: x.GetThreshold(), Oracles: x.GetOracles(),
		},
	}
	for _, p := range []*party{t.long, t.short} {
		paidFees, err := p.feesOf(ctx, t.now[p].GetKey())
		if err != nil {
			return settled{}, err
		}
		out.LockedSat[p.name], out.PaidSat[p.name], out.FeesSat[p.name] = locked(t, p), paid(t, p), paidFees
	}
	return out, nil
}

// feesOf is what a contract cost its party in miner fees: those of the terms, and of an exit
// for the input by which it could be taken back.
func (p *party) feesOf(ctx context.Context, key string) (int64, error) {
	report, err := p.client.Portfolio.GetReport(ctx, &alkv1.GetReportRequest{})
	if err != nil {
		return 0, fmt.Errorf("%s's report: %w", p.name, err)
	}
	for _, c := range report.GetContracts() {
		if c.GetKey() == key {
			return -c.GetFeesSat(), nil
		}
	}
	return 0, fmt.Errorf("%s's report lacks contract %s", p.name, key)
}

// keep remembers a contract's transactions that are in the chain.
func (s *story) keep(t *trade) {
	c := t.now[t.long]
	all := []*alkv1.ContractTx{c.GetFunding(), c.GetCet(), c.GetRefund()}
	for _, agreed := range c.GetCloses() {
		all = append(all, agreed.GetTransaction())
	}
	for i, tx := range all {
		if tx.GetHeight() == 0 || !tx.GetComplete() {
			continue
		}
		label := t.label + ": funding"
		if i > 0 {
			label = t.label + ": " + c.GetSpend().GetKind()
		}
		entry := transaction{Label: label, TxID: tx.GetTxid(), Hex: hex.EncodeToString(tx.GetRawTx())}
		for _, spent := range tx.GetPrevouts() {
			entry.Prevouts = append(entry.Prevouts, prevout{
				Sats: int64(spent.GetValueSat()), Script: hex.EncodeToString(spent.GetPkScript()), //nolint:gosec // G115: below 21e14
			})
			entry.FeeSat += int64(spent.GetValueSat()) //nolint:gosec // G115: below 21e14
		}
		entry.FeeSat -= outputs(tx.GetRawTx())
		s.txs = append(s.txs, entry)
	}
}

// table prints what each side locked, got and paid.
func (s *story) table(contracts []settled) error {
	if err := s.say("what each side locked, got back and paid to miners (satoshi)"); err != nil {
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := fmt.Fprint(w, "    contract\tended by\tminer locked\tgot\tfees\tnet\tbuyer locked\tgot\tfees\tnet\t\n"); err != nil {
		return err
	}
	var sum [2]int64
	for _, c := range contracts {
		line := fmt.Sprintf("    %s\t%s\t", c.Label, c.EndedBy)
		for i, name := range []string{"miner", "buyer"} {
			net := c.PaidSat[name] - c.LockedSat[name] - c.FeesSat[name]
			sum[i] += net
			line += fmt.Sprintf("%s\t%s\t%s\t%s\t", number(c.LockedSat[name]), number(c.PaidSat[name]), number(c.FeesSat[name]), number(net))
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(w, "    in all\t\t\t\t\t%s\t\t\t\t%s\t\n", number(sum[0]), number(sum[1])); err != nil {
		return err
	}
	return w.Flush()
}

// audit holds a wallet against the contracts.
func (s *story) audit(ctx context.Context, p *party, r *result) error {
	b, err := p.balance(ctx)
	if err != nil {
		return err
	}
	r.Balances[p.name] = b
	want := p.funded - b.RaisedSat
	for _, c := range r.Contracts {
		want += c.PaidSat[p.name] - c.LockedSat[p.name] - c.FeesSat[p.name]
	}
	if b.ConfirmedSat != want {
		return fmt.Errorf("the %s's wallet holds %s instead of %s", p.name, sats(b.ConfirmedSat), sats(want))
	}
	if b.RaisedSat > 0 {
		if err := s.say("the %s's node paid %s more to miners for what was late in a block", p.name, sats(b.RaisedSat)); err != nil {
			return err
		}
	}
	return s.say("the %s's wallet holds %s: what it began with and what its contracts made of it, to the satoshi", p.name, sats(b.ConfirmedSat))
}

// identity shows that the miner's swap fixed his revenue.
func (s *story) identity() (hedge, error) {
	t := s.trades[0]
	c := t.now[t.short]
	x := c.GetTerms()
	days := int64(x.GetEndDay() - x.GetStartDay() + 1)
	h := hedge{
		FixedSat:    units * int64(x.GetK()) * days,                      //nolint:gosec // G115: small
		MinedSat:    units * int64(c.GetOutcome()-x.GetBase()),           //nolint:gosec // G115: below 2^30
		SwapSat:     paid(t, t.short) - locked(t, t.short),               // before miner fees
		RoundingSat: units*(int64(1)<<x.GetBucket())/2 + closeSurplus(c), // the bucket, and the share of the fees that came back
	}
	h.DifferenceSat = h.MinedSat + h.SwapSat - h.FixedSat
	if h.DifferenceSat > h.RoundingSat || h.DifferenceSat < -h.RoundingSat {
		return h, fmt.Errorf("the hedge does not hold: mined %s, swap %s, fixed %s", sats(h.MinedSat), sats(h.SwapSat), sats(h.FixedSat))
	}
	if err := s.say("the hedge of the miner's %d units over %d days", units, days); err != nil {
		return h, err
	}
	return h, s.tell("he mined %s, and his swap brought %s: together %s.\nHe had fixed %d units x %d days x %d = %s; the difference of %s is the swap's rounding and its miner fees.",
		sats(h.MinedSat), sats(h.SwapSat), sats(h.MinedSat+h.SwapSat), units, days, x.GetK(), sats(h.FixedSat), sats(h.DifferenceSat))
}

// closeSurplus bounds what a settlement by agreement gives back of, or takes for,
// its fee.
func closeSurplus(c *alkv1.Contract) int64 {
	return int64(c.GetFees().GetOwnCetSat() + c.GetFees().GetPeerCetSat()) //nolint:gosec // G115: below 21e14
}

// number writes a number with thousands separated.
func number(v int64) string {
	digits := strconv.FormatInt(v, 10)
	start := 0
	if v < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// sats writes an amount.
func sats(v int64) string { return number(v) + " sat" }

// outputs is the sum of a transaction's outputs, satoshi.
func outputs(raw []byte) int64 {
	tx := wire.NewMsgTx(2)
	if err := tx.Deserialize(bytes.NewReader(raw)); err != nil {
		return 0
	}
	var sum int64
	for _, out := range tx.TxOut {
		sum += out.Value
	}
	return sum
}

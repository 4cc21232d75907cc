package policy

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
)

// maxRules bounds the rules of a file.
const maxRules = 100

// Quotes says how requests for quotes are answered.
type Quotes struct {
	// Ask keeps a request that no rule answers for the user, who may answer it
	// while the asker waits; otherwise it is declined at once.
	Ask bool `toml:"ask"`
	// Rules are tried in order; the first that fits answers.
	Rules []QuoteRule `toml:"rules"`
}

// QuoteRule answers requests by the node's own reference price. What a rule
// leaves empty or 0 it does not ask for.
type QuoteRule struct {
	// Peers are node keys in hexadecimal.
	Peers []string `toml:"peers"`
	// Indices are index and leg, as "hp1/tot".
	Indices []string `toml:"indices"`
	// Products by the names of orders: SWAP_M, CALL, ...
	Products []string `toml:"products"`
	// Side is what we would be: "buy" (long), "sell" or "both".
	Side string `toml:"side"`
	// MinDays and MaxDays bound the window.
	MinDays uint32 `toml:"min_days"`
	MaxDays uint32 `toml:"max_days"`
	// MaxSize is the largest notional, in TH/s.
	MaxSize uint32 `toml:"max_size_ths"`
	// SpreadPermille is how much worse than the reference we quote for the
	// other side: of the rate for swaps, of the premium otherwise.
	SpreadPermille uint32 `toml:"spread_permille"`
	// Seconds is how long an answer holds, 5 to 600.
	Seconds uint32 `toml:"seconds"`
}

// Fits says whether the rule answers a peer's request, on the side that would
// be ours.
func (r QuoteRule) Fits(peer [33]byte, q *order.Quote, ours order.Side) bool {
	side := map[string][]order.Side{"buy": {order.Buy}, "sell": {order.Sell}, "both": {order.Buy, order.Sell}}[r.Side]
	return slices.Contains(side, ours) &&
		among(r.Peers, hex.EncodeToString(peer[:])) &&
		among(r.Indices, q.Index) &&
		among(r.Products, q.Product.String()) &&
		q.Days >= r.MinDays && (r.MaxDays == 0 || q.Days <= r.MaxDays) &&
		(r.MaxSize == 0 || q.HMax <= r.MaxSize)
}

func among(list []string, text string) bool { return len(list) == 0 || slices.Contains(list, text) }

// check returns ErrValue, naming the key, unless every rule can be used.
func (q Quotes) check() error {
	if len(q.Rules) > maxRules {
		return fmt.Errorf("%w: quotes.rules has %d rules, %d are possible", ErrValue, len(q.Rules), maxRules)
	}
	for i, r := range q.Rules {
		known := func(name string) bool { _, err := payout.ParseInstrument(name); return err == nil }
		for _, check := range []struct {
			ok   bool
			key  string
			says any
		}{
			{slices.Contains([]string{"buy", "sell", "both"}, r.Side), "side", r.Side},
			{!slices.ContainsFunc(r.Products, func(name string) bool { return !known(name) }), "products", r.Products},
			{areHex(r.Peers, 33), "peers", r.Peers},
			{r.MaxDays == 0 || r.MinDays <= r.MaxDays, "min_days", r.MinDays},
			{r.SpreadPermille < 1000, "spread_permille", r.SpreadPermille},
			{r.Seconds >= 5 && r.Seconds <= 600, "seconds", r.Seconds},
		} {
			if !check.ok {
				return fmt.Errorf("%w: quotes.rules[%d].%s = %v is out of range", ErrValue, i, check.key, check.says)
			}
		}
	}
	return nil
}

// Pricer is what the owner believes of the future, for the reference price.
type Pricer struct {
	// GrowthPermille is how much difficulty grows at the retargets after the
	// next one, thousandths each; the last one repeats. The next one follows
	// from the chain.
	GrowthPermille []int32 `toml:"growth_permille"`
	// VolPermille is the standard deviation of the logarithm of a retarget,
	// FeeVolPermille that of the mean fee.
	VolPermille    uint32 `toml:"vol_permille"`
	FeeVolPermille uint32 `toml:"fee_vol_permille"`
}

// check returns ErrValue, naming the key, unless the beliefs are possible.
func (p Pricer) check() error {
	const maxGrowths, least, most = 100, -750, 3_000
	for _, check := range []struct {
		ok   bool
		key  string
		says any
	}{
		{len(p.GrowthPermille) <= maxGrowths && !slices.ContainsFunc(p.GrowthPermille, func(g int32) bool { return g < least || g > most }),
			"growth_permille", p.GrowthPermille},
		{p.VolPermille <= 1000, "vol_permille", p.VolPermille},
		{p.FeeVolPermille <= 1000, "fee_vol_permille", p.FeeVolPermille},
	} {
		if !check.ok {
			return fmt.Errorf("%w: pricer.%s = %v is out of range", ErrValue, check.key, check.says)
		}
	}
	return nil
}

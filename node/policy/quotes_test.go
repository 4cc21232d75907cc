package policy_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/policy"
)

const quotes = `[quotes]
ask = false
[[quotes.rules]]
indices = ["hp1/tot"]
products = ["SWAP_M", "PUT"]
side = "sell"
min_days = 7
max_days = 60
max_size_ths = 5_000
spread_permille = 15
seconds = 30
`

func TestQuoteRulesFitWhatTheyName(t *testing.T) {
	p, err := policy.Parse([]byte(quotes))
	if err != nil {
		t.Fatal(err)
	}
	r := p.Quotes.Rules[0]
	base := order.Quote{Index: "hp1/tot", Product: payout.SwapM, Days: 30, HMin: 500, HMax: 500}
	for name, c := range map[string]struct {
		change func(*order.Quote)
		side   order.Side
		want   bool
	}{
		"as named":      {func(*order.Quote) {}, order.Sell, true},
		"another side":  {func(*order.Quote) {}, order.Buy, false},
		"another leg":   {func(q *order.Quote) { q.Index = "hp1/fee" }, order.Sell, false},
		"no product":    {func(q *order.Quote) { q.Product = payout.Call }, order.Sell, false},
		"first day":     {func(q *order.Quote) { q.Days = 7 }, order.Sell, true},
		"too short":     {func(q *order.Quote) { q.Days = 6 }, order.Sell, false},
		"too long":      {func(q *order.Quote) { q.Days = 61 }, order.Sell, false},
		"too much":      {func(q *order.Quote) { q.HMax = 5_100 }, order.Sell, false},
		"other product": {func(q *order.Quote) { q.Product = payout.Put }, order.Sell, true},
	} {
		q := base
		c.change(&q)
		if got := r.Fits([33]byte{2}, &q, c.side); got != c.want {
			t.Errorf("%s: fits %t", name, got)
		}
	}
	r = policy.QuoteRule{Side: "both", Peers: []string{fmt.Sprintf("%x", [33]byte{3})}}
	if !r.Fits([33]byte{3}, &base, order.Buy) || r.Fits([33]byte{2}, &base, order.Buy) || !r.Fits([33]byte{3}, &base, order.Sell) {
		t.Error("a rule for one peer fits another, or not its own")
	}
	if p = policy.Default(); !p.Quotes.Ask || len(p.Quotes.Rules) != 0 {
		t.Error("by default the user is asked")
	}
}

func TestBadQuoteRulesAreRefused(t *testing.T) {
	for _, bad := range []string{
		"side = \"long\"\nseconds = 30", "side = \"buy\"", "side = \"buy\"\nseconds = 4", "side = \"buy\"\nseconds = 601",
		"side = \"buy\"\nseconds = 30\nspread_permille = 1000", "side = \"buy\"\nseconds = 30\nproducts = [\"FUTURE\"]",
		"side = \"buy\"\nseconds = 30\nmin_days = 3\nmax_days = 2", "side = \"buy\"\nseconds = 30\npeers = [\"02\"]",
	} {
		if _, err := policy.Parse([]byte("[[quotes.rules]]\n" + bad)); !errors.Is(err, policy.ErrValue) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"growth_permille = [5, -751]", "growth_permille = [3001]", "vol_permille = 1001", "fee_vol_permille = 1001"} {
		if _, err := policy.Parse([]byte("[pricer]\n" + bad)); !errors.Is(err, policy.ErrValue) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

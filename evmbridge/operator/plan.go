package operator

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// errNothing means that no redemption can be paid: what they are bound to is not to be had.
var errNothing = errors.New("nothing can be paid now")

// plan makes batches out of what there is in one step of an operator.
type plan struct {
	domain spv.Domain
	// coins are deep, unspent, and held by no payment in flight.
	coins []vault.Coin
	// kept are the payments that were signed and can still confirm, waits their redemptions
	// that still wait: they must not become unpayable.
	kept  []Payment
	waits map[[32]byte]bool
	// offered are those of them that the network has, or is given: only these must be outbid.
	offered map[chainhash.Hash]bool
	// anchors are what this operator and others bound redemptions to.
	anchors map[[32]byte][]wire.OutPoint
	// thrifty plans pay at the highest rate up to the wanted one that all of their redemptions
	// allow, and hold no greater coin than they need.
	thrifty bool
	// most is the highest rate that any batch may have.
	most vault.FeeRate
}

// bind notes that an operator bound a redemption to an outpoint, and returns whether that is
// new.
func (p *plan) bind(rid [32]byte, anchor wire.OutPoint) bool {
	if slices.Contains(p.anchors[rid], anchor) {
		return false
	}
	p.anchors[rid] = append(p.anchors[rid], anchor)
	return true
}

// payable leaves out the redemptions that are bound to what is not to be had.
func (p *plan) payable(all []spv.Redemption) []spv.Redemption {
	for {
		free := p.free(all)
		rest := all[:0:0]
		for _, r := range all {
			if !slices.ContainsFunc(p.anchors[r.RID()], func(o wire.OutPoint) bool { return !has(free, o) }) {
				rest = append(rest, r)
			}
		}
		if len(rest) == len(all) {
			return rest
		}
		all = rest
	}
}

// free returns the coins that a batch of these redemptions may spend: those of payments that
// pay nothing else that still waits.
func (p *plan) free(all []spv.Redemption) []vault.Coin {
	paid := map[[32]byte]bool{}
	for _, r := range all {
		paid[r.RID()] = true
	}
	return slices.DeleteFunc(slices.Clone(p.coins), func(c vault.Coin) bool {
		return slices.ContainsFunc(p.spending(c.Outpoint), func(k Payment) bool {
			return slices.ContainsFunc(k.Redemptions, func(r spv.Redemption) bool { return p.waits[r.RID()] && !paid[r.RID()] })
		})
	})
}

func (p *plan) spending(o wire.OutPoint) (out []Payment) {
	for _, k := range p.kept {
		if spends(k.Tx, o) {
			out = append(out, k)
		}
	}
	return out
}

// cost returns the fee rate from which on a batch may spend a coin: above that of the payments
// that it replaces.
func (p *plan) cost(o wire.OutPoint) (rate vault.FeeRate) {
	for _, k := range p.spending(o) {
		rate = max(rate, p.outbids(k))
	}
	return rate
}

// outbids returns the fee rate that replaces a payment, 0 if nobody has it.
func (p *plan) outbids(k Payment) vault.FeeRate {
	if !p.offered[k.Tx.TxHash()] {
		return 0
	}
	if next := raised(k.Rate); next <= p.most || k.Rate >= p.most {
		return next
	}
	return p.most
}

func raised(rate vault.FeeRate) vault.FeeRate { return rate + max(1, rate/4) }

// dead says that payments spend a coin whose redemptions wait no more: as long as one of them
// may confirm, what was compensated may be paid, too.
func (p *plan) dead(o wire.OutPoint) bool {
	spending := p.spending(o)
	return len(spending) > 0 && !slices.ContainsFunc(spending, func(k Payment) bool {
		return slices.ContainsFunc(k.Redemptions, func(r spv.Redemption) bool { return p.waits[r.RID()] })
	})
}

// least returns the fee rate from which on a batch of these redemptions replaces the payments
// of them that went stale, and others that spend what they are bound to.
func (p *plan) least(all []spv.Redemption) (rate vault.FeeRate) {
	for _, r := range all {
		for _, k := range p.kept {
			if k.pays(r) {
				rate = max(rate, p.outbids(k))
			}
		}
		for _, o := range p.anchors[r.RID()] {
			rate = max(rate, p.cost(o))
		}
	}
	return rate
}

// choose takes the coins that must be spent, one of a dead payment, and then the greatest
// until the claims are covered; a thrifty plan takes the least one that covers them.
func (p *plan) choose(all []spv.Redemption, rate vault.FeeRate) []vault.Coin {
	var need, sum btcutil.Amount
	var must []wire.OutPoint
	for _, r := range all {
		need += btcutil.Amount(r.Sats) //nolint:gosec // G115: at most the money there is
		must = append(must, p.anchors[r.RID()]...)
	}
	var out, rest []vault.Coin
	for _, c := range p.free(all) {
		cost := p.cost(c.Outpoint)
		switch {
		case slices.Contains(must, c.Outpoint):
			out, sum = append(out, c), sum+c.Value
		case cost == 0 || (!p.thrifty && cost <= rate):
			rest = append(rest, c)
		}
	}
	slices.SortStableFunc(rest, func(a, b vault.Coin) int { return cmp.Compare(b.Value, a.Value) })
	if at := slices.IndexFunc(rest, func(c vault.Coin) bool { return p.dead(c.Outpoint) }); at > 0 && !p.thrifty {
		freed := rest[at]
		rest = slices.Insert(slices.Delete(rest, at, at+1), 0, freed)
	}
	for len(rest) > 0 && (sum < need || len(out) == 0) {
		at := 0
		if p.thrifty {
			at = max(0, sort.Search(len(rest), func(i int) bool { return sum+rest[i].Value < need })-1)
		}
		out, sum = append(out, rest[at]), sum+rest[at].Value
		rest = slices.Delete(rest, at, at+1)
	}
	return out
}

// whole builds a batch of all of the redemptions.
func (p *plan) whole(all []spv.Redemption, rate vault.FeeRate) (*vault.Batch, error) {
	coins := p.choose(all, rate)
	var change *vault.Vault
	if len(coins) > 0 {
		change = coins[0].Vault
	}
	// In the order of their numbers, in which those who prove the payment look for them.
	ordered := slices.Clone(all)
	slices.SortFunc(ordered, func(a, b spv.Redemption) int { return cmp.Compare(a.Nonce, b.Nonce) })
	return vault.Build(p.domain, coins, ordered, change, rate)
}

// make builds a batch at a rate, or as near below it as a thrifty plan may. What stands in the
// way is left out until one can be made. It fails with errNothing, or as vault.Build does.
func (p *plan) make(due []spv.Redemption, rate vault.FeeRate) (*vault.Batch, error) {
	var last error
	rest := p.payable(due)
	for len(rest) > 0 {
		batch, _, err := p.nearest(rest, rate)
		if err == nil {
			return batch, nil
		}
		last = err
		// What holds the others' coins may be what is left out.
		rest = p.payable(without(rest, err))
	}
	if last == nil {
		return nil, errNothing
	}
	return nil, fmt.Errorf("batch of %d redemptions at %d sat/vB: %w", len(due), rate, last)
}

// nearest is whole at the rate. A thrifty plan, and one that pays what went stale and nothing
// else, may offer less: the highest rate that all of them allow.
func (p *plan) nearest(all []spv.Redemption, rate vault.FeeRate) (*vault.Batch, vault.FeeRate, error) {
	least := p.least(all)
	if rate = max(rate, least); rate > p.most {
		return nil, rate, fmt.Errorf("%d sat/vB are needed to replace a payment: %w", rate, vault.ErrFeeRate)
	}
	if !p.thrifty && !p.raises(all) {
		batch, err := p.whole(all, rate)
		return batch, rate, err
	}
	below := sort.Search(int(rate-max(least, 1)), func(n int) bool { //nolint:gosec // G115: at most MaxFeeRate
		_, err := p.whole(all, rate-vault.FeeRate(n)) //nolint:gosec // G115: not negative
		return err == nil
	})
	rate -= vault.FeeRate(below) //nolint:gosec // G115: not negative
	batch, err := p.whole(all, rate)
	return batch, rate, err
}

// shared returns a redemption that has no coin with those of a payment before that can be
// replaced by one that pays them all, or nothing.
func (p *plan) shared(some, waiting []spv.Redemption, rate vault.FeeRate) []spv.Redemption {
	const tried = 10
	for _, r := range generous(some)[:min(len(some), tried)] {
		for _, k := range p.kept {
			both := p.withJoined(append(slices.Clone(k.Redemptions), r), waiting)
			both = slices.DeleteFunc(both, func(o spv.Redemption) bool { return !slices.ContainsFunc(waiting, o.Same) })
			if len(both) < 2 || len(both) > spv.MaxBatch || len(p.payable(both)) < len(both) {
				continue
			}
			if _, _, err := p.nearest(both, rate); err == nil {
				return both
			}
		}
	}
	return nil
}

// raises says whether a batch of these redemptions pays what a payment before paid, and nothing
// else.
func (p *plan) raises(all []spv.Redemption) bool {
	return slices.ContainsFunc(p.kept, func(k Payment) bool {
		return !slices.ContainsFunc(all, func(r spv.Redemption) bool { return !k.pays(r) })
	})
}

// alike returns the redemptions that a thrifty plan pays together: the most generous ones, with
// those that must be paid with them, and others as long as none has the rate lowered much.
// What replaces a payment takes nobody in.
func (p *plan) alike(all []spv.Redemption, rate vault.FeeRate) []spv.Redemption {
	var set []spv.Redemption
	var least vault.FeeRate
	for _, r := range generous(all) {
		if slices.ContainsFunc(set, r.Same) {
			continue
		}
		joined := p.joined(r, all)
		if len(set) > 0 && (p.least(set) > 0 || p.least(joined) > 0) {
			continue
		}
		both := append(slices.Clone(set), joined...)
		_, at, err := p.nearest(both, rate)
		if err != nil || at < least {
			continue
		}
		if len(set) == 0 {
			least = at - at/4
		}
		set = both
	}
	return set
}

// raisable leaves out the redemptions that were paid at all that they allow, and those that can
// be paid with these only: that payment is offered on, and holds nobody else back.
func (p *plan) raisable(all []spv.Redemption, rate vault.FeeRate) []spv.Redemption {
	return slices.DeleteFunc(slices.Clone(all), func(r spv.Redemption) bool {
		_, _, err := p.nearest(p.joined(r, all), rate)
		return errors.Is(err, vault.ErrFeeRate)
	})
}

// withJoined returns the redemptions and those of all that must be paid with them.
func (p *plan) withJoined(some, all []spv.Redemption) []spv.Redemption {
	var out []spv.Redemption
	for _, r := range some {
		for _, j := range p.joined(r, all) {
			if !slices.ContainsFunc(out, j.Same) {
				out = append(out, j)
			}
		}
	}
	return out
}

// joined returns a redemption and those that must be paid with it, since payments that were
// signed before bind them together.
func (p *plan) joined(r spv.Redemption, all []spv.Redemption) []spv.Redemption {
	set := []spv.Redemption{r}
	for i := 0; i < len(set); i++ {
		for _, o := range p.anchors[set[i].RID()] {
			for _, k := range p.spending(o) {
				for _, other := range k.Redemptions {
					if slices.ContainsFunc(all, other.Same) && !slices.ContainsFunc(set, other.Same) {
						set = append(set, other)
					}
				}
			}
		}
	}
	return set
}

// without leaves out the greatest claim if the coins are not enough for all of them, else the
// redemption that allows the least fee.
func without(all []spv.Redemption, why error) []spv.Redemption {
	rest := generous(all)
	if errors.Is(why, vault.ErrFunds) {
		slices.SortStableFunc(rest, func(a, b spv.Redemption) int { return cmp.Compare(a.Sats, b.Sats) })
	}
	return rest[:len(rest)-1]
}

// generous returns the redemptions in the order of the fees that they allow, the highest first.
func generous(due []spv.Redemption) []spv.Redemption {
	rest := slices.Clone(due)
	slices.SortStableFunc(rest, func(a, b spv.Redemption) int {
		return cmp.Or(cmp.Compare(b.MaxFee, a.MaxFee), cmp.Compare(a.Nonce, b.Nonce))
	})
	return rest
}

func has(coins []vault.Coin, o wire.OutPoint) bool {
	return slices.ContainsFunc(coins, func(c vault.Coin) bool { return c.Outpoint == o })
}

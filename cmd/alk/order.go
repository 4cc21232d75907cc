package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) orderCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "order", Short: "Publish and take orders, ask for and answer quotes", Args: cobra.NoArgs, RunE: help}
	cmd.AddCommand(a.publishCommand(), a.orderListCommand(), a.orderShowCommand(), a.orderCancelCommand(), a.takeCommand(), a.rfqCommand())
	return cmd
}

func (a *app) publishCommand() *cobra.Command {
	var terms termsFlags
	var side, minSize, taker, replaces string
	var holds time.Duration
	cmd := a.command("publish", "Publish a signed order; who takes it gets a contract without asking", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			draft, err := terms.draft(false)
			if err != nil {
				return err
			}
			req := &alkv1.PublishOrderRequest{Side: side, Terms: draft, Taker: taker, Replaces: replaces}
			if req.Side == "" {
				return errUsage("buy to become the long, sell to become the short (a miner who hedges sells)", "--side is needed")
			}
			if minSize != "" {
				if req.MinThs, err = parseSize(minSize); err != nil {
					return err
				}
			}
			if holds > 0 {
				if req.ExpiresInSeconds, err = wholeSeconds(holds); err != nil {
					return err
				}
			}
			resp, err := c.Orders.PublishOrder(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { orderRows(w, resp.GetOrder()) })
		})
	cmd.Example = "  alk order publish --side sell --size 5PH --rate 42350 --days 30\n" +
		"  alk order publish --side sell --product put --size 2PH --strike 43000 --premium 24000"
	terms.add(cmd)
	f := cmd.Flags()
	f.StringVar(&side, "side", "", "buy (you become the long) or sell (the short)")
	f.StringVar(&minSize, "min-size", "", "least that can be taken at a time (default: 100 TH/s)")
	f.DurationVar(&holds, "expires", 0, "how long it holds, such as 6h (default: a day, by the node's clock)")
	f.StringVar(&taker, "taker", "", "node key of the only one who may take it")
	f.StringVar(&replaces, "replaces", "", "id of an own order that is cancelled for this one")
	must(cmd.RegisterFlagCompletionFunc("side", cobra.FixedCompletions([]string{"buy", "sell"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func orderRows(w io.Writer, o *alkv1.Order) {
	row(w, "order", o.GetId())
	if o.GetOwn() {
		row(w, "maker", "this node")
	} else {
		row(w, "maker", o.GetMaker())
	}
	row(w, "side", o.GetSide()+"s")
	row(w, "product", o.GetProduct())
	row(w, "index", o.GetIndex())
	row(w, "window", windowText(o.GetStartDay(), o.GetStartDay()+o.GetDays()-1))
	row(w, "price", priceText(o.GetProduct(), o.GetK(), o.GetKc(), o.GetPremium()))
	if o.FairPrice != nil {
		row(w, "reference", rounded(o.GetFairPrice()))
	}
	row(w, "floor and cap", bandText(o.GetFloor(), o.GetCap()))
	row(w, "left", fmt.Sprintf("%s of %s, at least %s at a time", sizeText(uint64(o.GetRemainingThs()), o.GetIndex()),
		sizeText(uint64(o.GetMaxThs()), o.GetIndex()), sizeText(uint64(o.GetMinThs()), o.GetIndex())))
	row(w, "oracles", fmt.Sprintf("%d of %d", o.GetThreshold(), len(o.GetOracles())))
	row(w, "expires", moment(int64(min(o.GetExpiryUnix(), 1<<40)))+" UTC")
}

func (a *app) orderListCommand() *cobra.Command {
	req := &alkv1.ListOrdersRequest{}
	var size, product string
	cmd := a.command("list", "List live orders, own ones and those of connected peers", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			if size != "" {
				ths, err := parseSize(size)
				if err != nil {
					return err
				}
				req.SizeThs = ths
			}
			req.Product = strings.ToUpper(product)
			if name, ok := products[strings.ToLower(product)]; ok {
				req.Product = name
			}
			resp, err := c.Orders.ListOrders(ctx, req)
			if err != nil {
				return err
			}
			a.notAsked(resp.GetFailed())
			return a.show(resp, func(w io.Writer) { orderTable(w, resp.GetOrders(), resp.GetTotal()) })
		})
	f := cmd.Flags()
	f.BoolVar(&req.Own, "own", false, "only own orders")
	f.BoolVar(&req.Others, "others", false, "only those of peers")
	f.StringVar(&req.Peer, "peer", "", "only those of one node")
	f.StringVar(&product, "product", "", "only one product: swap, prepaid, call, put, collar or note")
	f.StringVar(&req.Index, "index", "", "only one index and leg")
	f.StringVar(&req.Side, "side", "", "only makers who buy, or sell")
	f.Uint32Var(&req.MinDays, "min-days", 0, "only windows of at least so many days")
	f.Uint32Var(&req.MaxDays, "max-days", 0, "only windows of at most so many days")
	f.StringVar(&size, "size", "", "only orders of which so much can be taken")
	f.BoolVar(&req.Refresh, "refresh", false, "ask the connected peers anew")
	f.Uint32Var(&req.Limit, "limit", 100, "how many, at most 1000")
	f.Uint32Var(&req.Offset, "offset", 0, "how many to leave out")
	return cmd
}

// notAsked warns of peers that did not answer.
func (a *app) notAsked(failed map[string]string) {
	for peer, why := range failed {
		a.tell("alk: %s was not asked: %s\n", abbreviate(peer), printable(why))
	}
}

func orderTable(w io.Writer, orders []*alkv1.Order, total uint32) {
	if len(orders) == 0 {
		row(w, "no orders")
		return
	}
	row(w, "ORDER", "MAKER", "SIDE", "PRODUCT", "INDEX", "FROM", "DAYS", "PRICE", "REFERENCE", "LEFT", "BAND", "EXPIRES (UTC)")
	for _, o := range orders {
		maker, reference := abbreviate(o.GetMaker()), "-"
		if o.GetOwn() {
			maker = "own"
		}
		if o.FairPrice != nil {
			reference = rounded(o.GetFairPrice())
		}
		side := o.GetSide()
		if o.GetPrivate() {
			side += " (private)"
		}
		row(w, abbreviate(o.GetId()), maker, side, o.GetProduct(), o.GetIndex(), dateOf(o.GetStartDay()), o.GetDays(),
			priceText(o.GetProduct(), o.GetK(), o.GetKc(), o.GetPremium()), reference, sizeText(uint64(o.GetRemainingThs()), o.GetIndex()),
			bandText(o.GetFloor(), o.GetCap()), moment(int64(min(o.GetExpiryUnix(), 1<<40))))
	}
	if int(total) > len(orders) {
		row(w, fmt.Sprintf("%d of %d; --offset and --limit show others", len(orders), total))
	}
}

func (a *app) orderShowCommand() *cobra.Command {
	return a.command("show ORDER", "Show one order, and what a contract on all of it would be", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Orders.TakeOrder(ctx, &alkv1.TakeOrderRequest{Id: args[0], DryRun: true})
			if err != nil {
				return err
			}
			return a.show(resp.GetSimulation(), func(w io.Writer) { simulationRows(w, resp.GetSimulation(), false) })
		})
}

func (a *app) orderCancelCommand() *cobra.Command {
	var all bool
	cmd := a.command("cancel [ORDER]...", "Withdraw own orders; they are never filled afterwards", cobra.ArbitraryArgs,
		func(ctx context.Context, c *client.Client, args []string) error {
			if (len(args) == 0) != all {
				return errUsage("`alk order list --own` shows them", "name orders, or use --all")
			}
			resp, err := c.Orders.CancelOrders(ctx, &alkv1.CancelOrdersRequest{Ids: args, All: all})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, fmt.Sprintf("%d cancelled", resp.GetCancelled())) })
		})
	cmd.Flags().BoolVar(&all, "all", false, "all own orders")
	return cmd
}

// dealFlags say how a contract is made.
type dealFlags struct {
	fund, cet   uint32
	refund, ans time.Duration
	coins       []string
	noWait      bool
}

func (f *dealFlags) add(cmd *cobra.Command) {
	s := cmd.Flags()
	s.Uint32Var(&f.fund, "fund-rate", 0, "fee rate of the funding transaction, sat/vB (default: the estimate)")
	s.Uint32Var(&f.cet, "cet-rate", 0, "fee rate of settlement and refund, sat/vB (default: the estimate)")
	s.DurationVar(&f.refund, "refund-after", 0, "time from maturity to the refund, such as 672h (default: the policy's)")
	s.DurationVar(&f.ans, "answer-within", 0, "how long the peer may take to answer, at most 10m")
	s.StringSliceVar(&f.coins, "coin", nil, "coins (txid:index) that fund it, and no others")
	s.BoolVar(&f.noWait, "no-wait", false, "return when the offer is on its way")
}

func (f *dealFlags) read() (coins []*alkv1.OutPoint, refund, answer uint32, err error) {
	if coins, err = parseOutPoints(f.coins); err != nil {
		return nil, 0, 0, err
	}
	if f.refund != 0 {
		if refund, err = wholeSeconds(f.refund); err != nil {
			return nil, 0, 0, err
		}
	}
	if f.ans != 0 {
		answer, err = wholeSeconds(f.ans)
	}
	return coins, refund, answer, err
}

func (a *app) takeCommand() *cobra.Command {
	var deal dealFlags
	var size string
	var dry, yes, tokenise bool
	cmd := &cobra.Command{
		Use: "take ORDER", Short: "Take a peer's order: offer its maker the contract", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			coins, refund, answer, err := deal.read()
			if err != nil {
				return err
			}
			req := &alkv1.TakeOrderRequest{
				Id: args[0], FundSatPerVbyte: deal.fund, CetSatPerVbyte: deal.cet, RefundDelaySeconds: refund, ExpiresInSeconds: answer, Coins: coins,
			}
			if size != "" {
				if req.NotionalThs, err = parseSize(size); err != nil {
					return err
				}
			}
			if req.Bridge, err = a.bridgeTerms(cmd.Context(), tokenise); err != nil {
				return err
			}
			return a.take(cmd.Context(), req, dry, yes, deal.noWait)
		},
	}
	deal.add(cmd)
	addTokenise(cmd, &tokenise)
	cmd.Flags().StringVar(&size, "size", "", "how much (default: all that is left)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what the contract would be, and take nothing")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// take shows what the contract would be, asks, and takes.
func (a *app) take(ctx context.Context, req *alkv1.TakeOrderRequest, dry, yes, noWait bool) error {
	c, err := a.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	if dry || (!yes && a.console.Interactive() && !a.json) {
		req.DryRun = true
		var resp *alkv1.TakeOrderResponse
		if err := a.bounded(ctx, func(ctx context.Context) (err error) { resp, err = c.Orders.TakeOrder(ctx, req); return err }); err != nil {
			return err
		}
		if dry {
			return a.show(resp.GetSimulation(), func(w io.Writer) { simulationRows(w, resp.GetSimulation(), false) })
		}
		a.summary(resp.GetSimulation())
		if ok, err := a.confirm(ctx, "Take it?"); err != nil || !ok {
			return firstError(err, errNotSent)
		}
		req.DryRun = false
	}
	var resp *alkv1.TakeOrderResponse
	if err := a.bounded(ctx, func(ctx context.Context) (err error) { resp, err = c.Orders.TakeOrder(ctx, req); return err }); err != nil {
		return err
	}
	return a.negotiate(ctx, c, resp.GetContract(), noWait)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// bounded calls f under --timeout.
func (a *app) bounded(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := a.limit(ctx)
	defer cancel()
	return f(ctx)
}

// summary tells on standard error what is about to be agreed to.
func (a *app) summary(s *alkv1.Simulation) {
	t := s.GetTerms()
	a.tell("you    %s %s of %s, %s\n", s.GetSide(), sizeText(uint64(t.GetNotionalThs()), t.GetIndex()), t.GetProduct(),
		windowText(t.GetStartDay(), t.GetEndDay()))
	a.tell("price  %s\n", priceText(t.GetProduct(), t.GetK(), t.GetKc(), t.GetPremium()))
	a.tell("lock   %s sat, the peer %s sat\n", sat(s.GetOwnLockSat()), sat(s.GetPeerLockSat()))
	a.tell("risk   at most %s sat lost, %s sat gained\n", sat(s.GetMaxLossSat()), sat(s.GetMaxProfitSat()))
	a.tell("fees   about %s sat to miners\n", sat(s.GetFees().GetOwnFundingSat()+s.GetFees().GetOwnCetSat()))
	for _, warning := range s.GetWarnings() {
		a.tell("note   %s\n", printable(warning))
	}
}

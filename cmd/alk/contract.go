package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) contractCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "contract", Short: "Offer, answer, show, plot and close contracts", Args: cobra.NoArgs, RunE: help}
	cmd.AddCommand(
		a.offerCommand(), a.contractListCommand(), a.contractShowCommand(), a.acceptCommand(), a.rejectCommand(), a.withdrawCommand(),
		a.closeCommand(), a.historyCommand(), a.exportCommand(), a.plotCommand(), a.simulateCommand(), a.waitCommand(), a.contractReleaseCommand(),
	)
	return cmd
}

func (a *app) offerCommand() *cobra.Command {
	var terms termsFlags
	var deal dealFlags
	var side, peer string
	var yes, tokenise bool
	cmd := &cobra.Command{
		Use: "offer", Short: "Offer a contract to a connected peer", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			draft, err := terms.draft(false)
			if err != nil {
				return err
			}
			req := &alkv1.OfferContractRequest{Side: side, Terms: draft, FundSatPerVbyte: deal.fund, CetSatPerVbyte: deal.cet}
			if req.Coins, req.RefundDelaySeconds, req.ExpiresInSeconds, err = deal.read(); err != nil {
				return err
			}
			if req.Side == "" || peer == "" {
				return errUsage("--side long or short, --peer with a key of `alk peer list`", "--side and --peer are needed")
			}
			req.Peer = keyOf(peer)
			if req.Bridge, err = a.bridgeTerms(cmd.Context(), tokenise); err != nil {
				return err
			}
			return a.offer(cmd.Context(), req, yes, deal.noWait)
		},
	}
	cmd.Example = "  alk contract offer --peer 02ab.. --side short --size 5PH --rate 42350 --days 30"
	terms.add(cmd)
	deal.add(cmd)
	addTokenise(cmd, &tokenise)
	cmd.Flags().StringVar(&peer, "peer", "", "node key of the peer")
	cmd.Flags().StringVar(&side, "side", "", "long, or short (a miner who hedges is short)")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	must(cmd.RegisterFlagCompletionFunc("side", cobra.FixedCompletions([]string{"long", "short"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

// offer shows what the contract would be, asks, and offers it.
func (a *app) offer(ctx context.Context, req *alkv1.OfferContractRequest, yes, noWait bool) error {
	c, err := a.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	if !yes && a.console.Interactive() && !a.json {
		var resp *alkv1.SimulateContractResponse
		err := a.bounded(ctx, func(ctx context.Context) (err error) {
			resp, err = c.Contracts.SimulateContract(ctx, &alkv1.SimulateContractRequest{Offer: req})
			return err
		})
		if err != nil {
			return err
		}
		a.summary(resp.GetSimulation())
		if ok, err := a.confirm(ctx, "Offer it?"); err != nil || !ok {
			return firstError(err, errNotSent)
		}
	}
	var resp *alkv1.OfferContractResponse
	if err := a.bounded(ctx, func(ctx context.Context) (err error) { resp, err = c.Contracts.OfferContract(ctx, req); return err }); err != nil {
		return err
	}
	return a.negotiate(ctx, c, resp.GetContract(), noWait)
}

func (a *app) contractListCommand() *cobra.Command {
	req := &alkv1.ListContractsRequest{}
	var peer string
	cmd := a.command("list", "List contracts", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			req.Peer = keyOf(peer)
			resp, err := c.Contracts.ListContracts(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { contractTable(w, resp) })
		})
	f := cmd.Flags()
	f.BoolVar(&req.All, "all", false, "those that are over, too")
	f.BoolVar(&req.Undecided, "undecided", false, "only those that wait for you")
	f.StringSliceVar(&req.Phases, "phase", nil, "only these phases, such as Active")
	f.StringVar(&peer, "peer", "", "only with one node")
	f.StringVar(&req.After, "after", "", "key to go on after")
	f.Uint32Var(&req.Limit, "limit", 100, "how many, at most 1000")
	return cmd
}

func contractTable(w io.Writer, resp *alkv1.ListContractsResponse) {
	if len(resp.GetContracts()) == 0 {
		row(w, "no contracts")
		return
	}
	row(w, "CONTRACT", "PEER", "PHASE", "SIDE", "PRODUCT", "SIZE", "PRICE", "UNTIL", "OWN LOCK", "PAYOUT", "")
	for _, c := range resp.GetContracts() {
		t := c.GetTerms()
		paid := "-"
		if c.OwnPayoutSat != nil {
			paid = sat(c.GetOwnPayoutSat())
		}
		row(w, abbreviate(c.GetKey()), abbreviate(c.GetPeer()), c.GetPhase(), c.GetSide(), t.GetProduct(),
			sizeText(uint64(t.GetNotionalThs()), t.GetIndex()), priceText(t.GetProduct(), t.GetK(), t.GetKc(), t.GetPremium()),
			dateOf(t.GetEndDay()), sat(c.GetOwnLockSat()), paid, strings.Join(remarks(c), "; "))
	}
	if resp.GetNext() != "" {
		row(w, "more: --after "+resp.GetNext())
	}
}

// remarks are what a person must not overlook.
func remarks(c *alkv1.Contract) []string {
	var out []string
	if len(c.GetAlarms()) > 0 {
		out = append(out, fmt.Sprintf("ALARM (%d)", len(c.GetAlarms())))
	}
	if d := c.GetDecision(); d != nil {
		out = append(out, "waits for you: "+d.GetKind())
	}
	if wk := c.GetWork(); wk != nil {
		out = append(out, fmt.Sprintf("%s %d/%d", wk.GetTask(), wk.GetDone(), wk.GetTotal()))
	}
	return out
}

func (a *app) contractShowCommand() *cobra.Command {
	return a.command("show CONTRACT", "Show a contract, its transactions and what it waits for", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp.GetContract(), func(w io.Writer) { a.contractRows(w, resp.GetContract()) })
		})
}

func (a *app) contractRows(w io.Writer, c *alkv1.Contract) {
	row(w, "contract", c.GetKey())
	if c.GetContractId() != "" {
		row(w, "contract id", c.GetContractId())
	}
	row(w, "peer", c.GetPeer())
	row(w, "phase", c.GetPhase())
	row(w, "we are", c.GetSide()+", "+c.GetRole())
	termsRows(w, c.GetTerms())
	row(w, "locks", fmt.Sprintf("own %s + peer %s = %s sat", sat(c.GetOwnLockSat()), sat(c.GetPeerLockSat()), sat(c.GetCollateralSat())))
	fees := c.GetFees()
	row(w, "own miner fees", fmt.Sprintf("funding %s, settlement %s sat (%d and %d sat/vB)", sat(fees.GetOwnFundingSat()),
		sat(fees.GetOwnCetSat()), c.GetFundSatPerVbyte(), c.GetCetSatPerVbyte()))
	row(w, "matures", moment(int64(c.GetCetLocktime()))+" UTC")
	row(w, "refund from", moment(int64(c.GetRefundLocktime()))+" UTC")
	if c.GetOrderId() != "" {
		row(w, "answers order", c.GetOrderId())
	}
	a.vaultRows(w, c)
	txRows(w, c)
	for _, at := range c.GetAttestations() {
		row(w, "attested", fmt.Sprintf("%s by oracle %s", sat(at.GetOutcome()), abbreviate(at.GetOracle())))
	}
	if c.Outcome != nil {
		row(w, "outcome", sat(c.GetOutcome()))
	}
	if c.OwnPayoutSat != nil {
		row(w, "payout", fmt.Sprintf("own %s, peer %s sat", sat(c.GetOwnPayoutSat()), sat(c.GetPeerPayoutSat())))
	}
	decisionRows(w, c)
}

func txRows(w io.Writer, c *alkv1.Contract) {
	for _, t := range []struct {
		name string
		tx   *alkv1.ContractTx
	}{{"funding", c.GetFunding()}, {"cancel", c.GetCancel()}, {"settlement", c.GetCet()}, {"refund", c.GetRefund()}} {
		if t.tx == nil {
			continue
		}
		where := "not in the chain"
		if t.tx.GetHeight() > 0 {
			where = fmt.Sprintf("block %s, %d deep", sat(uint64(t.tx.GetHeight())), t.tx.GetDepth())
		}
		row(w, t.name, t.tx.GetTxid()+" ("+where+")")
	}
	if s := c.GetSpend(); s != nil {
		row(w, "spent by", fmt.Sprintf("%s %s, %d deep", s.GetKind(), s.GetTxid(), s.GetDepth()))
	}
}

func decisionRows(w io.Writer, c *alkv1.Contract) {
	key := abbreviate(c.GetKey())
	switch d := c.GetDecision(); d.GetKind() {
	case "offer":
		row(w, "waits for you", fmt.Sprintf("`alk contract accept %s` or `alk contract reject %s`", key, key))
	case "close":
		row(w, "waits for you", fmt.Sprintf("the peer proposes an exit: own %s, peer %s sat at %d sat/vB", sat(d.GetOwnSat()), sat(d.GetPeerSat()),
			d.GetSatPerVbyte()))
		row(w, "", fmt.Sprintf("`alk contract close %s --approve` or `--decline`", key))
	}
	if wk := c.GetWork(); wk != nil {
		row(w, "now", fmt.Sprintf("%s, %d of %d", workText(wk.GetTask()), wk.GetDone(), wk.GetTotal()))
	}
	for _, text := range c.GetAlarms() {
		row(w, "ALARM", text)
	}
	for _, text := range c.GetWarnings() {
		row(w, "warning", text)
	}
}

func (a *app) acceptCommand() *cobra.Command {
	var coins []string
	var noWait, tokenise bool
	cmd := &cobra.Command{
		Use: "accept CONTRACT", Short: "Accept a peer's offer that waits for you", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			req := &alkv1.AcceptContractRequest{Contract: args[0]}
			var err error
			if req.Coins, err = parseOutPoints(coins); err != nil {
				return err
			}
			if req.Bridge, err = a.bridgeTerms(cmd.Context(), tokenise); err != nil {
				return err
			}
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			var resp *alkv1.AcceptContractResponse
			err = a.bounded(cmd.Context(), func(ctx context.Context) (err error) { resp, err = c.Contracts.AcceptContract(ctx, req); return err })
			if err != nil {
				return err
			}
			return a.negotiate(cmd.Context(), c, resp.GetContract(), noWait)
		},
	}
	cmd.Flags().StringSliceVar(&coins, "coin", nil, "coins (txid:index) that fund it, and no others")
	addTokenise(cmd, &tokenise)
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return at once")
	return cmd
}

func (a *app) rejectCommand() *cobra.Command {
	return a.command("reject CONTRACT", "Reject a peer's offer that waits for you", cobra.ExactArgs(1), a.withdraw("rejected"))
}

func (a *app) withdrawCommand() *cobra.Command {
	cmd := a.command("withdraw CONTRACT", "Give up a contract that is not confirmed yet", cobra.ExactArgs(1), a.withdraw("withdrawn"))
	cmd.Long = "Give up a contract that is not confirmed yet. Once signatures have left, the node spends its\n" +
		"coins elsewhere and pays the fee of that; whichever transaction confirms decides."
	return cmd
}

func (a *app) withdraw(done string) func(ctx context.Context, c *client.Client, args []string) error {
	return func(ctx context.Context, c *client.Client, args []string) error {
		resp, err := c.Contracts.WithdrawContract(ctx, &alkv1.WithdrawContractRequest{Contract: args[0]})
		if err != nil {
			return err
		}
		return a.show(resp.GetContract(), func(w io.Writer) {
			row(w, done, resp.GetContract().GetKey())
			row(w, "phase", resp.GetContract().GetPhase())
		})
	}
}

func (a *app) closeCommand() *cobra.Command {
	var own string
	var rate uint32
	var approve, decline, irrevocable bool
	cmd := a.command("close CONTRACT", "Propose an early exit at a price, or answer one", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			given := 0
			for _, is := range []bool{own != "", approve, decline} {
				if is {
					given++
				}
			}
			if given != 1 {
				return errUsage("--own is what you get of the collateral", "use one of --own, --approve and --decline")
			}
			if irrevocable && !approve {
				return errUsage("--irrevocable is about an exit that you approve", "use it with --approve")
			}
			var contract *alkv1.Contract
			var err error
			if own != "" {
				contract, err = proposeExit(ctx, c, args[0], own, rate)
			} else {
				contract, err = answerExit(ctx, c, args[0], approve, irrevocable)
			}
			if err != nil {
				return err
			}
			return a.show(contract, func(w io.Writer) { a.contractRows(w, contract) })
		})
	f := cmd.Flags()
	f.StringVar(&own, "own", "", "what you get of the collateral: satoshis, or bitcoins as 0.01btc; the peer gets the rest")
	f.Uint32Var(&rate, "sat-per-vbyte", 0, "fee rate of the closing transaction (default: the estimate)")
	f.BoolVar(&approve, "approve", false, "agree to the peer's proposal")
	f.BoolVar(&decline, "decline", false, "decline the peer's proposal")
	f.BoolVar(&irrevocable, "irrevocable", false, "approve even if no coin is free to take the exit back with: the peer may then publish it whenever the price suits him")
	return cmd
}

// proposeExit proposes an exit at a price.
func proposeExit(ctx context.Context, c *client.Client, name, own string, rate uint32) (*alkv1.Contract, error) {
	value := uint64(0)
	if own != "0" {
		var err error
		if value, err = parseAmount(own); err != nil {
			return nil, err
		}
	}
	resp, err := c.Contracts.CloseContract(ctx, &alkv1.CloseContractRequest{Contract: name, OwnSat: value, SatPerVbyte: rate})
	return resp.GetContract(), err
}

// answerExit answers the exit that waits.
func answerExit(ctx context.Context, c *client.Client, name string, approve, irrevocable bool) (*alkv1.Contract, error) {
	now, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: name})
	if err != nil {
		return nil, err
	}
	d := now.GetContract().GetDecision()
	if d.GetKind() != "close" {
		return nil, &problem{err: fmt.Errorf("no proposal waits"), exit: exitFailed, reason: "no_decision", hint: "`alk contract show` shows what waits"}
	}
	key := now.GetContract().GetKey()
	if approve {
		resp, err := c.Contracts.ApproveClose(ctx, &alkv1.ApproveCloseRequest{Contract: key, Attempt: d.GetAttempt(), Irrevocable: irrevocable})
		return resp.GetContract(), err
	}
	resp, err := c.Contracts.DeclineClose(ctx, &alkv1.DeclineCloseRequest{Contract: key, Attempt: d.GetAttempt()})
	return resp.GetContract(), err
}

func (a *app) historyCommand() *cobra.Command {
	req := &alkv1.GetHistoryRequest{}
	cmd := a.command("history CONTRACT", "List what has happened to a contract", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			req.Contract = args[0]
			resp, err := c.Contracts.GetHistory(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "#", "TIME (UTC)", "HEIGHT", "EVENT", "PHASE", "DONE ABOUT IT")
				for _, e := range resp.GetEntries() {
					phase := e.GetTo()
					if e.GetFrom() != e.GetTo() {
						phase = e.GetFrom() + " -> " + e.GetTo()
					}
					row(w, e.GetNumber(), moment(e.GetTimeUnix()), e.GetHeight(), e.GetEvent(), phase, strings.Join(e.GetEffects(), ", "))
				}
			})
		})
	cmd.Flags().Uint64Var(&req.First, "first", 0, "number of the first entry")
	cmd.Flags().Uint32Var(&req.Limit, "limit", 1000, "how many, at most 1000")
	return cmd
}

func (a *app) exportCommand() *cobra.Command {
	var out string
	cmd := a.command("export CONTRACT", "Write a sealed recovery file: with the mnemonic it settles or refunds the contract elsewhere", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Contracts.ExportContract(ctx, &alkv1.ExportContractRequest{Contract: args[0]})
			if err != nil {
				return err
			}
			if out == "" {
				out = resp.GetName()
			}
			if out == "-" {
				_, err := fmt.Fprintln(a.out, hex.EncodeToString(resp.GetFile()))
				return err
			}
			if err := writeNew(out, resp.GetFile()); err != nil {
				return err
			}
			return a.show(&alkv1.ExportContractResponse{Name: out}, func(w io.Writer) { row(w, "written to", out) })
		})
	cmd.Flags().StringVar(&out, "out", "", `file (default: its name in the recovery folder); - prints hexadecimal`)
	return cmd
}

func (a *app) waitCommand() *cobra.Command {
	var phases []string
	cmd := &cobra.Command{
		Use: "wait CONTRACT", Short: "Wait until a contract is in a phase, with progress", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			over := map[string]bool{"Aborted": true, "Closed": true, "CoopClosed": true, "Refunded": true, "Alarm": true}
			wanted := make(map[string]bool)
			for _, p := range phases {
				wanted[strings.ToLower(p)] = true
			}
			ctx := cmd.Context()
			if cmd.Flags().Changed("timeout") {
				var cancel context.CancelFunc
				ctx, cancel = a.limit(ctx)
				defer cancel()
			}
			last, err := a.follow(ctx, c, args[0], func(v *alkv1.Contract) bool {
				return wanted[strings.ToLower(v.GetPhase())] || over[v.GetPhase()]
			})
			if err != nil {
				return err
			}
			if err := a.show(last, func(w io.Writer) { a.contractRows(w, last) }); err != nil {
				return err
			}
			if !wanted[strings.ToLower(last.GetPhase())] {
				return &problem{err: fmt.Errorf("the contract is over, in phase %s", last.GetPhase()), exit: exitFailed, reason: "contract_phase"}
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&phases, "phase", []string{"Active"}, "phases to wait for")
	return cmd
}

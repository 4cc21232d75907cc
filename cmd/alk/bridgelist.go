package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
)

func (a *app) seriesCommand() *cobra.Command {
	return a.bridgeLeaf("series [SERIES]", "List the series: what a unit pays, supply, state", cobra.MaximumNArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) error {
			req := &bridgev1.ListSeriesRequest{}
			if len(args) > 0 {
				req.SeriesId = args[0]
			}
			resp, err := c.ListSeries(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if len(args) > 0 {
					for _, s := range resp.GetSeries() {
						seriesRows(w, s)
					}
					return
				}
				seriesTable(w, resp.GetSeries())
			})
		})
}

func seriesTable(w io.Writer, all []*bridgev1.Series) {
	if len(all) == 0 {
		row(w, "no series")
		return
	}
	row(w, "SERIES", "SIDE", "STATE", "MINTED", "TOKENS", "SATS", "PAYS PER TOKEN", "BALANCE", "EXPIRY", "WAITS FOR")
	for _, s := range all {
		row(w, abbreviateHex(s.GetId()), s.GetKey().GetSide()+" "+s.GetKey().GetShape(), s.GetState(), sat(s.GetMinted()), sat(s.GetSupply()),
			sat(s.GetSats()), payText(s), sat(s.GetBalance()), instant(s.GetExpiry()), awaitedText(s.GetAwaited()))
	}
}

// payText is what a whole token pays, once that is known.
func payText(s *bridgev1.Series) string {
	if s.GetState() == "live" {
		return "-"
	}
	return sat(s.GetPayoutPerUnit()) + " sat"
}

func seriesRows(w io.Writer, s *bridgev1.Series) {
	k := s.GetKey()
	row(w, "series", s.GetId())
	row(w, "token", s.GetToken())
	row(w, "pays", fmt.Sprintf("%s %s from %s to %s over %s, in steps of %s", k.GetSide(), k.GetShape(), sat(k.GetLo()), sat(k.GetHi()), sat(k.GetBase()),
		sat(uint64(1)<<min(k.GetQuantBits(), 16))))
	row(w, "window", windowText(k.GetFirstDay(), k.GetLastDay()))
	row(w, "oracles", fmt.Sprintf("%d of %d must agree", k.GetThreshold(), len(k.GetEvents())))
	row(w, "state", s.GetState())
	if s.GetState() != "live" {
		row(w, "priced", fmt.Sprintf("%s at %s: %s for a token", sat(s.GetValue()), instant(s.GetPricedAt()), payText(s)))
	}
	row(w, "units", fmt.Sprintf("%s minted, %s as tokens, %d lots not final", sat(s.GetMinted()), sat(s.GetSupply()), s.GetOpenLots()))
	row(w, "backing", fmt.Sprintf("%s sat proven and %s sat of bonds for the token; ratio %s", sat(s.GetSats()), sat(s.GetPot()), ratioText(s.GetBackingRatio())))
	row(w, "own balance", sat(s.GetBalance()))
	row(w, "expiry", instant(s.GetExpiry()))
	row(w, "refund from", instant(uint64(k.GetRefundLocktime())))
	row(w, "waits for", awaitedText(s.GetAwaited()))
}

// ratioText shows a fixed-point number of 18 decimals as a percentage.
func ratioText(wad string) string {
	const percent = 16 // digits after those of a percentage
	if len(wad) <= percent {
		return "0 %"
	}
	return wad[:len(wad)-percent] + " %"
}

// awaitedText says what is awaited, of whom and until when.
func awaitedText(w *bridgev1.Awaited) string {
	if w.GetWhat() == "" {
		return "-"
	}
	text := w.GetWhat()
	if w.GetWhom() != "" {
		text += " (" + w.GetWhom() + ")"
	}
	if w.GetTime() > 0 {
		text += ", " + instant(w.GetTime())
	}
	return text
}

// abbreviateHex shortens an id of the EVM chain; `alk --json` shows it whole.
func abbreviateHex(id string) string {
	const shown = 18
	if len(id) <= shown {
		return id
	}
	return id[:shown]
}

func (a *app) lotsCommand() *cobra.Command {
	req := &bridgev1.ListLotsRequest{}
	cmd := a.bridgeLeaf("lots [LOT]", "List the lots: sides of contracts that are tokens", cobra.MaximumNArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) error {
			if len(args) > 0 {
				req.LotId = args[0]
			}
			resp, err := c.ListLots(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if len(args) > 0 {
					for _, l := range resp.GetLots() {
						a.lotRows(w, l)
					}
					return
				}
				lotTable(w, resp.GetLots())
			})
		})
	cmd.Flags().StringVar(&req.SeriesId, "series", "", "only those of a series")
	cmd.Flags().StringVar(&req.Funding, "funding", "", "only those of a contract's funding output, txid:index")
	return cmd
}

func lotTable(w io.Writer, all []*bridgev1.Lot) {
	if len(all) == 0 {
		row(w, "no lots")
		return
	}
	row(w, "LOT", "FUNDING", "STATE", "UNITS", "WRAPPED", "SATS", "BOND", "BALANCE", "WAITS FOR")
	for _, l := range all {
		row(w, abbreviateHex(l.GetId()), l.GetFunding(), lotState(l), sat(l.GetUnits()), sat(l.GetWrapped()), sat(l.GetSats()), sat(l.GetBond()),
			sat(l.GetBalance()), awaitedText(l.GetAwaited()))
	}
}

// lotState is the state with how it ended.
func lotState(l *bridgev1.Lot) string {
	if l.GetKind() != "" {
		return l.GetState() + ": " + l.GetKind()
	}
	return l.GetState()
}

func (a *app) lotRows(w io.Writer, l *bridgev1.Lot) {
	row(w, "lot", l.GetId())
	row(w, "series", l.GetSeriesId())
	row(w, "funding", l.GetFunding())
	row(w, "vault", a.addressText(l.GetVaultScript()))
	row(w, "state", lotState(l))
	row(w, "units", fmt.Sprintf("%s, of them %s wrapped; own balance %s", sat(l.GetUnits()), sat(l.GetWrapped()), sat(l.GetBalance())))
	row(w, "backing", fmt.Sprintf("%s sat proven in the vault, bond %s, pot %s", sat(l.GetSats()), sat(l.GetBond()), sat(l.GetPot())))
	row(w, "refund pays", sat(l.GetRefundSats())+" sat")
	if l.GetSpendTxid() != "" {
		row(w, "spent by", l.GetSpendTxid())
	}
	if l.GetState() == "preparing" {
		row(w, "attested", fmt.Sprintf("by %d operators", l.GetAttested()))
	}
	row(w, "waits for", awaitedText(l.GetAwaited()))
	if l.GetProblem() != "" {
		row(w, "PROBLEM", l.GetProblem())
	}
}

func (a *app) redemptionsCommand() *cobra.Command {
	req := &bridgev1.ListRedemptionsRequest{}
	cmd := a.bridgeLeaf("redemptions [REDEMPTION]", "List the claims to bitcoin and how they stand", cobra.MaximumNArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) error {
			if len(args) > 0 {
				req.Rid = args[0]
			}
			resp, err := c.ListRedemptions(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { redemptionTable(w, resp.GetRedemptions()) })
		})
	cmd.Flags().StringVar(&req.Owner, "owner", "", "only those of one address")
	cmd.Flags().BoolVar(&req.OpenOnly, "open", false, "only those that are not final")
	return cmd
}

func redemptionTable(w io.Writer, all []*bridgev1.Redemption) {
	if len(all) == 0 {
		row(w, "no redemptions")
		return
	}
	row(w, "REDEMPTION", "STATE", "UNITS", "SATS", "AT MOST LESS", "TO", "PAID BY", "DEADLINE", "WAITS FOR")
	for _, r := range all {
		paid := r.GetTxid()
		if r.GetOwed() > 0 {
			paid = strings.TrimSpace(paid + " owed " + sat(r.GetOwed()))
		}
		if paid == "" {
			paid = "-"
		}
		row(w, abbreviateHex(r.GetRid()), r.GetState(), sat(r.GetAmount()), sat(r.GetSats()), sat(r.GetMaxFee()), r.GetAddress(), paid,
			instant(r.GetDeadline()), awaitedText(r.GetAwaited()))
	}
}

func (a *app) callsCommand() *cobra.Command {
	req := &bridgev1.ListCallsRequest{}
	cmd := a.bridgeLeaf("calls [CALL]", "List what alkbridge's account has to do on the EVM chain", cobra.MaximumNArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) error {
			if len(args) > 0 {
				req.Id, req.All = args[0], true
			}
			resp, err := c.ListCalls(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if len(resp.GetCalls()) == 0 {
					row(w, "no calls")
					return
				}
				row(w, "CALL", "STATE", "CONTRACT", "TRANSACTION", "PROBLEM")
				for _, call := range resp.GetCalls() {
					row(w, call.GetId(), call.GetState(), call.GetTo(), call.GetTxid(), call.GetProblem())
				}
			})
		})
	cmd.Flags().BoolVar(&req.All, "all", false, "those that are done, too")
	return cmd
}

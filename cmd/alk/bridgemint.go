package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// minting are the choices of `alk bridge mint`.
type minting struct {
	to, payer        string
	minRefund        uint32
	lot, yes, noWait bool
}

func (a *app) mintCommand() *cobra.Command {
	var m minting
	cmd := &cobra.Command{
		Use: "mint CONTRACT", Short: "Turn the own side of a contract into tokens", Args: cobra.ExactArgs(1),
		Long: "Turn the own side of a contract, opened with --tokenise, into tokens. alkd hands out the pre-signed\n" +
			"contract and signs the request with the contract's key; alkbridge has the operators attest it, posts the\n" +
			"bond of the lot out of its account, proves the funding once it is deep enough, and mints.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.mint(cmd.Context(), args[0], m) },
	}
	f := cmd.Flags()
	f.StringVar(&m.to, "to", "", "address that gets the units; it wraps them itself (default: the account of alkbridge, which has them wrapped)")
	f.BoolVar(&m.lot, "lot", false, "units of the lot instead of tokens of its series; `alk bridge wrap` turns them into these")
	f.StringVar(&m.payer, "payer", "", "address that posts the bond of the lot (default: the account of alkbridge)")
	f.Uint32Var(&m.minRefund, "min-refund-ppm", 0, "least refund of the series, in millionths of the units (default: that of this contract, in whole percents)")
	f.BoolVar(&m.yes, "yes", false, "do not ask")
	f.BoolVar(&m.noWait, "no-wait", false, "return when alkbridge has taken it over")
	return cmd
}

// mint has the node export and sign, and alkbridge mint.
func (a *app) mint(ctx context.Context, name string, m minting) error {
	c, err := a.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	b, err := a.dialBridge()
	if err != nil {
		return err
	}
	defer b.Close()
	var lot *bridgev1.Lot
	err = a.bounded(ctx, func(ctx context.Context) (err error) {
		lot, err = a.handOver(ctx, c, b, name, m)
		return err
	})
	if err != nil {
		return bridgeProblem(err)
	}
	if !m.noWait {
		if lot, err = a.awaitLot(ctx, b, lot, "preparing"); err != nil {
			return bridgeProblem(err)
		}
	}
	return a.show(lot, func(w io.Writer) { a.lotRows(w, lot) })
}

// handOver has the request signed and gives the contract to alkbridge.
func (a *app) handOver(ctx context.Context, c *client.Client, b *bridgeClient, name string, m minting) (*bridgev1.Lot, error) {
	set, err := c.Contracts.ExportPresigned(ctx, &alkv1.ExportPresignedRequest{Contract: name})
	if err != nil {
		return nil, err
	}
	pack, err := a.packageOf(ctx, b, set, m)
	if err != nil {
		return nil, err
	}
	lot, err := b.PrepareLot(ctx, &bridgev1.PrepareLotRequest{Package: pack})
	if err != nil {
		return nil, bridgeProblem(err)
	}
	to := "0x" + hex.EncodeToString(lot.GetTo())
	if !strings.EqualFold(to, pack.GetTo()) || lot.GetLot().GetFunding() != set.GetFunding() {
		return nil, &problem{err: fmt.Errorf("alkbridge prepared a lot of %s for %s", lot.GetLot().GetFunding(), to), exit: exitFailed, reason: "lot"}
	}
	if !m.yes && !a.json && a.console.Interactive() {
		a.tell("side   %s of contract %s\n", set.GetSide(), abbreviate(set.GetContract().GetKey()))
		a.tell("units  %s to %s\n", sat(lot.GetLot().GetUnits()), to)
		a.tell("bond   %s sat of the bonds' asset, until the lot has been paid\n", sat(lot.GetBond()))
		a.tell("until  %s\n", instant(lot.GetMintBefore()))
		if ok, err := a.confirm(ctx, "Mint them?"); err != nil || !ok {
			return nil, firstError(err, errNotSent)
		}
	}
	sig, err := c.Contracts.SignMint(ctx, &alkv1.SignMintRequest{
		Contract: set.GetContract().GetKey(), DomainSeparator: lot.GetDomainSeparator(), LotId: lot.GetLotId(), To: lot.GetTo(),
	})
	if err != nil {
		return nil, err
	}
	pack.OwnerSignature = sig.GetSignature()
	minted, err := b.Mint(ctx, &bridgev1.MintRequest{Package: pack, Wrap: !m.lot, PostBond: m.payer == "", Payer: m.payer})
	if err != nil {
		return nil, bridgeProblem(err)
	}
	prepared := lot.GetLot()
	prepared.Id = minted.GetLotId()
	return prepared, nil
}

// packageOf is the pre-signed set as alkbridge takes it.
func (a *app) packageOf(
	ctx context.Context, b *bridgeClient, set *alkv1.ExportPresignedResponse, m minting,
) (*bridgev1.LotPackage, error) {
	pack := &bridgev1.LotPackage{TowerPackage: set.GetPackage(), Side: set.GetSide(), MinRefundPpm: m.minRefund, To: m.to}
	var err error
	if pack.VaultSalt, err = hex.DecodeString(set.GetContract().GetOwnVault().GetSalt()); err != nil {
		return nil, fmt.Errorf("salt of the vault: %w", err)
	}
	if pack.IndexParams, err = hex.DecodeString(set.GetIndexParams()); err != nil || len(pack.IndexParams) == 0 {
		return nil, &problem{err: errors.New("alkd does not know the index of the contract"), exit: exitFailed, reason: "no_index",
			hint: "`alk index show` lists the indices it knows"}
	}
	if pack.To == "" {
		status, err := b.GetStatus(ctx, &bridgev1.GetStatusRequest{})
		if err != nil {
			return nil, bridgeProblem(err)
		}
		pack.To = status.GetAccount()
	}
	return pack, nil
}

// pollBridge is how often alkbridge is asked how far something is.
const pollBridge = time.Second

// awaitLot waits, as long as --timeout says, until a lot has left a state, and
// returns it as it is then. A lot that is not so far yet is no failure.
func (a *app) awaitLot(ctx context.Context, b *bridgeClient, lot *bridgev1.Lot, state string) (*bridgev1.Lot, error) {
	ctx, cancel := a.limit(ctx)
	defer cancel()
	bar := &workBar{a: a}
	defer bar.clear()
	ticker := time.NewTicker(pollBridge)
	defer ticker.Stop()
	for {
		resp, err := b.ListLots(ctx, &bridgev1.ListLotsRequest{LotId: lot.GetId()})
		switch {
		case err != nil && timedOut(ctx, err):
			a.tell("alk: not done yet; `alk bridge lots %s` shows how far it is\n", lot.GetId())
			return lot, nil
		case err != nil:
			return nil, err
		case len(resp.GetLots()) == 1:
			lot = resp.GetLots()[0]
		}
		if lot.GetState() != state {
			return lot, nil
		}
		bar.show(awaitedText(lot.GetAwaited()), 0, 0)
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

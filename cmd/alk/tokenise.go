package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/btcsuite/btcd/txscript"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// addTokenise adds the flag that has our payout go to a vault of alkbridge's.
func addTokenise(cmd *cobra.Command, on *bool) {
	cmd.Flags().BoolVar(on, "tokenise", false, "have the payout go to a vault of the bridge, so that your side can become tokens; the contract\n"+
		"then settles at maturity and cannot be closed before")
}

// bridgeTerms asks alkbridge which bridge a payout shall go to, and checks what it
// says: nil unless on.
func (a *app) bridgeTerms(ctx context.Context, on bool) (*alkv1.BridgeTerms, error) {
	if !on {
		return nil, nil
	}
	var resp *bridgev1.NewVaultResponse
	err := a.withBridge(ctx, func(ctx context.Context, c *bridgeClient) (err error) {
		resp, err = c.NewVault(ctx, &bridgev1.NewVaultRequest{})
		return err
	})
	if err != nil {
		return nil, err
	}
	record, err := recordOf(resp)
	if err != nil {
		return nil, err
	}
	made, err := record.Vault(*networkParams[a.network].GenesisHash)
	if err != nil {
		return nil, foreignVault(err)
	}
	if !bytes.Equal(made.Script(), resp.GetVaultScript()) {
		return nil, foreignVault(errors.New("its script does not follow from the operators"))
	}
	terms := &alkv1.BridgeTerms{ChainId: record.ChainID, Bridge: "0x" + hex.EncodeToString(record.Bridge[:]), Threshold: resp.GetThreshold()}
	for _, key := range record.Committee.Operators {
		terms.Operators = append(terms.Operators, hex.EncodeToString(key[:]))
	}
	return terms, nil
}

func foreignVault(err error) error {
	return &problem{err: fmt.Errorf("alkbridge offers a vault that is none: %w", err), exit: exitFailed, reason: "vault",
		hint: "check that alkbridge is on this --network; `alk bridge verify-deployment`"}
}

// recordOf reads alkbridge's vault.
func recordOf(resp *bridgev1.NewVaultResponse) (vault.Record, error) {
	r := vault.Record{ChainID: resp.GetChainId(), Committee: vault.Committee{Threshold: int(min(resp.GetThreshold(), vault.MaxOperators+1))}}
	address, err := hex.DecodeString(strings.TrimPrefix(resp.GetBridge(), "0x"))
	if err != nil || len(address) != len(r.Bridge) || len(resp.GetVaultSalt()) != len(r.Salt) || len(resp.GetOperators()) > vault.MaxOperators {
		return r, foreignVault(fmt.Errorf("bridge %.50q, salt of %d bytes, %d operators", resp.GetBridge(), len(resp.GetVaultSalt()), len(resp.GetOperators())))
	}
	copy(r.Bridge[:], address)
	copy(r.Salt[:], resp.GetVaultSalt())
	for _, raw := range resp.GetOperators() {
		if len(raw) != len([32]byte{}) {
			return r, foreignVault(fmt.Errorf("an operator's key of %d bytes", len(raw)))
		}
		r.Committee.Operators = append(r.Committee.Operators, [32]byte(raw))
	}
	return r, nil
}

// addressText is a script's address on this network, or the script.
func (a *app) addressText(script []byte) string {
	_, addresses, _, err := txscript.ExtractPkScriptAddrs(script, networkParams[a.network])
	if err != nil || len(addresses) != 1 {
		return hex.EncodeToString(script)
	}
	return addresses[0].EncodeAddress()
}

// vaultRows show where the payouts of a bridged contract go.
func (a *app) vaultRows(w io.Writer, c *alkv1.Contract) {
	for _, side := range []struct {
		name  string
		vault *alkv1.ContractVault
	}{{"own payout to", c.GetOwnVault()}, {"peer's payout to", c.GetPeerVault()}} {
		if v := side.vault; v != nil {
			row(w, side.name, fmt.Sprintf("vault %s of bridge %s on EVM chain %d, %d of %d operators", a.addressText(v.GetPkScript()),
				v.GetBridge().GetBridge(), v.GetBridge().GetChainId(), v.GetBridge().GetThreshold(), len(v.GetBridge().GetOperators())))
		}
	}
	switch {
	case c.GetBridged():
		row(w, "closes", "none before the CET, unless every lot of it is released")
	case c.GetOwnVault() != nil || c.GetPeerVault() != nil:
		row(w, "closes", "allowed: released")
	}
}

// lotsOf asks alkbridge for the lots of a contract.
func lotsOf(ctx context.Context, c *bridgeClient, contract *alkv1.Contract) ([]*bridgev1.Lot, error) {
	at, err := fundingOf(contract)
	if err != nil {
		return nil, err
	}
	resp, err := c.ListLots(ctx, &bridgev1.ListLotsRequest{Funding: at})
	return resp.GetLots(), err
}

// fundingOf is a contract's funding output, which exists once its sides are known.
func fundingOf(c *alkv1.Contract) (string, error) {
	if c.GetFundingOutput() == "" {
		return "", &problem{err: fmt.Errorf("contract %s has no funding yet", abbreviate(c.GetKey())), exit: exitFailed, reason: "contract_phase",
			hint: "`alk contract wait` waits until it is active"}
	}
	return c.GetFundingOutput(), nil
}

func (a *app) contractReleaseCommand() *cobra.Command {
	var yes, unchecked bool
	cmd := &cobra.Command{
		Use: "release CONTRACT", Short: "Allow closes of a tokenised contract of which no token is left", Args: cobra.ExactArgs(1),
		Long: "Allow closes of a contract of which a side pays a vault. alkbridge is asked first whether every lot of\n" +
			"the contract is released or was never minted. Who closes while tokens are out pays their holders from\n" +
			"the bond of the lot. `alk bridge release` burns a lot whose units you hold, and then does this.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), a.dial, func(ctx context.Context, c *client.Client) error {
				resp, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: args[0]})
				if err != nil {
					return err
				}
				contract := resp.GetContract()
				if !unchecked {
					err := a.withBridge(ctx, func(ctx context.Context, b *bridgeClient) error {
						lots, err := lotsOf(ctx, b, contract)
						if err == nil {
							err = standing(lots)
						}
						return err
					})
					if err != nil {
						return err
					}
				} else if ok, err := a.certain(ctx, yes, "Nobody checks that no token stands on the contract. Allow closes?"); err != nil || !ok {
					return firstError(err, errNotSent)
				}
				return a.release(ctx, c, contract.GetKey())
			})
		},
	}
	cmd.Flags().BoolVar(&unchecked, "unchecked", false, "do not ask alkbridge")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// certain asks a person, unless told not to or there is none.
func (a *app) certain(ctx context.Context, yes bool, question string) (bool, error) {
	if yes || a.json || !a.console.Interactive() {
		return true, nil
	}
	return a.confirm(ctx, question)
}

// release tells alkd that a contract may be closed, and shows it.
func (a *app) release(ctx context.Context, c *client.Client, key string) error {
	resp, err := c.Contracts.ReleaseContract(ctx, &alkv1.ReleaseContractRequest{Contract: key})
	if err != nil {
		return err
	}
	return a.show(resp.GetContract(), func(w io.Writer) { a.contractRows(w, resp.GetContract()) })
}

// standing fails if tokens stand on a contract with these lots, or may soon.
func standing(lots []*bridgev1.Lot) error {
	for _, l := range lots {
		if l.GetState() != "released" {
			return &problem{err: fmt.Errorf("lot %s of the contract is %s with %s units", abbreviateHex(l.GetId()), lotState(l), sat(l.GetUnits())),
				exit: exitFailed, reason: "lot_stands", hint: "`alk bridge release` burns it, if all its units are yours"}
		}
	}
	return nil
}

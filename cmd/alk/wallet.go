package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

const (
	flagPassphrase = "passphrase-file"
	flagBIP39      = "bip39-passphrase-file"
	flagMnemonic   = "mnemonic-file"
	wordsPerLine   = 4
)

func (a *app) walletCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "wallet", Short: "Make, open and use the wallet", Args: cobra.NoArgs, RunE: help}
	cmd.AddCommand(
		a.createCommand(), a.restoreCommand(), a.unlockCommand(), a.lockCommand(), a.passphraseCommand(),
		a.balanceCommand(), a.addressCommand(), a.coinsCommand(), a.sendCommand(), a.bumpCommand(), a.feeCommand(),
		a.txsCommand(), a.watchCommand(), a.syncCommand(), a.psbtCommand(),
	)
	return cmd
}

// expect asks for the wallet's state before any secret is typed.
func (a *app) expect(ctx context.Context, wanted alkv1.WalletState) error {
	return a.with(ctx, a.dialPublic, func(ctx context.Context, c *client.Client) error {
		got, err := c.State.GetState(ctx, &alkv1.GetStateRequest{})
		if err != nil {
			return err
		}
		if got.GetWalletState() == wanted {
			return nil
		}
		switch got.GetWalletState() {
		case alkv1.WalletState_WALLET_STATE_OPEN, alkv1.WalletState_WALLET_STATE_OPENING:
			return &problem{err: errors.New("the wallet is open already"), exit: exitFailed, reason: "wallet_open",
				hint: "`alk wallet lock` closes it"}
		case alkv1.WalletState_WALLET_STATE_LOCKED:
			return &problem{err: errors.New("there is a wallet already"), exit: exitFailed, reason: "wallet_exists",
				hint: "open it with `alk wallet unlock`, or run alkd with another --datadir"}
		case alkv1.WalletState_WALLET_STATE_NONE, alkv1.WalletState_WALLET_STATE_UNSPECIFIED:
		}
		return &problem{err: errors.New("there is no wallet yet"), exit: exitClosed, reason: "wallet_not_found",
			hint: "make one with `alk wallet create` or `alk wallet restore`"}
	})
}

func (a *app) createCommand() *cobra.Command {
	var passFile, bip39File string
	var askBIP39, noConfirm bool
	cmd := &cobra.Command{
		Use: "create", Short: "Make a new wallet and show its mnemonic, once", Args: cobra.NoArgs,
		Long: "Make a new wallet and show its mnemonic: 24 words that restore everything. They are\n" +
			"shown once and are not stored anywhere. The passphrase protects the wallet on disk.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := onlyOneStdin(passFile, bip39File); err != nil {
				return err
			}
			if err := a.expect(ctx, alkv1.WalletState_WALLET_STATE_NONE); err != nil {
				return err
			}
			req := &alkv1.CreateRequest{}
			var err error
			if req.Passphrase, err = a.secret(ctx, passFile, flagPassphrase, "passphrase", true); err != nil {
				return err
			}
			defer clear(req.Passphrase)
			if req.Bip39Passphrase, err = a.bip39(ctx, bip39File, askBIP39, true); err != nil {
				return err
			}
			defer clear(req.Bip39Passphrase)
			var created *alkv1.CreateResponse
			err = a.with(ctx, a.dialPublic, func(ctx context.Context, c *client.Client) (err error) {
				created, err = c.Wallet.Create(ctx, req)
				return err
			})
			if err != nil {
				return err
			}
			if err := a.show(created, func(w io.Writer) { mnemonicTable(w, created.GetMnemonic()) }); err != nil {
				return err
			}
			if a.json || noConfirm || !a.console.Interactive() {
				return nil
			}
			return a.untilWrittenDown(ctx)
		},
	}
	cmd.Flags().StringVar(&passFile, flagPassphrase, "", "read the passphrase from a file, or - for standard input")
	addBIP39Flags(cmd, &bip39File, &askBIP39)
	cmd.Flags().BoolVar(&noConfirm, "no-confirm", false, "do not ask whether the mnemonic is written down")
	return cmd
}

func addBIP39Flags(cmd *cobra.Command, file *string, ask *bool) {
	cmd.Flags().StringVar(file, flagBIP39, "", "read the BIP39 passphrase from a file, or - for standard input")
	cmd.Flags().BoolVar(ask, "bip39-passphrase", false, "ask for a BIP39 passphrase, which the mnemonic alone does not restore")
}

// bip39 returns the optional passphrase of the seed, empty if none is wanted.
func (a *app) bip39(ctx context.Context, file string, ask, isNew bool) ([]byte, error) {
	if file == "" && !ask {
		return nil, nil
	}
	return a.secret(ctx, file, flagBIP39, "BIP39 passphrase", isNew)
}

func mnemonicTable(w io.Writer, words []string) {
	row(w, "Write these words down, in order, and keep them safe. They are never shown again.")
	row(w)
	for i := 0; i < len(words); i += wordsPerLine {
		cells := make([]any, 0, wordsPerLine)
		for j := i; j < min(i+wordsPerLine, len(words)); j++ {
			cells = append(cells, fmt.Sprintf("%2d %s", j+1, words[j]))
		}
		row(w, cells...)
	}
}

func (a *app) untilWrittenDown(ctx context.Context) error {
	for {
		yes, err := a.confirm(ctx, "Have you written the words down?")
		if err != nil || yes {
			return err
		}
	}
}

type restoreFlags struct {
	passFile, bip39File, mnemonicFile, birthday string

	askBIP39, noWait bool
	window           uint32
}

func (a *app) restoreCommand() *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use: "restore", Short: "Make a wallet from its mnemonic and find its coins", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.restore(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.passFile, flagPassphrase, "", "read the passphrase from a file, or - for standard input")
	cmd.Flags().StringVar(&f.mnemonicFile, flagMnemonic, "", "read the mnemonic from a file, or - for standard input")
	addBIP39Flags(cmd, &f.bip39File, &f.askBIP39)
	cmd.Flags().StringVar(&f.birthday, "birthday", "", "day before which the wallet held nothing: 2024-05-31, or seconds since 1970")
	cmd.Flags().Uint32Var(&f.window, "recovery-window", 0, "unused addresses in a row that end the search; 0 is alkd's default")
	cmd.Flags().BoolVar(&f.noWait, "no-wait", false, "do not wait until the coins are found")
	return cmd
}

func (a *app) restore(ctx context.Context, f restoreFlags) error {
	req := &alkv1.RestoreRequest{RecoveryWindow: f.window}
	if err := onlyOneStdin(f.passFile, f.bip39File, f.mnemonicFile); err != nil {
		return err
	}
	birthday, err := parseBirthday(f.birthday)
	if err != nil {
		return err
	}
	req.BirthdayUnix = birthday
	if err := a.expect(ctx, alkv1.WalletState_WALLET_STATE_NONE); err != nil {
		return err
	}
	words, err := a.secret(ctx, f.mnemonicFile, flagMnemonic, "mnemonic", false)
	if err != nil {
		return err
	}
	defer clear(words)
	// Here, so that a mistyped word is named before a passphrase is chosen.
	mnemonic, err := keys.ParseMnemonic(string(words))
	if err != nil {
		return err
	}
	req.Mnemonic = mnemonic.Words()
	if req.Bip39Passphrase, err = a.bip39(ctx, f.bip39File, f.askBIP39, false); err != nil {
		return err
	}
	defer clear(req.Bip39Passphrase)
	if req.Passphrase, err = a.secret(ctx, f.passFile, flagPassphrase, "passphrase", true); err != nil {
		return err
	}
	defer clear(req.Passphrase)
	return a.open(ctx, f.noWait, "wallet restored", func(ctx context.Context, c *client.Client) error {
		_, err := c.Wallet.Restore(ctx, req)
		return err
	})
}

// parseBirthday returns nil for an empty text.
func parseBirthday(s string) (*int64, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // none was given
	}
	if unix, err := strconv.ParseInt(s, 10, 64); err == nil {
		return &unix, nil
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return nil, errUsage("write it as 2024-05-31", "birthday %q is not a day", s)
	}
	unix := day.Unix()
	return &unix, nil
}

func (a *app) unlockCommand() *cobra.Command {
	var passFile string
	var noWait bool
	cmd := &cobra.Command{
		Use: "unlock", Short: "Open the wallet", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := a.expect(ctx, alkv1.WalletState_WALLET_STATE_LOCKED); err != nil {
				return err
			}
			passphrase, err := a.secret(ctx, passFile, flagPassphrase, "passphrase", false)
			if err != nil {
				return err
			}
			defer clear(passphrase)
			return a.open(ctx, noWait, "wallet unlocked", func(ctx context.Context, c *client.Client) error {
				_, err := c.Wallet.Unlock(ctx, &alkv1.UnlockRequest{Passphrase: passphrase})
				return err
			})
		},
	}
	cmd.Flags().StringVar(&passFile, flagPassphrase, "", "read the passphrase from a file, or - for standard input")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "do not wait until the wallet has caught up with the chain")
	return cmd
}

// open makes the call that opens the wallet, then waits until it is synced.
func (a *app) open(ctx context.Context, noWait bool, done string, call func(context.Context, *client.Client) error) error {
	if err := a.with(ctx, a.dialPublic, call); err != nil {
		return err
	}
	if noWait {
		return a.show(&alkv1.UnlockResponse{}, func(w io.Writer) { row(w, done) })
	}
	// Now, since the macaroon may be only just written.
	c, err := a.dial()
	if err != nil {
		return fmt.Errorf("%s, but its progress cannot be shown: %w", done, err)
	}
	defer c.Close()
	status, err := a.waitSynced(ctx, c)
	if err != nil {
		return err
	}
	return a.show(&alkv1.GetSyncResponse{Sync: status}, func(w io.Writer) { row(w, done+", "+syncText(status)) })
}

func (a *app) lockCommand() *cobra.Command {
	return a.command("lock", "Close the wallet and forget its keys", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Wallet.Lock(ctx, &alkv1.LockRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "wallet locked") })
		})
}

func (a *app) passphraseCommand() *cobra.Command {
	var oldFile, newFile string
	cmd := &cobra.Command{
		Use: "passphrase", Short: "Change the passphrase", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := onlyOneStdin(oldFile, newFile); err != nil {
				return err
			}
			if err := a.expect(ctx, alkv1.WalletState_WALLET_STATE_OPEN); err != nil {
				return closedInstead(err)
			}
			req := &alkv1.ChangePassphraseRequest{}
			var err error
			if req.OldPassphrase, err = a.secret(ctx, oldFile, "old-passphrase-file", "present passphrase", false); err != nil {
				return err
			}
			defer clear(req.OldPassphrase)
			if req.NewPassphrase, err = a.secret(ctx, newFile, "new-passphrase-file", "new passphrase", true); err != nil {
				return err
			}
			defer clear(req.NewPassphrase)
			return a.with(ctx, a.dial, func(ctx context.Context, c *client.Client) error {
				resp, err := c.Wallet.ChangePassphrase(ctx, req)
				if err != nil {
					return err
				}
				return a.show(resp, func(w io.Writer) { row(w, "passphrase changed") })
			})
		},
	}
	cmd.Flags().StringVar(&oldFile, "old-passphrase-file", "", "read the present passphrase from a file, or - for standard input")
	cmd.Flags().StringVar(&newFile, "new-passphrase-file", "", "read the new passphrase from a file, or - for standard input")
	return cmd
}

// closedInstead words the state of a wallet that should be open.
func closedInstead(err error) error {
	var p *problem
	if errors.As(err, &p) && strings.HasPrefix(p.reason, "wallet_") && p.reason != "wallet_not_found" {
		return &problem{err: errors.New("wallet is closed"), exit: exitClosed, reason: "wallet_closed",
			hint: "open the wallet with `alk wallet unlock`"}
	}
	return err
}

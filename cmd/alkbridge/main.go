// Command alkbridge carries one side of contracts to an EVM chain and back: it relays
// Bitcoin's headers and proofs, is an operator of the vault, and watches the other
// operators. docs/bridge.md says how, and whom a holder of tokens trusts.
package main

import (
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/internal/terminal"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// forcedAfter is how long an orderly shutdown may take. A second signal ends the
// process at once.
const forcedAfter = 60 * time.Second

// lockFile keeps a second alkbridge from the same data.
const lockFile = "alkbridge.lock"

func main() {
	if err := command().Execute(); err != nil {
		fmt.Fprintf(os.Stderr, "alkbridge: %v\n", err)
		if hint := hintFor(err); hint != "" {
			fmt.Fprintf(os.Stderr, "hint: %s\n", hint)
		}
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "alkbridge",
		Short: "Alkimiya bridge: contracts as tokens on an EVM chain, and back to bitcoin",
		Long: `alkbridge posts Bitcoin's headers and proofs to the bridge's contracts (role relay), is one
of the operators who attest lots and pay redemptions (role operator), and contests, accuses
and slashes (role watch). alk bridge talks to it.

Every flag may also be set in the configuration file (alkbridge.toml in the data directory, or
--config) and by an environment variable: --evm-rpc is ALKBRIDGE_EVM_RPC. A flag beats the
environment, that beats the file, and that beats the default.`,
		SilenceUsage: true, SilenceErrors: true, Version: version.String(),
	}
	root.SetVersionTemplate("alkbridge {{.Version}}\n")
	addFlags(root.PersistentFlags())
	root.AddCommand(initCommand(), deployCommand(), runCommand(), statusCommand(), vaultCommand(), redemptionsCommand(), bondCommand())
	return root
}

// with runs a command with the configuration, in a context that a signal ends.
func with(run func(ctx context.Context, cmd *cobra.Command, cfg *config, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		v, err := settings.Load(cmd.Flags(), names)
		if err != nil {
			return err
		}
		if v.GetBool("dumpconfig") {
			return settings.Dump(cmd.OutOrStdout(), v, names)
		}
		cfg, err := newConfig(v)
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop) // a second signal ends the process at once
		return run(ctx, cmd, cfg, args)
	}
}

func initCommand() *cobra.Command {
	var account string
	var light bool
	cmd := &cobra.Command{
		Use: "init", Args: cobra.NoArgs,
		Short: "Make the keys, and print what a deployment needs to know of them",
		Long: `Make four keys, encrypted by the passphrase in geth's keystore format: the account that pays
gas, the key that attests lots, the key that signs payments on Bitcoin, and the one that seals
what is on disk. Back up the files and the passphrase: what an operator is able to do, he is able to do by them.

It prints this alkbridge's entry for the operators of a deployment file. With keys already made
it prints that alone.`,
	}
	cmd.Flags().StringVar(&account, "account-file", "", "take the account's private key, 64 hex digits, from this file of mode 0600")
	cmd.Flags().BoolVar(&light, "lightkdf", false, "spend less time on the passphrase, for tests")
	cmd.RunE = with(func(ctx context.Context, cmd *cobra.Command, cfg *config, _ []string) (err error) {
		if err := daemon.Harden(); err != nil {
			return err
		}
		lock, err := daemon.Lock(cfg.Dir, lockFile)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, lock.Unlock()) }()
		_, missing := os.Stat(cfg.path(rootKey))
		passphrase, err := passphraseOf(ctx, cfg, terminal.Console{}, missing != nil)
		if err != nil {
			return err
		}
		defer clear(passphrase)
		if missing != nil {
			imported, err := importedAccount(account)
			if err != nil {
				return err
			}
			if err := makeKeys(cfg, passphrase, imported, light); err != nil {
				return err
			}
		}
		ring, err := openKeys(cfg, passphrase)
		if err != nil {
			return err
		}
		return describeKeys(cmd.OutOrStdout(), ring, cfg.OperatorListen)
	})
	return cmd
}

// importedAccount reads an account's private key, nil if there is no file.
func importedAccount(path string) (*ecdsa.PrivateKey, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nothing to import
	}
	text, err := daemon.ReadSecret(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	raw, err := hex.DecodeString(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w: account-file is not hexadecimal", errConfig)
	}
	defer clear(raw)
	key, err := crypto.ToECDSA(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: account-file: %w", errConfig, err)
	}
	return key, nil
}

func deployCommand() *cobra.Command {
	var depth uint32
	cmd := &cobra.Command{
		Use: "deploy DRAFT", Args: cobra.ExactArgs(1),
		Short: "Put the contracts on the chain, as a draft of a deployment file says, and write the file",
		Long: `Deploy the contracts by the account. DRAFT is a deployment file in which operators, threshold,
guardians, asset and caps are set; anchor and contracts are filled in. Nothing of it can be changed later.
Every operator then gets the same file.`,
	}
	cmd.Flags().Uint32Var(&depth, "anchor-depth", 100, "how deep in the chain the relay begins, in blocks")
	cmd.RunE = with(func(ctx context.Context, _ *cobra.Command, cfg *config, args []string) error {
		passphrase, err := passphraseOf(ctx, cfg, terminal.Console{}, false)
		if err != nil {
			return err
		}
		defer clear(passphrase)
		ring, err := openKeys(cfg, passphrase)
		if err != nil {
			return err
		}
		return deployAll(ctx, cfg, ring, args[0], depth)
	})
	return cmd
}

func deployAll(ctx context.Context, cfg *config, keys *ring, draft string, depth uint32) (err error) {
	d, err := readDraft(draft, cfg.Params)
	if err != nil {
		return err
	}
	b := &bridge{cfg: cfg, log: slog.New(slog.NewTextHandler(os.Stderr, nil)), ring: keys, at: d}
	defer func() { err = errors.Join(err, b.close()) }()
	if b.bitcoin, err = newBitcoin(cfg, cfg.Params, b.log); err != nil {
		return err
	}
	if err := b.bitcoin.node.Start(ctx); err != nil {
		return err
	}
	if err := d.setAnchor(ctx, b.bitcoin, depth); err != nil {
		return err
	}
	if err := b.dial(ctx); err != nil {
		return err
	}
	head, err := b.evm.BlockNumber(ctx)
	if err != nil {
		return fmt.Errorf("head of the EVM chain: %w", err)
	}
	opts := bind.NewKeyedTransactor(keys.account, new(big.Int).SetUint64(d.ChainID))
	at, err := deploy.Run(ctx, b.evm, opts, d.config(), nil)
	if err != nil {
		return err
	}
	d.FromBlock = head
	d.setAddresses(at)
	return d.write(cfg.Deployment)
}

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "Run until told to stop", Args: cobra.NoArgs,
		RunE: with(func(ctx context.Context, _ *cobra.Command, cfg *config, _ []string) error {
			context.AfterFunc(ctx, func() {
				time.AfterFunc(forcedAfter, func() {
					fmt.Fprintln(os.Stderr, "alkbridge: shutdown took too long, ending")
					os.Exit(3)
				})
			})
			loggers, err := logs.New(os.Stderr, logs.Format(cfg.LogFormat), subsystems...)
			if err != nil {
				return err
			}
			if err := loggers.Apply(cfg.LogLevel); err != nil {
				return fmt.Errorf("log-level: %w", err)
			}
			return serve(ctx, cfg, loggers)
		}),
	}
}

// hintFor says what a person does about an error at start.
func hintFor(err error) string {
	for _, h := range []struct {
		err  error
		hint string
	}{
		{daemon.ErrInUse, "stop the other alkbridge, or give this one another --datadir"},
		{errMainnet, "try --network=regtest or signet first"},
		{errKeys, "alkbridge init makes the keys; check the passphrase"},
		{errDeployment, "get the deployment file from the operators, or make one with alkbridge deploy"},
		{errNotOperator, "leave the role operator out, or use the keys that the deployment names"},
		{errChainID, "check --evm-rpc"},
		{chain.ErrAuth, "check the user and the password file of the Bitcoin node"},
		{chain.ErrWrongNetwork, "the Bitcoin node runs another network than --network"},
		{syscall.EADDRINUSE, "choose another --rpc-listen, --operator-listen or --metrics-listen"},
		{errConfig, "alkbridge --help lists the settings, --dumpconfig shows those in force"},
	} {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return ""
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

const (
	// socketName is where, in its folder, a chain takes orders, configName the
	// settings by which alkd and alkoracle are on it.
	socketName = "chain.sock"
	configName = "chain.toml"
	// maxOrder bounds an order to a chain, and its answer, in bytes.
	maxOrder = 4096
	// maxDays is how many days or blocks one order may ask for.
	maxDays = 1000
)

// errOrder means that a chain was asked for something that it cannot do.
var errOrder = errors.New("bad request to the chain")

// chainCommand runs a chain alone, for those who start the rest themselves.
func chainCommand() *cobra.Command {
	var dir, from string
	var perDay int
	cmd := &cobra.Command{
		Use: "chain", Short: "Run a private chain alone, whose days pass when you say so", Args: cobra.NoArgs,
		Long: `chain starts btcd on the regression test network and goes on until Ctrl-C. Its
first day is in the past, and time passes only by "alkdemo day" and "alkdemo
block". The folder gets chain.toml, the settings by which alkd and alkoracle are
on this chain (--config). docs/tutorial.md uses it.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			first := time.Now().Add(-beginDays * dayLength)
			if from != "" {
				var err error
				if first, err = time.Parse(time.DateOnly, from); err != nil {
					return fmt.Errorf("--from %q, want a date such as 2026-02-01: %w", from, err)
				}
			}
			return runChain(cmd.Context(), dir, first, perDay)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "chain", "folder for its settings")
	cmd.Flags().StringVar(&from, "from", "", "date of its first block (UTC; default: two months ago)")
	cmd.Flags().IntVar(&perDay, "blocks-a-day", blocksPerDay, "how many blocks a day has")
	return cmd
}

func runChain(ctx context.Context, dir string, first time.Time, perDay int) (err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	calendar, err := regtest.NewCalendar(first.Add(regtest.ActivationHeight*time.Minute), perDay)
	if err != nil {
		return err
	}
	btc, err := regtest.Start(ctx, regtest.Options{Now: calendar.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, btc.Stop()) }()
	if err := calendar.Begin(btc); err != nil {
		return err
	}
	if err := writeConfig(dir, btc); err != nil {
		return err
	}
	m := &master{btc: btc, calendar: calendar}
	fmt.Printf("chain of %d blocks, %s; settings in %s\n", regtest.ActivationHeight, calendar.Now().UTC().Format(time.DateTime), filepath.Join(dir, configName))
	return m.serve(ctx, dir)
}

// writeConfig writes what programs need to be on the chain.
func writeConfig(dir string, btc *regtest.Node) error {
	pass := filepath.Join(dir, "btcd.pass")
	if err := os.WriteFile(pass, []byte(btc.RPCPass()), 0o600); err != nil {
		return err
	}
	text := fmt.Sprintf("network = \"regtest\"\nbackend = \"btcd\"\nbtcd-host = %q\nbtcd-user = %q\nbtcd-pass-file = %q\nbtcd-cert = %q\nclock = \"chain\"\n",
		btc.RPCHost(), btc.RPCUser(), pass, btc.CertFile())
	return os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o600)
}

// ask is an order to a chain: Days or Blocks to pass, or an Amount in satoshi to
// pay to an Address.
type ask struct {
	Days    int    `json:"days,omitempty"`
	Blocks  int    `json:"blocks,omitempty"`
	Address string `json:"address,omitempty"`
	Amount  int64  `json:"amount,omitempty"`
}

// answer is what came of it.
type answer struct {
	Text  string `json:"text,omitempty"`
	Error string `json:"error,omitempty"`
}

// master lets a chain's time pass on request, one request after the other.
type master struct {
	btc      *regtest.Node
	calendar *regtest.Calendar
}

// serve takes requests on the socket of a folder until ctx ends.
func (m *master) serve(ctx context.Context, dir string) error {
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		m.handle(conn)
	}
}

// handle answers one request.
func (m *master) handle(conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the asker sees what it has got
	var what ask
	err := json.NewDecoder(io.LimitReader(conn, maxOrder)).Decode(&what)
	var out answer
	if err == nil {
		out.Text, err = m.do(what)
	}
	if err != nil {
		out.Error = err.Error()
	}
	_ = json.NewEncoder(conn).Encode(out)
}

func (m *master) do(what ask) (string, error) {
	switch {
	case what.Days > maxDays || what.Blocks > maxDays || what.Days < 0 || what.Blocks < 0:
		return "", fmt.Errorf("%w: at most %d at a time", errOrder, maxDays)
	case what.Address != "":
		script, err := scriptOf(what.Address)
		if err != nil {
			return "", err
		}
		tx, err := m.btc.Pay(script, btcutil.Amount(what.Amount))
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s on their way in %s", sats(what.Amount), tx.TxHash()), nil
	case what.Days > 0:
		for range what.Days {
			if err := m.calendar.EndDay(dayConfirmations); err != nil {
				return "", err
			}
		}
	default:
		if err := m.calendar.Blocks(what.Blocks); err != nil {
			return "", err
		}
	}
	height, err := m.btc.RPC().GetBlockCount()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("it is %s, block %d", m.calendar.Now().UTC().Format("Monday, 2006-01-02 15:04"), height), nil
}

// askCommands are the commands that speak to a chain.
func askCommands() []*cobra.Command {
	var dir string
	make1 := func(use, short string, args cobra.PositionalArgs, read func(args []string) (ask, error)) *cobra.Command {
		cmd := &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
			what, err := read(args)
			if err != nil {
				return err
			}
			text, err := request(cmd.Context(), dir, what)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
			return err
		}}
		cmd.Flags().StringVar(&dir, "dir", "chain", "folder of the chain")
		return cmd
	}
	count := func(args []string) (int, error) {
		if len(args) == 0 {
			return 1, nil
		}
		return strconv.Atoi(args[0])
	}
	return []*cobra.Command{
		make1("day [COUNT]", "Let days of the chain end", cobra.MaximumNArgs(1), func(args []string) (ask, error) {
			n, err := count(args)
			return ask{Days: n}, err
		}),
		make1("block [COUNT]", "Mine blocks of the chain", cobra.MaximumNArgs(1), func(args []string) (ask, error) {
			n, err := count(args)
			return ask{Blocks: n}, err
		}),
		make1("pay ADDRESS SATOSHI", "Send mined coins to an address", cobra.ExactArgs(2), func(args []string) (ask, error) {
			amount, err := strconv.ParseInt(args[1], 10, 64)
			if err == nil && amount <= 0 {
				err = fmt.Errorf("%w: amount %d", errOrder, amount)
			}
			return ask{Address: args[0], Amount: amount}, err
		}),
	}
}

// request asks a running chain.
func request(ctx context.Context, dir string, what ask) (string, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", filepath.Join(dir, socketName))
	if err != nil {
		return "", fmt.Errorf("no chain runs in %s (alkdemo chain --dir): %w", dir, err)
	}
	defer conn.Close() //nolint:errcheck // the answer counts
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(what); err != nil {
		return "", err
	}
	var got answer
	if err := json.NewDecoder(io.LimitReader(conn, maxOrder)).Decode(&got); err != nil {
		return "", fmt.Errorf("answer of the chain: %w", err)
	}
	if got.Error != "" {
		return "", errors.New(got.Error)
	}
	return got.Text, nil
}

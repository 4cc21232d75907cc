package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
	"github.com/alkimiya/alkimiya/wallet"
)

func exitCode(err error) (string, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0", nil
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode()), nil
	}
	return "", err
}

// scripted is a console with a person who answers from a list.
type scripted struct {
	answers []string
	asked   []string
	draws   bool
}

func (s *scripted) Interactive() bool { return true }
func (s *scripted) Draws() bool       { return s.draws }

func (s *scripted) Secret(ctx context.Context, prompt string) ([]byte, error) {
	line, err := s.Line(ctx, prompt)
	return []byte(line), err
}

func (s *scripted) Line(_ context.Context, prompt string) (string, error) {
	s.asked = append(s.asked, prompt)
	if len(s.answers) == 0 {
		return "", io.EOF
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	return answer, nil
}

// person runs alk against a fake daemon with answers typed at the terminal.
type person struct {
	t    *testing.T
	node *fake.Node
	args []string
	// Of the last run.
	out, err string
	console  *scripted
}

func newPerson(t *testing.T) *person {
	t.Helper()
	dir := t.TempDir()
	node, address, stop, err := serve(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop()) })
	return &person{t: t, node: node, args: []string{"--datadir", dir, "--network", "regtest", "--rpc-server", address}}
}

func (p *person) types(args string, answers ...string) int {
	p.t.Helper()
	var out, errs bytes.Buffer
	p.console = &scripted{answers: answers, draws: true}
	a := &app{in: strings.NewReader(""), out: &out, err: &errs, console: p.console}
	code := a.run(p.t.Context(), append(strings.Fields(args), p.args...))
	p.out, p.err = out.String(), errs.String()
	require.Empty(p.t, p.console.answers, "answers that nobody asked for")
	return code
}

const (
	typed = "correct horse"

	eventually = time.Minute
	tick       = time.Millisecond
)

func TestCreateAsksTwiceAndUntilTheWordsAreWrittenDown(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitFailed, p.types("wallet create", typed, "incorrect horse"))
	require.Contains(t, p.err, "not the same")
	require.Zero(t, p.node.Count("Create"))
	require.Equal(t, exitOK, p.types("wallet create", typed, typed, "no", "", "yes"))
	require.Contains(t, p.out, "24 art")
	require.Contains(t, p.out, " 1 abandon")
	require.NotContains(t, p.out+p.err, typed)
	require.Len(t, p.console.asked, 5)
	require.Equal(t, exitFailed, p.types("wallet create"), "nothing is asked when there is a wallet")
	require.Contains(t, p.err, "hint: ")
}

func TestRestoreNamesTheBadWordBeforeItAsksForAPassphrase(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitFailed, p.types("wallet restore", strings.Replace(fake.Mnemonic, "art", "arrt", 1)))
	require.Contains(t, p.err, "word 24")
	require.Contains(t, p.err, `did you mean "art"`)
	require.Equal(t, exitOK, p.types("wallet restore --birthday 2024-05-31", fake.Mnemonic, typed, typed))
	require.Contains(t, p.out, "wallet restored, synced")
	require.NotContains(t, p.out+p.err, "abandon")
}

func TestProgressBarFollowsTheScan(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitOK, p.types("wallet create --no-confirm", typed, typed))
	require.Equal(t, exitOK, p.types("wallet lock"))
	p.node.SetSync(wallet.SyncStatus{Recovering: true, StartHeight: 100, WalletHeight: 150, ChainHeight: 200})
	done := make(chan int, 1)
	go func() { done <- p.types("wallet unlock", typed) }()
	// The bar has been fed at least once when the status was asked for twice.
	require.Eventually(t, func() bool { return p.node.Count("Sync") > 2 }, eventually, tick)
	p.node.SetSync(wallet.SyncStatus{Synced: true, StartHeight: 100, WalletHeight: 200, ChainHeight: 200})
	require.Equal(t, exitOK, <-done)
	require.Contains(t, p.err, "recovering")
	require.Contains(t, p.err, "50/100")
	require.Contains(t, p.out, "synced, height 200 of 200")
}

func TestSendShowsTheFeeAndSendsWhatWasShown(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitOK, p.types("wallet create --no-confirm", typed, typed))
	send := "wallet send " + fake.Address + " 0.00005btc"
	require.Equal(t, exitFailed, p.types(send, "n"))
	require.Zero(t, p.node.Count("Send"))
	require.Contains(t, p.err, "send  5,000 sat to "+fake.Address)
	require.Contains(t, p.err, "fee   423 sat (3 sat/vB, 141 vB)", "the estimate of 2.004 is rounded up")
	require.Contains(t, p.err, "not sent")
	require.Equal(t, exitOK, p.types(send, "y"))
	require.Equal(t, 1, p.node.Count("Send"))
	require.Contains(t, p.out, "423 sat")
	require.Equal(t, exitOK, p.types(send+" --yes --sat-per-vbyte 2"))
	require.Contains(t, p.out, "282 sat")
	require.Equal(t, exitFailed, p.types("wallet send "+fake.Address+" 0.02btc"))
	require.Contains(t, p.err, "missing")
}

func TestPassphraseChanges(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitClosed, p.types("wallet passphrase"))
	require.Equal(t, exitOK, p.types("wallet create --no-confirm", typed, typed))
	require.Equal(t, exitAuth, p.types("wallet passphrase", "not this", "brand new one", "brand new one"))
	require.Contains(t, p.err, "wrong passphrase")
	require.Equal(t, exitOK, p.types("wallet passphrase", typed, "brand new one", "brand new one"))
	require.Equal(t, exitOK, p.types("wallet lock"))
	require.Equal(t, exitAuth, p.types("wallet unlock", typed))
	require.Equal(t, exitOK, p.types("wallet unlock", "brand new one"))
}

func TestWatchPrintsEventsUntilConfirmed(t *testing.T) {
	p := newPerson(t)
	require.Equal(t, exitOK, p.types("wallet create --no-confirm", typed, typed))
	p.node.Emit(rpc.TxEvent{Height: 440})
	p.node.Emit(rpc.TxEvent{Confirmed: true, Depth: 2, Height: 441})
	require.Equal(t, exitOK, p.types("wallet watch --once --depth 2 "+strings.Repeat("ab", 32)))
	require.Contains(t, p.out, "unconfirmed by a reorganisation")
	require.Contains(t, p.out, "confirmed, depth 2, height 441")
}

func TestAmountsAreReadExactly(t *testing.T) {
	for text, want := range map[string]uint64{
		"1": 1, "150000": 150_000, "0.001btc": 100_000, "0.00000001BTC": 1, "21000000btc": 2_100_000_000_000_000,
		"1btc": 100_000_000, ".5btc": 50_000_000, "0.1btc": 10_000_000,
	} {
		got, err := parseAmount(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "0", "-1", "+1", "1.5", "1e5", "btc", ".btc", "1.btc", "0btc", "0.000000001btc", "1.2.3btc", "21000000.00000001btc",
		"2100000000000001", "99999999999999999999", "0x10", "1 000", "1btcbtc", "١",
	} {
		_, err := parseAmount(text)
		require.Error(t, err, text)
		require.Equal(t, exitUsage, explain(err).exit, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(1, 2_100_000_000_000_000).Draw(t, "sat")
		got, err := parseAmount(btc(amount) + "btc")
		require.NoError(t, err)
		require.Equal(t, amount, int64(got)) //nolint:gosec // at most 21e14
		require.Equal(t, strconv.FormatInt(amount, 10), strings.ReplaceAll(sat(amount), ",", ""))
	})
	require.Equal(t, "-1,234,567", sat(int64(-1_234_567)))
	require.Equal(t, "123", sat(uint64(123)))
	require.Equal(t, "-0.00005000", btc(-5000))
}

func TestControlCharactersDoNotReachTheTerminal(t *testing.T) {
	require.Equal(t, "a?[2Jb??ü", printable("a\x1b[2Jb\n\u009bü"))
}

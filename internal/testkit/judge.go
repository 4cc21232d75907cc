package testkit

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/wire"
)

// JudgeEnv names a program, with its arguments, that judges transactions by the
// script interpreter of Bitcoin Core.
const JudgeEnv = "CORE_SCRIPTVERIFY"

// Reporter is what judges and ledgers need of a test: *testing.T, *testing.F
// and the T of rapid have it.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// ScriptJudge is that program while it runs: a line `TXHEX SATS:SPKHEX ...` in,
// one prevout for each input, and a line `OK ...` or `FAIL ...` out. The nil
// judge, which StartJudge returns where the variable is not set, approves of
// everything. It is safe for concurrent use.
type ScriptJudge struct {
	mu    sync.Mutex
	in    io.WriteCloser
	out   *bufio.Reader
	wait  func() error
	count int
}

// StartJudge starts the program of JudgeEnv, or returns nil if the variable is
// not set. The caller, a TestMain, stops it.
func StartJudge() (*ScriptJudge, error) {
	args := strings.Fields(os.Getenv(JudgeEnv))
	if len(args) == 0 {
		return nil, nil //nolint:nilnil // the nil judge is the judge of a machine without one
	}
	command := exec.Command(args[0], args[1:]...) //nolint:gosec // G204: whoever runs the tests names the judge
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", JudgeEnv, err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", JudgeEnv, err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", JudgeEnv, err)
	}
	return &ScriptJudge{in: in, out: bufio.NewReader(out), wait: command.Wait}, nil
}

// Stop ends the program and waits for it.
func (j *ScriptJudge) Stop() error {
	if j == nil {
		return nil
	}
	if err := j.in.Close(); err != nil {
		return fmt.Errorf("%s: %w", JudgeEnv, err)
	}
	if err := j.wait(); err != nil {
		return fmt.Errorf("%s: %w", JudgeEnv, err)
	}
	return nil
}

// Count returns how many transactions were judged.
func (j *ScriptJudge) Count() int {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.count
}

// Check fails the test unless the judge accepts the transaction; prevouts are
// the outputs that it spends, in the order of its inputs.
func (j *ScriptJudge) Check(t Reporter, tx *wire.MsgTx, prevouts []*wire.TxOut) {
	if j == nil {
		return
	}
	t.Helper()
	answer, err := j.ask(tx, prevouts)
	if err != nil || answer != "OK" && !strings.HasPrefix(answer, "OK ") {
		t.Errorf("%s: %q, %v", JudgeEnv, answer, err)
	}
}

func (j *ScriptJudge) ask(tx *wire.MsgTx, prevouts []*wire.TxOut) (string, error) {
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		return "", err
	}
	line := hex.EncodeToString(raw.Bytes())
	for _, out := range prevouts {
		line += fmt.Sprintf(" %d:%x", out.Value, out.PkScript)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	if _, err := io.WriteString(j.in, line+"\n"); err != nil {
		return "", err
	}
	answer, err := j.out.ReadString('\n')
	return strings.TrimSpace(answer), err
}

package contract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// TestScripts replays testdata/*.txt: lines that begin with "> " are events,
// what follows each is what the parties did. -update writes the answers anew.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d scripts: %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file) //nolint:gosec // a file of testdata
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t)
			w.trace = true
			var out strings.Builder
			for _, line := range strings.Split(string(raw), "\n") {
				if strings.HasPrefix(line, "# ") {
					out.WriteString(line + "\n\n")
				}
				command, ok := strings.CutPrefix(line, "> ")
				if !ok {
					continue
				}
				w.command(command)
				phases := w.phases()
				fmt.Fprintf(&out, "> %s\n%s= %s, %s\n\n", command, w.log.String(), phases[0], phases[1])
				w.log.Reset()
			}
			testkit.Golden(t, name, []byte(out.String()))
		})
	}
}

// command runs one line of a script.
func (w *world) command(line string) {
	w.t.Helper()
	f := strings.Fields(line)
	arg := func(i int) int {
		if i >= len(f) {
			return 1
		}
		n, err := strconv.Atoi(f[i])
		return must(w.t, n, err)
	}
	who := func() *party {
		if f[1] == "accepter" {
			return w.parties[1]
		}
		return w.parties[0]
	}
	switch f[0] {
	case "open":
		w.open()
	case "mine":
		w.mine(arg(1))
	case "mature":
		w.mineAt(maturity + int64(arg(1)))
	case "refundable":
		w.mineAt(refundAt + int64(arg(1)))
	case "tick":
		w.tick(int64(arg(1)))
	case "attest":
		w.attest(uint64(arg(1)), arg(2)) //nolint:gosec // small
	case "reorg":
		w.reorg(arg(1), false)
	case "evict":
		w.chain.mempool = nil
	case "offline":
		w.offline()
	case "reconnect":
		w.reconnect()
	case "settle":
		w.settle()
	case "crash":
		who().crash()
		w.settle()
	case "withdraw":
		p := who()
		p.note2(p.send(contract.UserWithdraw{Clock: p.clock()}))
		w.settle()
	case "exit":
		p := who()
		p.note2(p.send(contract.UserClose{Clock: p.clock(), VO: uint64(arg(2)), VA: 500_000 - uint64(arg(2)), FeeRate: 3})) //nolint:gosec // small
		w.settle()
	default:
		w.t.Fatalf("unknown command %q", line)
	}
}

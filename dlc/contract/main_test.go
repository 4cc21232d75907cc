package contract_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// lives asks for everything that the laws can play; without it they take a
// sample. `make lives` sets it.
var lives = flag.Bool("lives", false, "play every life of the laws, not a sample")

// stride returns 1 with -lives, else how many points of a law to step over.
func stride(sample int) int {
	switch {
	case *lives:
		return 1
	case raced:
		return 21 * sample
	default:
		return sample
	}
}

// core judges every transaction of the simulator, nil without such a program.
var core *testkit.ScriptJudge

// TestMain keeps the laws short, since one check plays a whole life; -lives and
// -rapid.checks ask for more.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := "30"
	switch {
	case *lives:
		checks = "1000"
	case raced:
		checks = "5"
	}
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(judgedRun(m))
}

func judgedRun(m *testing.M) int {
	var err error
	if core, err = testkit.StartJudge(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := core.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestEveryTransactionAndNonceIsJudged: a life is known to judge and ledger.
func TestEveryTransactionAndNonceIsJudged(t *testing.T) {
	w := attested(t, 9)
	// A list of 18, refund, funding and cancel signature of each party.
	if n := w.ledger.Len(); n != 2*21 {
		t.Errorf("%d nonces in the ledger of an opened contract", n)
	}
	w.attest(9, 1)
	w.want(contract.Closing)
	if n := w.ledger.Len(); n != 2*21+2 {
		t.Errorf("%d nonces in the ledger after a close", n)
	}
	if core == nil {
		t.Log(testkit.SkipLoud + testkit.JudgeEnv + " is not set: btcd's interpreter alone judged the simulator's transactions")
		return
	}
	if core.Count() < 4 {
		t.Errorf("%d transactions judged", core.Count())
	}
}

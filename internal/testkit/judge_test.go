package testkit

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/wire"
)

// judgeChild makes this test binary play the judge: it accepts what spends
// outputs of 5 sat alone.
const judgeChild = "ALK_TEST_JUDGE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(judgeChild) != "" {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			words := strings.Fields(lines.Text())
			if len(words) == 2 && strings.HasPrefix(words[1], "5:") {
				fmt.Println("OK fee=1")
				continue
			}
			fmt.Println("FAIL input 0 says the test")
		}
		return
	}
	os.Exit(m.Run())
}

func TestJudgeIsAskedAboutEveryTransaction(t *testing.T) {
	t.Setenv(judgeChild, "1")
	t.Setenv(JudgeEnv, os.Args[0]+" -test.run=^$")
	judge, err := StartJudge()
	if err != nil {
		t.Fatal(err)
	}
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{}, nil, nil))
	tx.AddTxOut(wire.NewTxOut(4, []byte{0x51}))
	judge.Check(t, tx, []*wire.TxOut{wire.NewTxOut(5, []byte{0x51})})
	refused := record(t, func(tb testing.TB) {
		judge.Check(tb, tx, []*wire.TxOut{wire.NewTxOut(6, []byte{0x51})})
	})
	if !strings.Contains(refused.failed, "FAIL input 0") {
		t.Errorf("a refused transaction passes: %q", refused.failed)
	}
	if judge.Count() != 2 {
		t.Errorf("%d judged", judge.Count())
	}
	if err := judge.Stop(); err != nil {
		t.Fatal(err)
	}
	gone := record(t, func(tb testing.TB) { judge.Check(tb, tx, nil) })
	if gone.failed == "" {
		t.Error("a judge that is gone approves")
	}
}

func TestWithoutAJudgeNothingIsJudged(t *testing.T) {
	t.Setenv(JudgeEnv, "")
	judge, err := StartJudge()
	if err != nil || judge != nil {
		t.Fatalf("%v, %v", judge, err)
	}
	judge.Check(t, nil, nil)
	if judge.Count() != 0 || judge.Stop() != nil {
		t.Error("the nil judge does something")
	}
	t.Setenv(JudgeEnv, "/does/not/exist")
	if _, err := StartJudge(); err == nil {
		t.Error("a judge that is not there starts")
	}
}

package arch_test

import (
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/internal/arch"
)

func TestUnlistedCallsAndIdleRowsAreFound(t *testing.T) {
	calls := []arch.Call{
		{File: "dlc/x.go", Callee: "btcec.ScalarMultNonConst"},
		{File: "dlc/y.go", Callee: ".PubKey"},
		{File: "itest/z.go", Callee: "schnorr.Sign"},
		{File: "dlc/z.go", Callee: "secp.MultVar"},
	}
	document := "| file | call | why |\n|---|---|---|\n" +
		"| `dlc/x.go` | `btcec.ScalarMultNonConst` | both factors are public |\n" +
		"| `dlc/y.go` | `.PubKey` |  |\n" +
		"| `dlc/gone.go` | `.PubKey` | it was called here once |\n"
	var got []string
	for _, v := range arch.CheckSideChannels(calls, document) {
		got = append(got, v.Importer)
	}
	slices.Sort(got)
	want := []string{"dlc/gone.go: call of .PubKey", "dlc/y.go: call of .PubKey", "dlc/z.go: call of secp.MultVar"}
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

func TestSecretsThatReachVariableTimeAreFound(t *testing.T) {
	calls := map[string][]string{
		"BaseMult": {"normalize"}, "BaseMultBatch": {}, "PublicKey": {}, "recode": {}, "pick": {}, "normalize": {},
		"Sign": {"helper"}, "helper": {"multVar", "Sign"}, "multVar": {},
	}
	got := arch.CheckConstantTime(calls)
	if len(got) != 1 || got[0].Importer != "internal/secp.Sign" {
		t.Errorf("found %v", got)
	}
	delete(calls, "pick")
	if got := arch.CheckConstantTime(calls); len(got) != 2 {
		t.Errorf("without a function: found %v", got)
	}
}

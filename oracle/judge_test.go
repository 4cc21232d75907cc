package oracle_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle"
)

func TestANodeIsJudgedByWhatItAndItsPeersSay(t *testing.T) {
	good := oracle.NodeFacts{Height: 800_000, Headers: 800_000, Time: 1_700_000_000, Now: 1_700_001_000, PeerHeights: []int32{799_990, 800_000, 800_001, 2_000_000_000}}
	for name, c := range map[string]struct {
		change           func(f *oracle.NodeFacts)
		behind, minority string
	}{
		"fine":                         {func(*oracle.NodeFacts) {}, "", ""},
		"a lying peer":                 {func(f *oracle.NodeFacts) { f.PeerHeights = []int32{800_000, 800_000, 2_000_000_000} }, "", ""},
		"most peers are ahead":         {func(f *oracle.NodeFacts) { f.PeerHeights = []int32{800_000, 800_003, 800_004} }, "half of the node's peers", ""},
		"headers without blocks":       {func(f *oracle.NodeFacts) { f.Headers = 800_003 }, "headers up to 800003", ""},
		"news on its way":              {func(f *oracle.NodeFacts) { f.Headers = 800_002 }, "", ""},
		"first download":               {func(f *oracle.NodeFacts) { f.Initial = true }, "first download", ""},
		"alone":                        {func(f *oracle.NodeFacts) { f.PeerHeights = nil }, "no peers", ""},
		"stale":                        {func(f *oracle.NodeFacts) { f.Now = f.Time + 4*3600 + 1 }, "240 minutes old", ""},
		"alone and stale in a test":    {func(f *oracle.NodeFacts) { f.PeerHeights, f.Now, f.Initial, f.Private = nil, 1<<40, true, true }, "", ""},
		"a longer invalid branch":      {func(f *oracle.NodeFacts) { f.Rivals = []oracle.Rival{{800_001, "invalid"}} }, "", "invalid"},
		"a shorter invalid branch":     {func(f *oracle.NodeFacts) { f.Rivals = []oracle.Rival{{800_000, "invalid"}} }, "", ""},
		"a longer branch of headers":   {func(f *oracle.NodeFacts) { f.Rivals = []oracle.Rival{{800_003, "headers-only"}} }, "headers of height 800003", ""},
		"a branch that was overtaken":  {func(f *oracle.NodeFacts) { f.Rivals = []oracle.Rival{{799_999, "valid-fork"}} }, "", ""},
		"one not downloaded, as usual": {func(f *oracle.NodeFacts) { f.Rivals = []oracle.Rival{{800_001, "valid-headers"}} }, "", ""},
	} {
		f := good
		c.change(&f)
		behind, minority := oracle.Judge(f)
		check := func(want, got string) {
			if want == "" {
				require.Empty(t, got, name)
			}
			require.Contains(t, got, want, name)
		}
		check(c.behind, behind)
		check(c.minority, minority)
	}
}

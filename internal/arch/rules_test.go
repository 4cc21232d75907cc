package arch_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/internal/arch"
)

// pkg is a package that breaks no rule by itself.
func pkg(path string, imports ...string) arch.Package {
	return arch.Package{Path: path, Name: filepath.Base(path), Documented: true, Imports: imports}
}

func own(path string) string { return arch.Module + "/" + path }

// Each case is a made-up package; the rules must see exactly the named breach.
func TestRulesSeeBreaches(t *testing.T) {
	const none = ""
	cases := []struct {
		name string
		p    arch.Package
		rule string
	}{
		{"node sees dlc and wallet", pkg("node", own("dlc/contract"), own("wallet"), own("oracle/api")), none},
		{"node does not see evmbridge", pkg("node", own("evmbridge/relayer")), "layers"},
		{"node does not see cmd", pkg("node/rpc", own("cmd/alkd")), "layers"},
		{"oracle does not see dlc", pkg("oracle/api", own("dlc/payout")), "layers"},
		{"oracle does not see wallet", pkg("oracle", own("wallet/chain")), "layers"},
		{"dlc sees oracle/attest", pkg("dlc/contract", own("oracle/attest"), own("oracle/federation")), none},
		{"dlc does not see the rest of oracle", pkg("dlc/contract", own("oracle/index")), "layers"},
		{"dlc does not see wallet", pkg("dlc/txs", own("wallet/keys")), "layers"},
		{"wallet does not see evmbridge", pkg("wallet", own("evmbridge/spv")), "layers"},
		{"wallet does not see node", pkg("wallet", own("node")), "layers"},
		{"evmbridge sees oracle/attest", pkg("evmbridge/relayer", own("oracle/attest")), none},
		{"evmbridge does not see oracle/api", pkg("evmbridge/relayer", own("oracle/api")), "layers"},
		{"internal sees internal", pkg("internal/tlv", own("internal/secp")), none},
		{"internal does not see wallet", pkg("internal/tlv", own("wallet")), "layers"},
		{"cmd sees all below", pkg("cmd/alkd", own("node"), own("wallet"), own("dlc/payout"), own("evmbridge")), none},
		{"cmd does not see itest", pkg("cmd/alkd", own("itest/harness")), "layers"},
		{"a similar name is not the layer", pkg("node", own("dlcx/payout")), "layers"},
		{"an unknown folder sees nothing", pkg("pkg/x", own("internal/tlv")), "layers"},

		{"a test of dlc sees wallet", tested(pkg("dlc/txs"), own("wallet/keys"), "os", "testing"), none},
		{"a test of oracle does not see dlc", tested(pkg("oracle/index"), own("dlc/digits")), "layers (in tests)"},
		{"a benchmark sees all", tested(pkg("internal/bench"), own("dlc/adaptor"), own("wallet")), none},

		{"core reads no environment", pkg("dlc/payout", "os"), "core"},
		{"core opens no connection", pkg("oracle/federation", "net/http"), "core"},
		{"core draws no randomness", pkg("dlc/adaptor", "crypto/rand"), "core"},
		{"core does not log", pkg("oracle/attest", "log/slog"), "core"},
		{"core takes no context", pkg("wallet/watch", "context"), "core"},
		{"core knows no store", pkg("dlc/contract", own("dlc/store")), "core"},
		{"core knows no database", pkg("dlc/order", "github.com/dgraph-io/badger/v4"), "core"},
		{"core does not read the clock", clocked(pkg("evmbridge/spv")), "core"},
		{"below wallet/watch is shell", pkg("wallet/watch/notify", "context"), none},
		{"dlc/store is shell", pkg("dlc/store", "os"), none},
		{"netip is not net", pkg("dlc/wire", "network"), none},

		{"testing stays in tests", pkg("node/rpc", "testing"), "test only"},
		{"testify stays in tests", pkg("internal/regtest", "github.com/stretchr/testify/require"), "test only"},
		{"rpctest stays in itest", pkg("internal/regtest", "github.com/btcsuite/btcd/integration/rpctest"), "test only"},
		{"testkit stays in tests", pkg("wallet", own("internal/testkit")), "test only"},
		{"itest may use testing", pkg("itest/harness", "testing", own("internal/testkit")), none},

		{"no old btcutil", pkg("wallet", "github.com/btcsuite/btcutil/base58"), "forbidden"},
		{"new btcutil", pkg("wallet", "github.com/btcsuite/btcd/btcutil", "github.com/btcsuite/btcd/btcec/v2/schnorr"), none},
		{"no old btcec", pkg("wallet", "github.com/btcsuite/btcd/btcec"), "forbidden"},
		{"no lnrpc in tests either", tested(pkg("node/rpc"), "github.com/lightningnetwork/lnd/lnrpc/walletrpc"), "forbidden"},

		{"no util", pkg("wallet/util"), "names"},
		{"no helpers in between", pkg("internal/helpers/hex"), "names"},
		{"no package base", arch.Package{Path: "node/x", Name: "base", Documented: true}, "names"},

		{"a package comment is wanted", arch.Package{Path: "node", Name: "node"}, "package comment"},
		{"not from generated code", arch.Package{Path: "node/rpc/alkv1", Name: "alkv1", Generated: true}, none},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var rules []string
			for _, v := range arch.Check([]arch.Package{c.p}) {
				rules = append(rules, v.Rule)
			}
			var want []string
			if c.rule != none {
				want = []string{c.rule}
			}
			if !slices.Equal(rules, want) {
				t.Errorf("breaches %q, want %q", rules, want)
			}
		})
	}
}

func tested(p arch.Package, imports ...string) arch.Package {
	p.TestImports = imports
	return p
}

func clocked(p arch.Package) arch.Package {
	p.ClockCalls = []string{"spv.go:3: time.Now"}
	return p
}

func TestCoreIsJudgedThroughItsImports(t *testing.T) {
	found := arch.Check([]arch.Package{
		pkg("dlc/wire", own("internal/tlv")),
		pkg("internal/tlv", own("internal/disk")),
		pkg("internal/disk", "os"),
	})
	want := "core: dlc/wire must not import internal/tlv -> internal/disk -> os: core packages only compute"
	if len(found) != 1 || found[0].String() != want {
		t.Errorf("breaches %q, want only %q", found, want)
	}
}

func TestMessageNamesRuleImporterAndImported(t *testing.T) {
	found := arch.Check([]arch.Package{pkg("oracle", own("dlc/payout"))})
	want := "layers: oracle must not import dlc/payout: it may import oracle, internal"
	if len(found) != 1 || found[0].String() != want {
		t.Errorf("breaches %q, want only %q", found, want)
	}
}

func TestLinkedPackagesAreTracedToTheirImporter(t *testing.T) {
	const geth = "github.com/ethereum/go-ethereum/common"
	graph := arch.Graph{own("node"): {"fmt", geth}, geth: nil, "fmt": nil}
	for _, program := range []string{"alkd", "alkbridge", "alkdemo"} {
		graph[own("cmd/"+program)] = []string{"fmt", own("node")}
	}
	found := arch.CheckLinks(own("cmd/alkd"), graph)
	if len(found) != 1 || found[0].Imported != geth || !strings.Contains(found[0].Why, own("node")+" -> "+geth) {
		t.Errorf("breaches %q, want one that names %s and the chain to it", found, geth)
	}
	for _, program := range []string{"alkbridge", "alkdemo"} {
		if found := arch.CheckLinks(own("cmd/"+program), graph); len(found) != 0 {
			t.Errorf("%s may link go-ethereum, but: %q", program, found)
		}
	}
}

func TestUnknownTopLevelFoldersAreReportedOnce(t *testing.T) {
	found := arch.CheckFolders([]string{"go.mod", "wallet/types.go", ".ci/run", "scripts/a", "scripts/b/c"})
	if len(found) != 1 || found[0].Importer != "scripts" {
		t.Errorf("breaches %q, want one for scripts", found)
	}
}

func TestSizesNeedAReason(t *testing.T) {
	files := []arch.File{
		{Path: "a.go", Lines: arch.MaxFileLines, Functions: []arch.Function{{Name: "F", Lines: arch.MaxFunctionLines}}},
		{Path: "b.go", Lines: arch.MaxFileLines + 1, Functions: []arch.Function{{Name: "T.F", Lines: arch.MaxFunctionLines + 1}}},
	}
	cases := []struct {
		name       string
		exceptions map[string]string
		want       []string
	}{
		{"none", nil, []string{"b.go", "b.go:T.F"}},
		{"with a reason", map[string]string{"b.go": "a table", "b.go:T.F": "a table"}, nil},
		{"without a reason", map[string]string{"b.go": "", "b.go:T.F": "a table"}, []string{"b.go", "b.go"}},
		{"needless", map[string]string{"a.go": "x", "b.go": "x", "b.go:T.F": "x"}, []string{"a.go"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, v := range arch.CheckSizes(files, c.exceptions) {
				got = append(got, v.Importer)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("breaches %q, want %q", got, c.want)
			}
		})
	}
}

// A small module on disk goes through the reader: what it finds is what the
// rules judge.
func TestLoadReadsWhatTheRulesNeed(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module "+arch.Module+"\n")
	write(t, root, "dlc/x/x.go", `// Package x is documented.
package x

import (
	clock "time"

	"github.com/alkimiya/alkimiya/wallet"
)

var Now = clock.Now

var limit = clock.Second

func (m *T[K]) F() {
	_ = wallet.X
}
`)
	write(t, root, "dlc/x/x_test.go", "package x_test\n\nimport \"os\"\n")
	write(t, root, "dlc/x/x_ignored.go", "//go:build ignore\n\npackage main\n\nimport \"net\"\n")
	write(t, root, "dlc/x/x_windows.go", "package x\n\nimport \"syscall\"\n")
	write(t, root, "dlc/x/testdata/y.go", "not Go")
	write(t, root, "node/pb/pb.go", "// Code generated by x. DO NOT EDIT.\n\n// Package pb is generated.\npackage pb\n")
	tree, err := arch.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Packages) != 2 || !tree.Packages[1].Generated || tree.Packages[1].Path != "node/pb" {
		t.Fatalf("packages %+v, want dlc/x and generated node/pb", tree.Packages)
	}
	x := tree.Packages[0]
	wantImports := []string{"time", own("wallet"), "syscall"}
	if !slices.Equal(x.Imports, wantImports) || !slices.Equal(x.TestImports, []string{"os"}) {
		t.Errorf("imports %q and %q, want %q and os", x.Imports, x.TestImports, wantImports)
	}
	if !x.Documented || x.Generated || x.Name != "x" || !slices.Equal(x.ClockCalls, []string{"dlc/x/x.go:10: time.Now"}) {
		t.Errorf("read %+v, want it documented, hand-written, named x, with one clock call at line 10", x)
	}
	if len(tree.Files) != 2 || tree.Files[0].Lines != 16 || !slices.Equal(tree.Files[0].Functions, []arch.Function{{Name: "T.F", Lines: 3}}) {
		t.Errorf("sizes %+v, want 16 lines and T.F of 3", tree.Files)
	}
}

func TestLoadRefusesAnotherModule(t *testing.T) {
	root := t.TempDir()
	write(t, root, "go.mod", "module example.com/other\n")
	if _, err := arch.Load(root); !errors.Is(err, arch.ErrForeignModule) {
		t.Errorf("error %v, want ErrForeignModule", err)
	}
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

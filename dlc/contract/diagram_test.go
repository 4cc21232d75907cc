package contract_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// TestDiagramIsThatOfTheTable compares docs/contract-states.md with the
// transition table; -update writes it.
func TestDiagramIsThatOfTheTable(t *testing.T) {
	got := diagram()
	testkit.Golden(t, "contract-states.md", got)
	file := filepath.Join(testkit.ModuleRoot(t), "docs", "contract-states.md")
	golden, err := os.ReadFile("testdata/contract-states.md")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(golden, got) && os.Getenv("ALK_WRITE_DOCS") == "1" {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := os.ReadFile(file) //nolint:gosec // a file of the module
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(doc, got) {
		t.Fatalf("%s is not that of the table: run this test with ALK_WRITE_DOCS=1", file)
	}
}

func diagram() []byte {
	var b bytes.Buffer
	b.WriteString("# Contract states\n\nGenerated from the transition table of `dlc/contract` by its tests; nobody edits it. O is the offerer, A the accepter.\n" +
		"What a reorg takes back, and the renewal after a restart, are left out of the drawing; the last rows of the list have them.\n\n```mermaid\nstateDiagram-v2\n    [*] --> New\n")
	labels := map[[2]contract.Phase][]string{}
	var order [][2]contract.Phase
	for _, row := range contract.Table() {
		if row.Back {
			continue
		}
		for _, from := range row.From {
			for _, to := range row.To {
				edge := [2]contract.Phase{from, to}
				if from == to {
					continue
				}
				if labels[edge] == nil {
					order = append(order, edge)
				}
				if !slices.Contains(labels[edge], row.On.String()) {
					labels[edge] = append(labels[edge], row.On.String())
				}
			}
		}
	}
	for _, edge := range order {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", edge[0], edge[1], strings.Join(labels[edge], ", "))
	}
	for _, p := range contract.Phases() {
		if p.Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", p)
		}
	}
	b.WriteString("```\n\n| state | role | event | guard | effects, in order | next |\n|---|---|---|---|---|---|\n")
	for _, row := range contract.Table() {
		next := names(row.To)
		if row.Stays {
			next += ", or unchanged"
		}
		if row.Back {
			next = "as the remaining chain supports"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", names(row.From), roles(row.Roles), row.On, row.Guard, row.Effects, next)
	}
	return b.Bytes()
}

func names(phases []contract.Phase) string {
	var all []string
	for _, p := range phases {
		all = append(all, p.String())
	}
	return strings.Join(all, ", ")
}

func roles(all []contract.Role) string {
	if len(all) == 2 {
		return "O, A"
	}
	return map[contract.Role]string{contract.Offerer: "O", contract.Accepter: "A"}[all[0]]
}

func TestPhaseNamesRoundTrip(t *testing.T) {
	for _, p := range contract.Phases() {
		got, ok := contract.ParsePhase(p.String())
		if !ok || got != p {
			t.Errorf("%s parses as %s", p, got)
		}
	}
	if _, ok := contract.ParsePhase("Elsewhere"); ok {
		t.Error("an unknown phase parses")
	}
	if contract.Phase(99).String() != "phase(99)" || contract.Kind(99).String() != "unknown" {
		t.Error("unknown values have names")
	}
}

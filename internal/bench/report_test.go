package bench_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// A row is a line of the table. Ratio says how many times faster we are than the
// anchor.
type row struct {
	ID        string  `json:"id"`
	Step      string  `json:"step"`
	Ratio     float64 `json:"ratio"`
	Must      float64 `json:"must"`
	Ambitious float64 `json:"ambitious"`
	// Anchor and Own are the medians, in nanoseconds unless Unit says otherwise.
	Anchor float64 `json:"anchor"`
	Own    float64 `json:"own"`
	Unit   string  `json:"unit"`
	// ToC is the ratio to the C library: measured if ALK_C_ANCHOR is set, else by
	// the proxy.
	ToC     float64 `json:"to_c,omitempty"`
	ToCNote string  `json:"to_c_note,omitempty"`

	anchors, owns, ratios []float64
	exact                 bool // not lowered for short runs
}

// compare adds a round.
func (r *row) compare(anchor, own float64) {
	r.anchors, r.owns, r.ratios = append(r.anchors, anchor), append(r.owns, own), append(r.ratios, anchor/own)
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// A report is what a run prints.
type report struct {
	scale          scale
	rows           []row
	c              map[string]float64 // microseconds of the C anchor
	anchorKey      *btcec.PrivateKey
	anchorMessages [][32]byte
	plain          []*schnorr.Signature
}

func newReport(t *testing.T, s scale) *report {
	t.Helper()
	return &report{scale: s, c: cAnchor(t)}
}

// cAnchor runs the program that ALK_C_ANCHOR names, which prints lines of a name and
// microseconds: ecdsa_adaptor_encrypt, ecdsa_adaptor_verify, combine_20, field_mul.
func cAnchor(t *testing.T) map[string]float64 {
	t.Helper()
	program := os.Getenv("ALK_C_ANCHOR")
	if program == "" {
		return nil
	}
	out, err := exec.Command(program).Output() //nolint:gosec // G204: the user names the program
	if err != nil {
		t.Fatalf("ALK_C_ANCHOR: %v", err)
	}
	times := make(map[string]float64)
	for line := range strings.Lines(string(out)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		us, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if !ok || err != nil || us <= 0 {
			t.Fatalf("ALK_C_ANCHOR prints %q", line)
		}
		times[name] = us
	}
	return times
}

// proxies says how many of C's operations one verification of btcec lasts, as measured
// once on the reference machine, and which names of the C anchor say it truly.
var proxies = map[string]struct {
	factor float64
	names  []string
}{
	"G1": {1.32, []string{"ecdsa_adaptor_verify"}},
	"G2": {1.63, []string{"ecdsa_adaptor_encrypt", "combine_20"}},
	"G4": {0.71, []string{"ecdsa_adaptor_verify", "ecdsa_adaptor_encrypt", "combine_20", "combine_20"}},
	"G6": {1.32, []string{"ecdsa_adaptor_verify"}},
}

// add takes the medians of a row.
func (r *report) add(at row) {
	if len(at.ratios) > 0 {
		at.Ratio, at.Anchor, at.Own = median(at.ratios), median(at.anchors), median(at.owns)
	}
	if at.Unit == "" {
		at.Unit = "ns"
	}
	if p, ok := proxies[at.ID]; ok {
		at.ToC, at.ToCNote = at.Ratio/p.factor, "proxy"
		if r.c != nil {
			at.ToC, at.ToCNote = 0, "measured"
			for _, name := range p.names {
				at.ToC += r.c[name] * 1000 / at.Own
			}
		}
	}
	if us := r.c["field_mul"]; at.ID == "G7" && us > 0 {
		at.ToC, at.ToCNote = us*1000/at.Own, "measured"
	}
	r.rows = append(r.rows, at)
}

// print writes the table and the JSON, and fails for what is below the must column.
func (r *report) print(t *testing.T) {
	t.Helper()
	info := machine(t)
	fmt.Printf("%s, %s, %s, %s, btcec %s, decred secp256k1 %s\n", info["cpu"], info["go"], info["arch"], info["path"], info["btcec"], info["decred"])
	fmt.Printf("%s run: N = %d, %d alternating rounds, medians of thread processor time; the gates are open\n\n", r.scale.name, r.scale.n, r.scale.rounds)
	fmt.Printf("| # | step | ratio | must | ambitious | anchor | own | to C |\n|---|---|---:|---:|---:|---:|---:|---:|\n")
	for _, at := range r.rows {
		fmt.Printf("| %s | %s | %.2f | %s | %s | %.4g %s | %.4g %s | %s |\n", at.ID, at.Step, at.Ratio,
			optional(at.demanded(r.scale), ""), optional(at.Ambitious, ""), at.Anchor, at.Unit, at.Own, at.Unit, optional(at.ToC, " "+at.ToCNote))
		if must := at.demanded(r.scale); at.Ratio < must {
			t.Errorf("%s (%s): %.2f, must be %.2f", at.ID, at.Step, at.Ratio, must)
		}
		if at.ID == "G7" && at.ToCNote == "measured" && at.ToC < 1/0.75 {
			t.Errorf("G7: %.2f of C's multiplication, must be at most 0.75", 1/at.ToC)
		}
	}
	raw, err := json.Marshal(map[string]any{"machine": info, "n": r.scale.n, "rounds": r.scale.rounds, "rows": r.rows})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\n%s\n", raw)
}

// demanded returns the ratio below which the run fails.
func (r *row) demanded(s scale) float64 {
	if r.exact {
		return r.Must
	}
	return r.Must * s.keep
}

func optional(x float64, note string) string {
	if x == 0 {
		return "-"
	}
	return strconv.FormatFloat(x, 'g', 3, 64) + note
}

// machine describes where and with what the run was made.
func machine(t *testing.T) map[string]string {
	t.Helper()
	info := map[string]string{
		"cpu": "unknown processor", "go": runtime.Version(), "arch": runtime.GOOS + "/" + runtime.GOARCH,
		"path": secp.Implementation(), "btcec": "unknown", "decred": "unknown",
	}
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, ok := strings.Cut(string(raw), "model name"); ok {
			line, _, _ := strings.Cut(rest, "\n")
			info["cpu"] = strings.Trim(line, "\t :")
		}
	}
	raw, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		switch f := strings.Fields(line); {
		case len(f) < 2:
		case f[0] == "github.com/btcsuite/btcd/btcec/v2":
			info["btcec"] = f[1]
		case f[0] == "github.com/decred/dcrd/dcrec/secp256k1/v4":
			info["decred"] = f[1]
		default:
		}
	}
	return info
}

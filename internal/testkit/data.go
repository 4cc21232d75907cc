package testkit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Variables that name the folders of test vectors and of recorded chain data.
// Relative paths count from the module's root.
const (
	VectorsEnv = "ALK_VECTORS"
	DataEnv    = "ALK_DATA"
)

// library is a folder of files that are not part of the repository.
type library struct {
	kind     string
	env      string
	fallback string
	// sources says where the public original of a file is, by the longest
	// prefix of its name.
	sources map[string]string
}

var vectors = library{
	kind:     "vectors",
	env:      VectorsEnv,
	fallback: "../shared/vectors",
	sources: map[string]string{
		"":                        "the project's own sets; see CONTRIBUTING.md",
		"bips/bip327/":            "repository bitcoin/bips, bip-0327/vectors",
		"bips/bip340":             "repository bitcoin/bips, bip-0340/test-vectors.csv",
		"bips/bip341":             "repository bitcoin/bips, bip-0341/wallet-test-vectors.json",
		"contract-id.json":        "repository discreetlogcontracts/dlcspecs, test/contract_id_test.json",
		"ddk-messages/":           "repository bennyhodl/dlcdevkit, dlc-messages/src/test_inputs",
		"dlc-messages/":           "repository discreetlogcontracts/dlcspecs, test/test_vectors",
		"dlcspecs-fee-scripts":    "repository discreetlogcontracts/dlcspecs, test/dlc_fee_test_scripts.json",
		"dlcspecs-fees":           "repository discreetlogcontracts/dlcspecs, test/dlc_fee_test.json",
		"ecdsa-adaptor":           "repository discreetlogcontracts/dlcspecs, test/ecdsa_adaptor.json",
		"oracle-sigpoint":         "repository discreetlogcontracts/dlcspecs, test/dlc_schnorr_test.json",
		"outcome-hash":            "repository discreetlogcontracts/dlcspecs, test/dlc_hash_test.json",
		"schnorr-adaptor-presig":  "repository bitcoin-s/bitcoin-s, adaptor-sigs/schnorr/presig_vectors.csv",
		"schnorr-adaptor-adapt":   "repository bitcoin-s/bitcoin-s, adaptor-sigs/schnorr/adapt_vectors.csv",
		"schnorr-adaptor-extract": "repository bitcoin-s/bitcoin-s, adaptor-sigs/schnorr/secadaptor_vectors.csv",
	},
}

var recorded = library{
	kind:     "data",
	env:      DataEnv,
	fallback: "../shared/data",
	sources: map[string]string{
		"":              "any Bitcoin full node",
		"blocks/":       "repository EthanYuan/ckb-bitcoin-spv-testdata, or any Bitcoin full node",
		"btc-daily.csv": "Coin Metrics community data, csv/btc.csv",
		"headers-":      "repository EthanYuan/ckb-bitcoin-spv-testdata, or any Bitcoin full node",
		"txoutproofs/":  "repository EthanYuan/ckb-bitcoin-spv-testdata, or any Bitcoin full node",
	},
}

// Data returns the content of a file of recorded chain data, for example
// "blocks/mainnet-831328.bin". The folder is $ALK_DATA; without the variable, a
// folder beside the repository. If there is no such folder the test is skipped
// aloud; a folder that lacks the file fails it.
func Data(t testing.TB, name string) []byte {
	t.Helper()
	return read(t, DataPath(t, name))
}

// DataPath is Data for a test that opens the file itself; it returns an
// absolute path.
func DataPath(t testing.TB, name string) string {
	t.Helper()
	return recorded.path(t, ModuleRoot(t), name)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path) //nolint:gosec // G304: tests read the folder that their user names
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// folder returns the library's folder, or ends the test: aloud if nobody named
// one, as a failure if the one that was named is not there.
func (l library) folder(t testing.TB, root, name string) string {
	t.Helper()
	folder, named := os.LookupEnv(l.env)
	if !named || folder == "" {
		folder, named = l.fallback, false
	}
	folder = filepath.FromSlash(folder)
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(root, folder)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		if named {
			t.Fatalf("%s: %s is not a folder", l.env, folder)
		}
		t.Skipf("%s%s: %s: set %s; public source: %s", SkipLoud, l.kind, name, l.env, l.source(name))
	}
	return folder
}

func (l library) path(t testing.TB, root, name string) string {
	t.Helper()
	path := filepath.Join(l.folder(t, root, name), filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s: %v; public source: %s", l.kind, err, l.source(name))
	}
	return path
}

func (l library) source(name string) string {
	best := ""
	for prefix := range l.sources {
		if strings.HasPrefix(name, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return l.sources[best]
}

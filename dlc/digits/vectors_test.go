package digits_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/internal/testkit"
)

// What may lie in the folder of vectors. Files of the first group are run by
// the tests of the packages they belong to.
var (
	run = []string{
		"bips/bip340-test-vectors.csv", "bips/bip341-wallet-test-vectors.json",
		"bips/bip327/key_agg_vectors.json", "bips/bip327/key_sort_vectors.json", "bips/bip327/nonce_agg_vectors.json",
		"bips/bip327/nonce_gen_vectors.json", "bips/bip327/sig_agg_vectors.json", "bips/bip327/sign_verify_vectors.json",
		"bips/bip327/tweak_vectors.json",
		"schnorr-adaptor-presig.json", "schnorr-adaptor-adapt.json", "schnorr-adaptor-extract.json", "schnorr-adaptor.json",
		"contract-id.json", "outcome-hash.json", "oracle-sigpoint.json", "oracle-messages.json",
		"prefix-covers-base2.json", "prefix-covers-base10.json", "payout-functions.json", "taproot-contracts.json",
		"oracle-events.json", "oracle-tampered.json", "index-hp1.json",
	}
	skipped = []string{"bips/bip327/det_sign_vectors.json"}
	later   = []string{"ecdsa-adaptor.json", "dlcspecs-fees.json", "dlcspecs-fee-scripts.json"}

	laterFolders = []string{"dlc-messages", "ddk-messages", "offers-to-reject"}
)

// isLater says whether a file belongs to the p2wsh profiles, which come later.
func isLater(file string) bool {
	folder, name, nested := strings.Cut(file, "/")
	return slices.Contains(later, file) ||
		nested && slices.Contains(laterFolders, folder) && strings.HasSuffix(name, ".json") && !strings.Contains(name, "/")
}

func TestNamesOfVectorsAreKnown(t *testing.T) {
	for _, file := range testkit.VectorFiles(t) {
		switch {
		case file == "README.md" || slices.Contains(run, file):
		case slices.Contains(skipped, file):
			testkit.NoteVectors(file, "skipped, not used")
		case isLater(file):
			testkit.NoteVectors(file, "later profile")
		default:
			t.Errorf("vectors: %s: unknown name", file)
		}
	}
}

func TestOnlyNamedVectorsAreKnown(t *testing.T) {
	for file, want := range map[string]bool{
		"ecdsa-adaptor.json": true, "dlc-messages/enum_single.json": true, "offers-to-reject/x.json": true,
		"dlc-messages/x.txt": false, "dlc-messages/a/b.json": false, "x.json": false, "later/x.json": false,
	} {
		if isLater(file) != want {
			t.Errorf("%s: later profile %v", file, !want)
		}
	}
}

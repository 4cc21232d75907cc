package arch

import (
	"slices"
	"strings"
)

// topFolders are the folders that may stand in the module's root. Another one
// needs a decision record.
var topFolders = []string{"dlc", "oracle", "wallet", "cmd", "evmbridge", "itest", "node", "internal", "docs", ".ci"}

// CheckFolders returns the files, given by slash-separated paths relative to
// the module, that stand in a top-level folder which is not among the agreed
// ones; one violation for each folder. Files in the root itself are free.
func CheckFolders(files []string) []Violation {
	var out []Violation
	seen := map[string]bool{}
	for _, file := range files {
		top, _, nested := strings.Cut(file, "/")
		if !nested || seen[top] || slices.Contains(topFolders, top) {
			continue
		}
		seen[top] = true
		out = append(out, Violation{
			Rule: "top-level folders", Importer: top,
			Why: "a new one needs a decision record; agreed are " + strings.Join(topFolders, ", "),
		})
	}
	return out
}

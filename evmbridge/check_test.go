package evmbridge_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
)

// is is errors.Is that takes nil for success.
func is(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}

// changing returns the names of the functions of an ABI that change something.
func changing(t *testing.T, raw string) []string {
	t.Helper()
	parsed, err := abi.JSON(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range parsed.Methods {
		if !m.IsConstant() {
			names = append(names, m.RawName)
		}
	}
	return names
}

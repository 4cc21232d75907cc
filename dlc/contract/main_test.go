package contract_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps the laws short, since one check plays a whole life;
// -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

package contract_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain keeps the laws short, since one check plays a whole life;
// -rapid.checks asks for more.
func TestMain(m *testing.M) {
	checks := "15"
	if raced {
		checks = "3"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

//go:build crashpoints

package crashpoint

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Enabled says that the program was built with crash points.
const Enabled = true

var (
	wanted, nth = parse(os.Getenv(Variable))
	passed      atomic.Int64
)

// parse reads the variable's value; a count that is no number means the first.
func parse(value string) (name string, n int64) {
	name, count, found := strings.Cut(value, ":")
	if !found {
		return name, 1
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 {
		return name, 1
	}
	return name, n
}

// Here kills the process if the environment names this place. It is safe for
// concurrent use.
func Here(name string) {
	if wanted == "" || name != wanted || passed.Add(1) != nth {
		return
	}
	die()
}

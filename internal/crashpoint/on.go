//go:build crashpoints

package crashpoint

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Enabled says that the program was built with crash points.
const Enabled = true

var (
	wanted, nth = parse(os.Getenv(Variable))
	passed      atomic.Int64
	listed      list
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
	if path := os.Getenv(ListVariable); path != "" {
		listed.add(path, name)
	}
	if wanted == "" || name != wanted || passed.Add(1) != nth {
		return
	}
	die()
}

// list are the places that the process came by.
type list struct {
	mu    sync.Mutex
	known map[string]bool
}

// add appends a name to the file, once. A file that cannot be written lacks it.
func (l *list) add(path, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[name] {
		return
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) //nolint:gosec // G703: a test's own file
	if err != nil {
		return
	}
	_, err = f.WriteString(name + "\n")
	if closed := f.Close(); err != nil || closed != nil {
		return
	}
	if l.known == nil {
		l.known = make(map[string]bool)
	}
	l.known[name] = true
}

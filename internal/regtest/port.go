package regtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofrs/flock"
)

// Ports are taken below the range from which systems number outgoing
// connections, so that a port stays free while its owner restarts.
const (
	firstPort = 10_000
	lastPort  = 30_000
	portTries = 500
)

// Port is a TCP port of 127.0.0.1 that nothing else run by this package, in
// any process of this user, is given until Release.
type Port struct {
	// Number is the port.
	Number int
	lock   *flock.Flock
}

// Addr is 127.0.0.1 with the port.
func (p *Port) Addr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Number))
}

// Release gives the port back. It may be called more than once.
func (p *Port) Release() error { return p.lock.Unlock() }

// ReservePort finds a port on which nobody listens and reserves it through a
// locked file, which the system unlocks when the process ends.
func ReservePort() (*Port, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("alkimiya-ports-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of port locks: %w", err)
	}
	for range portTries {
		number := firstPort + rand.IntN(lastPort-firstPort) //nolint:gosec // not a secret
		lock := flock.New(filepath.Join(dir, strconv.Itoa(number)))
		locked, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock port %d: %w", number, err)
		}
		if !locked {
			continue
		}
		port := &Port{Number: number, lock: lock}
		listener, err := net.Listen("tcp", port.Addr())
		if err == nil {
			err = listener.Close()
		}
		if err == nil {
			return port, nil
		}
		if err := port.Release(); err != nil {
			return nil, fmt.Errorf("unlock port %d: %w", number, err)
		}
	}
	return nil, errors.New("no free port on 127.0.0.1")
}

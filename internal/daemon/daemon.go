// Package daemon is what every daemon of this module does alike: keep its secrets
// to its owner, hold its data directory alone, read secrets from private files,
// listen for health and metrics on the loopback interface only.
//
// It is not a framework: it starts nothing and knows no program. Its invariant: a
// file with a secret that others could read is refused before it is read.
package daemon

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Errors, wrapped with the path or address.
var (
	// ErrInUse: another process holds the data directory.
	ErrInUse = errors.New("data directory is in use by another process")
	// ErrPermissions: others can read what only the owner may.
	ErrPermissions = errors.New("readable by other users")
	// ErrSecretFile: a file is no regular file, or too long for a secret.
	ErrSecretFile = errors.New("not a file with a secret")
	// ErrNotLoopback: an address that must be this machine's own is not.
	ErrNotLoopback = errors.New("not a loopback address")
)

// maxSecret bounds what is read of a file that holds one secret.
const maxSecret = 4096

// Lock makes dir, which must be the owner's alone, and takes the lock file name in
// it. It fails with ErrPermissions or ErrInUse. The caller unlocks.
func Lock(dir, name string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o; run chmod 700 on it", ErrPermissions, dir, info.Mode().Perm())
	}
	lock := flock.New(filepath.Join(dir, name), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	return lock, nil
}

// CheckPrivate refuses a file that others could read, or that is no regular file.
// It fails with ErrPermissions, ErrSecretFile or an error of the file system.
func CheckPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: %s is not a regular file", ErrSecretFile, path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%w: %s has mode %04o; run chmod 600 on it", ErrPermissions, path, info.Mode().Perm())
	}
	return nil
}

// ReadSecret reads one line from a private file, which the caller wipes. It fails as
// CheckPrivate does.
func ReadSecret(path string) ([]byte, error) {
	if err := CheckPrivate(path); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(raw) > maxSecret {
		clear(raw)
		return nil, fmt.Errorf("%w: %s is longer than %d bytes", ErrSecretFile, path, maxSecret)
	}
	for len(raw) > 0 && (raw[len(raw)-1] == '\n' || raw[len(raw)-1] == '\r') {
		raw = raw[:len(raw)-1]
	}
	return raw, nil
}

// IsLoopback says whether a host, without port, is this machine.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// CheckLoopback fails with ErrNotLoopback unless address, host:port, is this
// machine's own.
func CheckLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if !IsLoopback(host) {
		return fmt.Errorf("%w: %q", ErrNotLoopback, address)
	}
	return nil
}

package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// keptSuffix ends the name of a file that was put aside.
const keptSuffix = ".kept"

// Alarm tells the user about a contract, or with a zero key about all of them. It is
// on disk when it returns nil.
type Alarm func(key [32]byte, reason string) error

// Kept lists the names of files that were put aside since the store did not hold what
// they do, by name.
func (f *Folder) Kept() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read folder of recovery files: %w", err)
	}
	var kept []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), keptSuffix) {
			kept = append(kept, e.Name())
		}
	}
	return kept, nil
}

// keep puts the file of a contract aside, with an alarm, unless record, of what the
// store holds now, has all that is in it. Nothing else replaces or deletes a file: it
// may be all there is of what was signed.
func (f *Folder) keep(key [32]byte, record []byte) error {
	data, err := read(filepath.Join(f.dir, FileName(key)), maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil && !errors.Is(err, ErrFormat):
		return fmt.Errorf("read recovery file: %w", err)
	case err == nil:
		if err = f.seal.covers(record, data); err == nil {
			return nil
		}
	}
	sum := sha256.Sum256(data)
	name := strings.TrimSuffix(FileName(key), suffix) + "." + hex.EncodeToString(sum[:4]) + keptSuffix
	// Told first: what is put aside is not looked at again.
	reason := fmt.Sprintf("the store does not hold what recovery file %s does (%v); it is kept as %s in %s", FileName(key), err, name, f.dir)
	if err := f.tellAside(key, name, reason); err != nil {
		return fmt.Errorf("tell that a recovery file is put aside: %w", err)
	}
	f.log.Error("recovery file put aside", "name", name, "path", f.dir, "why", err)
	if err := os.Rename(filepath.Join(f.dir, FileName(key)), filepath.Join(f.dir, name)); err != nil {
		return fmt.Errorf("put recovery file aside: %w", err)
	}
	return syncDir(f.dir)
}

// tellAside tells the user of a file that is put aside, once: while the medium takes
// nothing it is tried again and again.
func (f *Folder) tellAside(key [32]byte, name, reason string) error {
	f.mu.Lock()
	told := f.aside[name]
	f.mu.Unlock()
	if told {
		return nil
	}
	if err := f.alarm(key, reason); err != nil {
		return err
	}
	f.mu.Lock()
	f.aside[name] = true
	f.mu.Unlock()
	return nil
}

// errBehind means that the store's contract lacks something that a file has.
var errBehind = errors.New("the store is behind")

// covers returns nil if a record, which may be nil, has all that is in a file.
func (s *Seal) covers(record, file []byte) error {
	opened, err := s.Open(file)
	if err != nil {
		return err
	}
	if record == nil {
		return fmt.Errorf("%w: not signed", errBehind)
	}
	before, err := contract.DecodeRecovery(opened)
	if err != nil {
		return err
	}
	now, err := contract.DecodeRecovery(record)
	if err != nil {
		return err
	}
	return follows(now, before)
}

// follows returns nil if a contract may have gone on from one record to another: the
// same terms and signatures, and nothing lost.
func follows(now, before contract.Recovery) error {
	switch {
	case now.Role != before.Role || now.Peer != before.Peer || !bytes.Equal(now.Tower, before.Tower):
		return fmt.Errorf("%w: other terms or signatures", errBehind)
	case now.NextAttempt < before.NextAttempt || now.PeerAttempt < before.PeerAttempt:
		return fmt.Errorf("%w: attempts %d and %d after %d and %d", errBehind,
			now.NextAttempt, now.PeerAttempt, before.NextAttempt, before.PeerAttempt)
	}
	for _, c := range before.Claims {
		kept := slices.ContainsFunc(now.Claims, func(n contract.Claim) bool {
			return n.Attempt == c.Attempt && n.Txid == c.Txid && (n.Signed || !c.Signed) && bytes.Equal(n.Void, c.Void)
		})
		if !kept {
			return fmt.Errorf("%w: close %s of attempt %d", errBehind, c.Txid, c.Attempt)
		}
	}
	for _, a := range before.Attestations {
		if !slices.ContainsFunc(now.Attestations, func(n []byte) bool { return bytes.Equal(n, a) }) {
			return fmt.Errorf("%w: an attestation", errBehind)
		}
	}
	return nil
}

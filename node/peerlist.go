package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/alkimiya/alkimiya/node/peer"
)

// peerList are the peers to stay connected with: those of the configuration, and
// those added by the user, which a file keeps. Safe for concurrent use.
type peerList struct {
	path string

	mu         sync.Mutex
	configured []peer.Address
	added      []peer.Address
}

// maxPeerFile bounds the file of peers, bytes.
const maxPeerFile = 4 << 20

// openPeerList reads the file, if there is one.
func openPeerList(path string, configured []string) (*peerList, error) {
	l := &peerList{path: path}
	for _, text := range configured {
		address, err := peer.ParseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("%w: peer: %w", ErrConfig, err)
		}
		l.configured = append(l.configured, address)
	}
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list of peers: %w", err)
	}
	if info.Size() > maxPeerFile {
		return nil, fmt.Errorf("list of peers: %s has %d bytes, limit %d", path, info.Size(), maxPeerFile)
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("list of peers: %w", err)
	}
	var texts []string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("list of peers %s: %w", path, err)
	}
	for _, text := range texts {
		address, err := peer.ParseAddress(text)
		if err != nil {
			return nil, fmt.Errorf("list of peers %s: %w", path, err)
		}
		l.added = append(l.added, address)
	}
	return l, nil
}

// all returns every peer once; an address that was added beats a configured one.
func (l *peerList) all() []peer.Address {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Clone(l.added)
	for _, address := range l.configured {
		if !slices.ContainsFunc(all, func(a peer.Address) bool { return a.Key == address.Key }) {
			all = append(all, address)
		}
	}
	return all
}

// known reports whether a node is on the list.
func (l *peerList) known(k peer.Key) bool {
	return slices.ContainsFunc(l.all(), func(a peer.Address) bool { return a.Key == k })
}

// add keeps a peer, in place of another address of the same node.
func (l *peerList) add(address peer.Address) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(l.added), func(a peer.Address) bool { return a.Key == address.Key })
	return l.write(append(next, address))
}

// remove forgets a peer until the next start, if it is configured, and for good
// otherwise; false if it is not on the list.
func (l *peerList) remove(k peer.Key) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := func(a peer.Address) bool { return a.Key == k }
	found := slices.ContainsFunc(l.added, gone) || slices.ContainsFunc(l.configured, gone)
	l.configured = slices.DeleteFunc(l.configured, gone)
	if !slices.ContainsFunc(l.added, gone) {
		return found, nil
	}
	return found, l.write(slices.DeleteFunc(slices.Clone(l.added), gone))
}

// write replaces the file by one that is complete. It wants the lock held.
func (l *peerList) write(added []peer.Address) error {
	texts := make([]string, 0, len(added))
	for _, address := range added {
		texts = append(texts, address.String())
	}
	raw, err := json.MarshalIndent(texts, "", "  ")
	if err != nil {
		return err
	}
	temp := l.path + ".new"
	if err := os.WriteFile(temp, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("list of peers: %w", err)
	}
	if err := os.Rename(temp, l.path); err != nil {
		return fmt.Errorf("list of peers: %w", err)
	}
	l.added = added
	return nil
}

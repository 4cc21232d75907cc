package feed

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alkimiya/alkimiya/oracle/api"
)

// Oracle is an oracle on the allow-list.
type Oracle struct {
	// Key is its x-only key.
	Key [32]byte
	// Name is the owner's, at most 64 bytes of printable text.
	Name string
	// URL is where it serves; empty for one that is fed by hand.
	URL string
	// Dropped says that it is off the allow-list, and known only for contracts that
	// still wait for it.
	Dropped bool
}

// oracleJSON is an Oracle in the list's file.
type oracleJSON struct {
	Key  string `json:"key"`
	Name string `json:"name,omitempty"`
	URL  string `json:"url,omitempty"`
	// Dropped keeps an oracle for contracts that wait for it.
	Dropped bool `json:"dropped,omitempty"`
}

// ParseOracle reads KEY@URL, KEY, or NAME=KEY@URL; ErrOracle.
func ParseOracle(text string) (Oracle, error) {
	var o Oracle
	rest := text
	if name, after, found := strings.Cut(text, "="); found && !strings.Contains(name, "@") {
		o.Name, rest = name, after
	}
	key, url, _ := strings.Cut(rest, "@")
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != len(o.Key) {
		return o, fmt.Errorf("%w: key %q is not 64 hex digits", ErrOracle, key)
	}
	copy(o.Key[:], raw)
	o.URL = url
	return o, o.check()
}

func (o *Oracle) check() error {
	if len(o.Name) > 64 || strings.ContainsFunc(o.Name, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		return fmt.Errorf("%w: name %q", ErrOracle, o.Name)
	}
	if o.URL == "" {
		return nil
	}
	url, err := api.ParseAddress(o.URL)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	o.URL = url
	return nil
}

func (f *Feed) oraclesFile() string { return filepath.Join(f.cfg.Dir, "oracles.json") }

// loadOracles puts those of the configuration first, then those of the file.
func (f *Feed) loadOracles() error {
	for _, o := range f.cfg.Oracles {
		if err := o.check(); err != nil {
			return err
		}
		f.oracles = appendOracle(f.oracles, o)
	}
	f.fixed = len(f.oracles)
	raw, err := os.ReadFile(f.oraclesFile())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read list of oracles: %w", err)
	}
	var list []oracleJSON
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("%w: list of oracles %s: %w", ErrOracle, f.oraclesFile(), err)
		}
	}
	for _, j := range list {
		o, err := ParseOracle(j.Key + "@" + j.URL)
		if err != nil {
			return err
		}
		o.Name, o.Dropped = j.Name, j.Dropped
		f.oracles = appendOracle(f.oracles, o)
	}
	return f.connect()
}

// appendOracle adds an oracle whose key is not in the list yet.
func appendOracle(list []Oracle, o Oracle) []Oracle {
	if slices.ContainsFunc(list, func(other Oracle) bool { return other.Key == o.Key }) {
		return list
	}
	return append(list, o)
}

// connect makes the client of the present list.
func (f *Feed) connect() error {
	members := make([]api.Member, 0, len(f.oracles))
	for _, o := range f.oracles {
		members = append(members, api.Member{Key: o.Key, URL: o.URL})
	}
	client, err := api.NewClient(api.ClientConfig{
		Members: members, CacheDir: filepath.Join(f.cfg.Dir, "oracles"), Transport: f.cfg.Transport,
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	f.client = client
	return nil
}

// save writes the oracles that are not of the configuration, atomically.
func (f *Feed) save() error {
	list := make([]oracleJSON, 0, len(f.oracles))
	for _, o := range f.oracles[f.fixed:] {
		list = append(list, oracleJSON{Key: hex.EncodeToString(o.Key[:]), Name: o.Name, URL: o.URL, Dropped: o.Dropped})
	}
	raw, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.oraclesFile(), raw)
}

// writeFile replaces a file as a whole, synced.
func writeFile(path string, raw []byte) (err error) {
	temp := path + ".new"
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // G304: a file of the data directory
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.Write(raw)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Oracles returns the allow-list, those of the configuration first.
func (f *Feed) Oracles() []Oracle {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(f.oracles), func(o Oracle) bool { return o.Dropped })
}

// Allowed are the keys on the allow-list, ascending.
func (f *Feed) Allowed() [][32]byte {
	list := f.Oracles()
	keys := make([][32]byte, 0, len(list))
	for _, o := range list {
		keys = append(keys, o.Key)
	}
	slices.SortFunc(keys, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return keys
}

// AddOracle puts an oracle on the allow-list for good; one whose key is there
// already gets the new name and address. With a zero key it is asked for its key,
// which the owner should compare with what he knows. It fails with ErrOracle, or as
// api.Probe does.
func (f *Feed) AddOracle(ctx context.Context, o Oracle) (Oracle, error) {
	if err := o.check(); err != nil {
		return o, err
	}
	if o.Key == ([32]byte{}) {
		info, err := api.Probe(ctx, f.cfg.Transport, o.URL)
		if err != nil {
			return o, err
		}
		if len(info.Key) != len(o.Key) {
			return o, fmt.Errorf("%w: %s tells a key of %d bytes", ErrOracle, o.URL, len(info.Key))
		}
		copy(o.Key[:], info.Key)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	before := slices.Clone(f.oracles)
	at := slices.IndexFunc(f.oracles, func(other Oracle) bool { return other.Key == o.Key })
	switch {
	case at >= 0 && at < f.fixed:
		return o, fmt.Errorf("%w: %x is in the configuration", ErrOracle, o.Key)
	case at >= 0:
		f.oracles = slices.Clone(f.oracles)
		f.oracles[at] = o
	default:
		f.oracles = append(slices.Clone(f.oracles), o)
	}
	if err := errors.Join(f.connect(), f.save()); err != nil {
		f.oracles = before
		return o, errors.Join(err, f.connect())
	}
	wake(f.watches.wake)
	return o, nil
}

// RemoveOracle takes an oracle off the allow-list. Contracts that need it go on.
// It fails with ErrOracle if it is not there, or is in the configuration.
func (f *Feed) RemoveOracle(key [32]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.oracles, func(o Oracle) bool { return o.Key == key && !o.Dropped })
	if at < 0 {
		return fmt.Errorf("%w: %x is not on the list", ErrOracle, key)
	}
	if at < f.fixed {
		return fmt.Errorf("%w: %x is in the configuration", ErrOracle, key)
	}
	before := f.oracles
	f.oracles = slices.Clone(f.oracles)
	f.oracles[at].Dropped = true
	if err := f.save(); err != nil {
		f.oracles = before
		return err
	}
	return nil
}

func (f *Feed) api() *api.Client {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.client
}

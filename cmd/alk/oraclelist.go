package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/alkimiya/alkimiya/oracle/api"
)

const (
	oracleList  = "oracles.json"
	oracleCache = "oracle-cache"
	// maxOracleList bounds the list in bytes.
	maxOracleList = 1 << 20
)

// Errors of the list of oracles.
var (
	errNoOracle   = errors.New("no oracle is known")
	errOracleName = errors.New("oracle")
)

// knownOracle is one line of the list of oracles that alk reads.
type knownOracle struct {
	Name string    `json:"name"`
	Key  api.Bytes `json:"key"`
	URL  string    `json:"url"`
}

func (o knownOracle) member() api.Member { return api.Member{Key: [32]byte(o.Key), URL: o.URL} }

func (a *app) oracleListPath() string { return filepath.Join(a.dir(), oracleList) }

// knownOracles reads the list; no file is an empty one.
func (a *app) knownOracles() ([]knownOracle, error) {
	info, err := os.Stat(a.oracleListPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > maxOracleList {
		return nil, fmt.Errorf("%w: %s is too long", errOracleName, a.oracleListPath())
	}
	raw, err := os.ReadFile(a.oracleListPath())
	if err != nil {
		return nil, err
	}
	var list []knownOracle
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errOracleName, a.oracleListPath(), err)
	}
	for _, o := range list {
		if _, err := api.ParseAddress(o.URL); err != nil || len(o.Key) != 32 {
			return nil, fmt.Errorf("%w: %s: %q has no key or address", errOracleName, a.oracleListPath(), o.Name)
		}
	}
	return list, nil
}

// keepOracles writes the list, whole or not at all.
func (a *app) keepOracles(list []knownOracle) error {
	raw, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return err
	}
	temp := a.oracleListPath() + ".tmp"
	if err := os.WriteFile(temp, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, a.oracleListPath())
}

// parseOracle reads KEY@URL.
func parseOracle(text string) (knownOracle, error) {
	key, address, found := strings.Cut(text, "@")
	raw, err := hex.DecodeString(key)
	if !found || err != nil || len(raw) != 32 {
		return knownOracle{}, errUsage("write 64 hexadecimal digits, @, and the address: KEY@https://oracle.example", "%q is no oracle", text)
	}
	url, err := api.ParseAddress(address)
	return knownOracle{Name: key[:8], Key: raw, URL: url}, err
}

// chosenOracles are those that the flag names, by name or as KEY@URL; all of the list
// if it names none.
func (a *app) chosenOracles(names []string) ([]knownOracle, error) {
	list, err := a.knownOracles()
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if len(list) == 0 {
			return nil, &problem{err: errNoOracle, exit: exitUsage, hint: "add one with `alk oracle add`, or name one with --oracle KEY@URL"}
		}
		return list, nil
	}
	var chosen []knownOracle
	for _, name := range names {
		if strings.Contains(name, "@") {
			o, err := parseOracle(name)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, o)
			continue
		}
		o, ok := findOracle(list, name)
		if !ok {
			return nil, errUsage("`alk oracle list` shows those that are known", "no oracle is called %q", name)
		}
		chosen = append(chosen, o)
	}
	return chosen, nil
}

func findOracle(list []knownOracle, name string) (knownOracle, bool) {
	for _, o := range list {
		if o.Name == name {
			return o, true
		}
	}
	return knownOracle{}, false
}

// reader is a client of the chosen oracles. What it verified is kept on disk.
func (a *app) reader(names []string) ([]knownOracle, *api.Client, error) {
	list, err := a.chosenOracles(names)
	if err != nil {
		return nil, nil, err
	}
	members := make([]api.Member, len(list))
	for i, o := range list {
		members[i] = o.member()
	}
	c, err := api.NewClient(api.ClientConfig{
		Members: members, CacheDir: filepath.Join(a.dir(), oracleCache), Transport: http.DefaultTransport, Timeout: a.timeout,
	})
	return list, c, err
}

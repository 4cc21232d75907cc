// Package settings gives every daemon of this module one way to be configured: a
// flag beats a variable of the environment, that beats the configuration file, and
// that beats the default.
//
// It knows no setting: the flags of the program are the settings. Its invariant: a
// key of the file that no flag has is refused, so that a misspelt setting is never
// silently without effect.
package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// ErrFile says that the configuration file cannot be used.
var ErrFile = errors.New("configuration file")

// Names are what differs between programs.
type Names struct {
	// Env begins the variables: with ALKD, --rpc-listen is ALKD_RPC_LISTEN.
	Env string
	// File is the configuration file in the folder of the flag datadir; the flag
	// config names another one.
	File string
	// NotInFile are flags that make no sense in a file, beside config, dumpconfig,
	// help and version.
	NotInFile []string
}

func (n Names) inFile(key string) bool {
	return !slices.Contains([]string{"config", "dumpconfig", "help", "version"}, key) && !slices.Contains(n.NotInFile, key)
}

// Load merges flags, environment and file. It fails with ErrFile.
func Load(flags *pflag.FlagSet, names Names) (*viper.Viper, error) {
	v := viper.New()
	v.SetEnvPrefix(names.Env)
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	if err := v.BindPFlags(flags); err != nil {
		return nil, err
	}
	path, named := v.GetString("config"), true
	if path == "" {
		path, named = filepath.Join(v.GetString("datadir"), names.File), false
	}
	v.SetConfigFile(path)
	v.SetConfigType("toml")
	switch err := v.ReadInConfig(); {
	case err == nil:
	case !named && errors.Is(err, os.ErrNotExist):
		return v, nil
	default:
		return nil, fmt.Errorf("%w %s: %w", ErrFile, path, err)
	}
	return v, names.checkKeys(path, flags)
}

func (n Names) checkKeys(path string, flags *pflag.FlagSet) error {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("%w %s: %w", ErrFile, path, err)
	}
	var keys map[string]any
	if err := toml.Unmarshal(raw, &keys); err != nil {
		return fmt.Errorf("%w %s: %w", ErrFile, path, err)
	}
	list := make([]string, 0, len(keys))
	for key := range keys {
		list = append(list, key)
	}
	sort.Strings(list)
	for _, key := range list {
		if flags.Lookup(key) == nil || !n.inFile(key) {
			return fmt.Errorf("%w %s: unknown key %q", ErrFile, path, key)
		}
	}
	return nil
}

// Dump prints the settings in force as a configuration file.
func Dump(out io.Writer, v *viper.Viper, names Names) error {
	values := make(map[string]any)
	for key, value := range v.AllSettings() {
		if names.inFile(key) {
			values[key] = value
		}
	}
	return toml.NewEncoder(out).Encode(values)
}

// List reads a list, nil if it is empty.
func List(v *viper.Viper, key string) []string {
	items := v.GetStringSlice(key)
	if len(items) == 0 {
		return nil
	}
	return items
}

// DefaultDir is where the data of all programs lies unless told otherwise.
func DefaultDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".alkimiya"
	}
	return filepath.Join(home, ".alkimiya")
}

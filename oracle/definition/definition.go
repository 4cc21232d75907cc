// Package definition is the file by which an operator registers an index whose values
// are reported: oracles and nodes read the same one (docs/oracle.md).
//
// It reads the file and judges its form; what an index may be is oracle/index's, and
// where an oracle has the values from is oracle/report's. Its invariant: the same file
// gives the same index, and so the same parameter hash, to everybody; a key that is
// not known is an error, not something to skip.
package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// ErrFile says that a file defines no index: it is too long, no TOML, or has keys that
// are not known.
var ErrFile = errors.New("definition of an index")

// MaxFile bounds a file in bytes.
const MaxFile = 64 << 10

// Definition is what a file says.
type Definition struct {
	// Index is the index itself, Entry its entry in the registry.
	Index index.Reported
	Entry index.Entry
	// File or Command say where an oracle has the values from; a node needs neither. A
	// relative File has been taken to lie beside the definition.
	File    string
	Command []string
}

// layout is the file.
type layout struct {
	ID            string   `toml:"id"`
	Legs          []string `toml:"legs"`
	DayUnit       string   `toml:"day-unit"`
	CumUnit       string   `toml:"cum-unit"`
	DayDigits     uint8    `toml:"day-digits"`
	CumDigits     uint8    `toml:"cum-digits"`
	FirstDay      uint32   `toml:"first-day"`
	MaturityDelay uint32   `toml:"maturity-delay"`
	File          string   `toml:"file"`
	Command       []string `toml:"command"`
}

// Read reads a file. It fails with ErrFile, with index.ErrParams, or with an error of
// the file system.
func Read(path string) (Definition, error) {
	raw, err := readBounded(path)
	if err != nil {
		return Definition{}, err
	}
	d, err := Parse(raw)
	if err != nil {
		return Definition{}, fmt.Errorf("%s: %w", path, err)
	}
	if d.File != "" && !filepath.IsAbs(d.File) {
		d.File = filepath.Join(filepath.Dir(path), d.File)
	}
	return d, nil
}

func readBounded(path string) (raw []byte, err error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return raw, nil
}

// Parse reads the content of a file. It fails with ErrFile or index.ErrParams.
func Parse(raw []byte) (Definition, error) {
	if len(raw) > MaxFile {
		return Definition{}, fmt.Errorf("%w: longer than %d bytes", ErrFile, MaxFile)
	}
	in := layout{Legs: []string{index.LegTot}, DayDigits: 20, CumDigits: 30}
	if err := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields().Decode(&in); err != nil {
		return Definition{}, fmt.Errorf("%w: %w", ErrFile, err)
	}
	d := Definition{
		Index: index.Reported{
			ID: in.ID, Legs: in.Legs, DayUnit: in.DayUnit, CumUnit: in.CumUnit, DayDigits: in.DayDigits, CumDigits: in.CumDigits,
			FirstDay: in.FirstDay, MaturityDelay: in.MaturityDelay,
		},
		File: in.File, Command: in.Command,
	}
	var err error
	d.Entry, err = d.Index.Entry()
	return d, err
}

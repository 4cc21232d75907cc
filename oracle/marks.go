package oracle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// maxMarks bounds the marks in one file.
const maxMarks = 64

// ReadMarks reads a file of high-water marks, such as an oracle keeps beside its
// store; no file is no marks. Signatures are not checked.
func ReadMarks(path string) ([]attest.Mark, error) {
	raw, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	if len(raw)%attest.MarkSize != 0 || len(raw) > maxMarks*attest.MarkSize {
		return nil, fmt.Errorf("read marks: %s: %w: %d bytes", path, attest.ErrMark, len(raw))
	}
	var marks []attest.Mark
	for ; len(raw) > 0; raw = raw[attest.MarkSize:] {
		m, err := attest.DecodeMark(raw[:attest.MarkSize])
		if err != nil {
			return nil, fmt.Errorf("read marks: %s: %w", path, err)
		}
		marks = append(marks, m)
	}
	return marks, nil
}

// writeMarks puts a complete file at path, synced: the old one or the new one is
// there whatever happens.
func writeMarks(path string, marks []attest.Mark) (err error) {
	var b bytes.Buffer
	for _, m := range marks {
		b.Write(m.Encode())
	}
	temp := path + ".tmp"
	f, err := os.OpenFile(filepath.Clean(temp), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	_, err = f.Write(b.Bytes())
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	crashpoint.Here(pointMarkWritten)
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	return dir.Sync()
}

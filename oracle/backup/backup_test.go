package backup_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/backup"
)

var key = [32]byte{1, 2, 3}

func write(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, backup.Write(&out, key, []byte("sealed keys"), rand.Reader, func(w io.Writer) error {
		for len(content) > 0 {
			n := min(len(content), 1000)
			if _, err := w.Write(content[:n]); err != nil {
				return err
			}
			content = content[n:]
		}
		return nil
	}))
	return out.Bytes()
}

func read(raw []byte, key [32]byte) ([]byte, error) {
	r, err := backup.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	in, err := r.Open(key)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(in)
}

func TestABackupIsReadBackWhole(t *testing.T) {
	for _, n := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 200_000} {
		content := make([]byte, n)
		_, err := rand.Read(content)
		require.NoError(t, err)
		raw := write(t, content)
		got, err := read(raw, key)
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, got), n)
		if n > 64 {
			require.False(t, bytes.Contains(raw, content[:32]), "it is encrypted")
		}
		r, err := backup.NewReader(bytes.NewReader(raw))
		require.NoError(t, err)
		require.Equal(t, "sealed keys", string(r.KeyFile()))
	}
}

func TestADamagedOrForeignBackupIsRefused(t *testing.T) {
	raw := write(t, bytes.Repeat([]byte("x"), 70_000))
	_, err := read(raw, [32]byte{9})
	require.ErrorIs(t, err, backup.ErrFormat)
	_, err = read(append(bytes.Clone(raw), 0), key)
	require.ErrorIs(t, err, backup.ErrFormat)
	for i := 0; i < len(raw); i += 1 + i/7 {
		_, err := read(raw[:i], key)
		require.ErrorIs(t, err, backup.ErrFormat, "cut off at %d", i)
		flipped := bytes.Clone(raw)
		flipped[i] ^= 4
		if _, err := read(flipped, key); !errors.Is(err, backup.ErrFormat) && !errors.Is(err, backup.ErrNewer) {
			t.Errorf("byte %d flipped: %v", i, err)
		}
	}
	// The first part, which is not the last, passed off as a whole backup.
	first := len(raw) - (4 + 70_000 - 64<<10 + 16)
	_, err = read(raw[:first], key)
	require.ErrorIs(t, err, backup.ErrFormat)
}

func TestWritingFailsClosed(t *testing.T) {
	failed := errors.New("disk full")
	require.ErrorIs(t, backup.Write(io.Discard, key, []byte("k"), rand.Reader, func(io.Writer) error { return failed }), failed)
	require.Error(t, backup.Write(io.Discard, key, []byte("k"), bytes.NewReader(nil), func(io.Writer) error { return nil }), "no randomness")
	require.ErrorIs(t, backup.Write(io.Discard, key, nil, rand.Reader, nil), backup.ErrFormat)
	pr, pw := io.Pipe()
	require.NoError(t, pr.CloseWithError(failed))
	require.ErrorIs(t, backup.Write(pw, key, []byte("k"), rand.Reader, func(io.Writer) error { return nil }), failed)
}

func FuzzRead(f *testing.F) {
	var out bytes.Buffer
	if err := backup.Write(&out, key, []byte("k"), rand.Reader, func(w io.Writer) error { _, err := w.Write([]byte("abc")); return err }); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := read(raw, key)
		if err != nil && !errors.Is(err, backup.ErrFormat) && !errors.Is(err, backup.ErrNewer) {
			t.Errorf("%v", err)
		}
		if err == nil && len(got) > len(raw) {
			t.Errorf("%d bytes out of %d", len(got), len(raw))
		}
	})
}

package admin_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/admin"
	"github.com/alkimiya/alkimiya/oracle/api"
)

type fakeOracle struct{ got oracle.Confirmation }

func (*fakeOracle) Info(context.Context) (api.Info, error) { return api.Info{Network: "regtest"}, nil }

func (f *fakeOracle) Confirm(_ context.Context, c oracle.Confirmation) (oracle.Confirmed, error) {
	f.got = c
	if c.Fence {
		return oracle.Confirmed{FencedThrough: 7}, nil
	}
	return oracle.Confirmed{}, oracle.ErrNobodyToAsk
}

func TestAnOperatorSpeaks(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "s")
	require.NoError(t, os.WriteFile(socket, nil, 0o600), "left behind by a killed process")
	o := &fakeOracle{}
	var backups []string
	cfg := admin.Config{
		Socket: socket, Oracle: o, Logger: slog.New(slog.DiscardHandler),
		Backup: func(_ context.Context, path string) error { backups = append(backups, path); return nil },
		SetLevel: func(_, level string) (map[string]string, error) {
			if level != "debug" {
				return nil, errors.New("unknown level")
			}
			return map[string]string{"oracle": level}, nil
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- admin.Serve(ctx, cfg) }()
	c := admin.Dial(socket)
	require.Eventually(t, func() bool { _, err := c.Status(t.Context()); return err == nil }, patience, interval)
	info, err := c.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, "regtest", info.Network)
	mode, err := os.Stat(socket)
	require.NoError(t, err)
	require.Zero(t, mode.Mode().Perm()&0o077)

	_, err = c.Confirm(t.Context(), oracle.Confirmation{From: []string{"x"}})
	require.ErrorIs(t, err, admin.ErrRefused)
	require.ErrorIs(t, err, oracle.ErrNobodyToAsk)
	confirmed, err := c.Confirm(t.Context(), oracle.Confirmation{Fence: true})
	require.NoError(t, err)
	require.EqualValues(t, 7, confirmed.FencedThrough)
	require.True(t, o.got.Fence)
	require.NoError(t, c.Backup(t.Context(), "/x"))
	require.Equal(t, []string{"/x"}, backups)
	levels, err := c.SetLevel(t.Context(), "", "debug")
	require.NoError(t, err)
	require.Equal(t, "debug", levels["oracle"])
	_, err = c.SetLevel(t.Context(), "", "loud")
	require.ErrorIs(t, err, admin.ErrRefused)

	cancel()
	require.NoError(t, <-done)
	_, err = c.Status(t.Context())
	require.ErrorIs(t, err, admin.ErrNotRunning)
	_, err = c.Status(ctx)
	require.ErrorIs(t, err, context.Canceled)
	cfg.Socket = filepath.Join(dir, strings.Repeat("x", 100))
	require.ErrorIs(t, admin.Serve(t.Context(), cfg), admin.ErrSocket)
	cfg.Socket = filepath.Join(dir, "none", "s")
	require.Error(t, admin.Serve(t.Context(), cfg))
}

const (
	patience = 20 * time.Second
	interval = 5 * time.Millisecond
)

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/admin"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/backup"
	"github.com/alkimiya/alkimiya/oracle/store"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

const doubtRestored = "the oracle was restored from a backup: what it signed since then is not known here"

func (a *app) statusCommand() *cobra.Command {
	return a.command("status", "Show what the running oracle does, and what hinders it", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			info, err := admin.Dial(cfg.path(socketFile)).Status(ctx)
			if err != nil {
				return err
			}
			if a.json {
				return json.NewEncoder(a.out).Encode(info)
			}
			return a.showStatus(info)
		})
}

func (a *app) showStatus(info api.Info) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) } // Flush tells
	line("oracle\t%x", []byte(info.Key))
	line("network\t%s, height %d, %s", info.Network, info.Chain.Height, info.Chain.Hash)
	if info.Signing {
		line("signing\tyes")
	}
	for _, reason := range info.Reasons {
		line("not signing\t%s", reason)
	}
	for _, k := range info.Keys {
		count := uint64(0)
		if m, err := attest.DecodeMark(k.Mark); err == nil {
			count = m.Count
		}
		line("key\t%x…, %d attestations, announces: %v", []byte(k.Key[:4]), count, k.Announces)
	}
	for _, i := range info.Indices {
		line("index\t%s: closed through day %d, attested %d, announced %d", i.ID, i.Closed, i.Attested, i.Announced)
	}
	if f := info.Federation; f != nil {
		line("federation\t%d of %d", f.Threshold, len(f.Members)+1)
		for _, m := range f.Members {
			state := "followed"
			if m.Error != "" {
				state = m.Error
			}
			line("member\t%x… %s: %s", []byte(m.Key[:4]), m.URL, state)
		}
	}
	for _, alarm := range info.Alarms {
		line("alarm\t%s since %s: %s", alarm.Code, time.Unix(alarm.Since, 0).UTC().Format(time.DateTime), alarm.Text)
	}
	return w.Flush()
}

func (a *app) confirmCommand() *cobra.Command {
	var c oracle.Confirmation
	cmd := a.command("confirm", "Let an oracle sign again that was restored or copied", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			for i, place := range c.From {
				if _, err := api.ParseAddress(place); err != nil {
					if c.From[i], err = absolute(place); err != nil {
						return err
					}
				}
			}
			done, err := admin.Dial(cfg.path(socketFile)).Confirm(ctx, c)
			if err != nil {
				return err
			}
			return a.show(map[string]any{"imported": done.Imported, "found": done.Found, "fenced_through": done.FencedThrough},
				"imported", "found", "fenced_through")
		})
	cmd.Long = `Let an oracle sign again whose data was restored from a backup, or copied.

The running oracle asks the members of its federation, and the places named with
--from, what they have kept of its log of attestations, checks it, and takes back
what it lacks. Then it fences off every event that is mature now and that nobody
kept an attestation of: it will never attest those, since the state that was lost
may have done so in its last moment.

By calling this you say that no other process signs with this key, now or ever.`
	f := cmd.Flags()
	f.StringSliceVar(&c.From, "from", nil, "address of an oracle, or file with an answer of /v1/log or with marks (repeat)")
	f.BoolVar(&c.Fence, "fence", false, "confirm even if nobody has kept anything: fence off all that is mature")
	f.BoolVar(&c.Vouch, "vouch", false, "fence nothing off: you vouch that what was kept elsewhere is the oracle's last word")
	return cmd
}

func (a *app) backupCommand() *cobra.Command {
	return a.command("backup FILE", "Write the key and the store to an encrypted file", cobra.ExactArgs(1),
		func(ctx context.Context, cfg config, args []string) error {
			path, err := absolute(args[0])
			if err != nil {
				return err
			}
			err = admin.Dial(cfg.path(socketFile)).Backup(ctx, path)
			if !errors.Is(err, admin.ErrNotRunning) {
				return err
			}
			// Nobody runs: the store is ours.
			return a.locked(cfg, func() error {
				passphrase, err := a.passphrase(ctx, cfg.passphraseFile, "Passphrase", false)
				if err != nil {
					return err
				}
				defer clear(passphrase)
				o, err := openOracle(cfg, passphrase)
				if err != nil {
					return err
				}
				return errors.Join(o.backup(cfg, path), o.close())
			})
		})
}

// backup writes a backup, synced, to a file that does not exist yet.
func (o *opened) backup(cfg config, path string) (err error) {
	keyFile, err := os.ReadFile(cfg.keyFile())
	if err != nil {
		return err
	}
	key, err := o.ring.BackupKey()
	if err != nil {
		return err
	}
	defer clear(key[:])
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = backup.Write(f, key, keyFile, rand.Reader, o.store.Dump)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (a *app) restoreCommand() *cobra.Command {
	cmd := a.command("restore FILE", "Take an oracle back from a backup", cobra.ExactArgs(1),
		func(ctx context.Context, cfg config, args []string) error {
			return a.locked(cfg, func() error { return a.restore(ctx, cfg, args[0]) })
		})
	cmd.Long = "Take an oracle back from a backup, into an empty data directory. It signs nothing\n" +
		"until its high-water mark is confirmed: see `alkoracle confirm --help`."
	return cmd
}

func (a *app) restore(ctx context.Context, cfg config, path string) (err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, err := backup.NewReader(f)
	if err != nil {
		return err
	}
	for _, there := range []string{cfg.keyFile(), cfg.path(storeDir)} {
		if _, err := os.Lstat(there); err == nil {
			return fmt.Errorf("%w: %s", keys.ErrExists, there)
		}
	}
	passphrase, err := a.passphrase(ctx, cfg.passphraseFile, "Passphrase of the backup", false)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	if err := writeNew(cfg.keyFile(), r.KeyFile()); err != nil {
		return err
	}
	if err := restoreStore(cfg, passphrase, r); err != nil {
		return errors.Join(err, os.Remove(cfg.keyFile()))
	}
	a.tell("restored; start it and run `alkoracle confirm` before it signs\n")
	return nil
}

func restoreStore(cfg config, passphrase []byte, r *backup.Reader) error {
	ring, err := keys.Open(cfg.keyFile(), cfg.params().Name, passphrase)
	if err != nil {
		return err
	}
	defer ring.Close()
	backupKey, err := ring.BackupKey()
	if err != nil {
		return err
	}
	defer clear(backupKey[:])
	storeKey, err := ring.StoreKey(keys.LabelOracleStore)
	if err != nil {
		return err
	}
	defer clear(storeKey[:])
	plain, err := r.Open(backupKey)
	if err != nil {
		return err
	}
	if err := store.Restore(cfg.path(storeDir), storeKey, plain, doubtRestored); err != nil {
		return err
	}
	// All of the file was read and is genuine only if it ends here.
	if n, err := io.Copy(io.Discard, plain); n != 0 || err != nil {
		return errors.Join(err, fmt.Errorf("%w: %d bytes after the dump", backup.ErrFormat, n), os.RemoveAll(cfg.path(storeDir)))
	}
	return nil
}

// writeNew writes a file that must not exist yet, synced.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(content))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func (a *app) logCommand() *cobra.Command {
	return a.command("log [SUBSYSTEM=]LEVEL", "Change how much the running oracle logs", cobra.ExactArgs(1),
		func(ctx context.Context, cfg config, args []string) error {
			subsystem, level := "", args[0]
			if before, after, found := bytes.Cut([]byte(args[0]), []byte("=")); found {
				subsystem, level = string(before), string(after)
			}
			levels, err := admin.Dial(cfg.path(socketFile)).SetLevel(ctx, subsystem, level)
			if err != nil {
				return err
			}
			answer := make(map[string]any, len(levels))
			for name, l := range levels {
				answer[name] = l
			}
			return a.show(answer, subsystems...)
		})
}

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// metaGeneration names how many times the oracle's key was replaced.
const metaGeneration = "generation"

// doubtMnemonic is why an oracle that was made from its mnemonic does not sign.
const doubtMnemonic = "the oracle was made anew from its mnemonic: what it signed before is not known here"

// passphrase reads the passphrase from the file of --passphrase-file or asks for it; a
// new one is asked for twice. The caller wipes it.
func (a *app) passphrase(ctx context.Context, file, prompt string, isNew bool) ([]byte, error) {
	if file != "" {
		return daemon.ReadSecret(file)
	}
	if !a.console.Interactive() {
		return nil, bad("no terminal to ask for the passphrase; name a file with --passphrase-file")
	}
	first, err := a.console.Secret(ctx, prompt+": ")
	if err != nil || !isNew {
		return first, err
	}
	again, err := a.console.Secret(ctx, prompt+" again: ")
	defer clear(again)
	if err == nil && !bytes.Equal(first, again) {
		err = errors.New("the two are not the same; nothing was changed")
	}
	if err != nil {
		clear(first)
		return nil, err
	}
	return first, nil
}

// locked runs f while no other process holds the data directory.
func (a *app) locked(cfg config, f func() error) (err error) {
	lock, err := daemon.Lock(cfg.dir(), lockFile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	return f()
}

func (a *app) initCommand() *cobra.Command {
	var mnemonicFile string
	var generation uint32
	cmd := a.command("init", "Make the oracle's key and show its mnemonic, once", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			return a.locked(cfg, func() error { return a.init(ctx, cfg, mnemonicFile, generation) })
		})
	cmd.Long = "Make the oracle's key and show its mnemonic: 24 words that restore the key. They are\n" +
		"shown once and are not stored anywhere. The passphrase protects the key on disk.\n\n" +
		"With --mnemonic-file the key of an earlier oracle is made again. What that oracle\n" +
		"signed is not known then, and nothing is signed before `alkoracle confirm`; with a\n" +
		"backup use `alkoracle restore` instead."
	cmd.Flags().StringVar(&mnemonicFile, "mnemonic-file", "", "make the key of these words again, read from a file of mode 0600")
	cmd.Flags().Uint32Var(&generation, "generation", 0, "with --mnemonic-file: how many times the key had been rotated")
	return cmd
}

func (a *app) init(ctx context.Context, cfg config, mnemonicFile string, generation uint32) error {
	if _, err := os.Lstat(cfg.keyFile()); err == nil {
		return fmt.Errorf("%w: %s", keys.ErrExists, cfg.keyFile())
	}
	mnemonic, err := a.mnemonic(mnemonicFile)
	if err != nil {
		return err
	}
	seed, err := mnemonic.Seed("")
	if err != nil {
		return err
	}
	defer seed.Wipe()
	passphrase, err := a.passphrase(ctx, cfg.passphraseFile, "New passphrase", true)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	contents := keys.Contents{Network: cfg.params().Name, Seed: seed, Birthday: time.Now()}
	if err := keys.Create(cfg.keyFile(), contents, passphrase); err != nil {
		return err
	}
	opened, err := openOracle(cfg, passphrase)
	if err != nil {
		return err
	}
	key, err := opened.begin(mnemonicFile != "", generation)
	if err = errors.Join(err, opened.close()); err != nil {
		return err
	}
	return a.showKey(key, mnemonic, mnemonicFile == "")
}

// begin prepares the store of a new key, or of one that was made again, and returns the
// key that announces.
func (o *opened) begin(again bool, generation uint32) (string, error) {
	if again {
		if err := o.setGeneration(generation); err != nil {
			return "", err
		}
		if err := o.store.Doubt(doubtMnemonic); err != nil {
			return "", err
		}
	}
	signers, err := o.signers()
	if err != nil {
		return "", err
	}
	key := signers[len(signers)-1].Key()
	return hex.EncodeToString(key[:]), nil
}

// mnemonic draws a new mnemonic, or reads one from a file.
func (a *app) mnemonic(file string) (keys.Mnemonic, error) {
	if file == "" {
		return keys.NewMnemonic(rand.Reader)
	}
	raw, err := daemon.ReadSecret(file)
	if err != nil {
		return keys.Mnemonic{}, err
	}
	defer clear(raw)
	return keys.ParseMnemonic(string(raw))
}

func (a *app) showKey(key string, m keys.Mnemonic, isNew bool) error {
	if a.json {
		out := map[string]any{"key": key}
		if isNew {
			out["mnemonic"] = m.Words()
		}
		return json.NewEncoder(a.out).Encode(out)
	}
	var b bytes.Buffer
	if isNew {
		fmt.Fprint(&b, "Write these words down, in order, and keep them safe. They are never shown again.\n\n")
		for i, word := range m.Words() {
			fmt.Fprintf(&b, "%2d %-10s", i+1, word)
			if i%4 == 3 {
				fmt.Fprintln(&b)
			}
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintf(&b, "oracle key  %s\n", key)
	_, err := a.out.Write(b.Bytes())
	return err
}

// opened is an oracle's key and store, of a process that holds the data directory.
type opened struct {
	ring  *keys.Ring
	store *store.Store
}

// openOracle opens key and store.
func openOracle(cfg config, passphrase []byte) (*opened, error) {
	ring, err := keys.Open(cfg.keyFile(), cfg.params().Name, passphrase)
	if err != nil {
		return nil, err
	}
	key, err := ring.StoreKey(keys.LabelOracleStore)
	if err != nil {
		ring.Close()
		return nil, err
	}
	defer clear(key[:])
	s, err := store.Open(cfg.path(storeDir), key)
	if err != nil {
		ring.Close()
		return nil, err
	}
	return &opened{ring: ring, store: s}, nil
}

// close may be called again.
func (o *opened) close() error {
	o.ring.Close()
	if o.store == nil {
		return nil
	}
	s := o.store
	o.store = nil
	return s.Close()
}

// generation is how many times the key was replaced.
func (o *opened) generation() (uint32, error) {
	raw, err := o.store.Meta(metaGeneration)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil || len(raw) != 4 {
		return 0, errors.Join(err, fmt.Errorf("generation of the key: %d bytes", len(raw)))
	}
	return binary.BigEndian.Uint32(raw), nil
}

func (o *opened) setGeneration(n uint32) error {
	const most = 1000
	if n > most {
		return bad("generation %d, at most %d", n, most)
	}
	return o.store.PutMeta(metaGeneration, binary.BigEndian.AppendUint32(nil, n))
}

// signers are the oracle's keys, the oldest first.
func (o *opened) signers() ([]*attest.Signer, error) {
	n, err := o.generation()
	if err != nil {
		return nil, err
	}
	list := make([]*attest.Signer, 0, n+1)
	for g := range n + 1 {
		secret, seed, err := o.ring.OracleKeys(g)
		if err != nil {
			return nil, err
		}
		s, err := attest.NewSigner(secret, seed)
		clear(secret[:])
		clear(seed[:])
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func (a *app) rotateCommand() *cobra.Command {
	cmd := a.command("rotate", "Replace the key that announces", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			return a.locked(cfg, func() error { return a.rotate(ctx, cfg) })
		})
	cmd.Long = "Replace the key that announces. The new one announces all events from the next start\n" +
		"on; the old one goes on to attest what it has announced, and announces nothing new. It\n" +
		"endorses the new key in /v1/info. The same mnemonic restores both. Stop the oracle first,\n" +
		"and tell those who have the old key on their lists."
	return cmd
}

func (a *app) rotate(ctx context.Context, cfg config) error {
	passphrase, err := a.passphrase(ctx, cfg.passphraseFile, "Passphrase", false)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	o, err := openOracle(cfg, passphrase)
	if err != nil {
		return err
	}
	n, err := o.generation()
	if err == nil {
		err = o.setGeneration(n + 1)
	}
	var signers []*attest.Signer
	if err == nil {
		signers, err = o.signers()
	}
	if err = errors.Join(err, o.close()); err != nil {
		return err
	}
	old, next := signers[n].Key(), signers[n+1].Key()
	endorsement := signers[n].Endorse(next)
	return a.show(map[string]any{
		"key": hex.EncodeToString(next[:]), "replaces": hex.EncodeToString(old[:]),
		"endorsement": hex.EncodeToString(endorsement[:]), "generation": n + 1,
	}, "key", "replaces", "endorsement", "generation")
}

func (a *app) passphraseCommand() *cobra.Command {
	var next string
	cmd := a.command("passphrase", "Change the passphrase of the key", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			return a.locked(cfg, func() error {
				current, err := a.passphrase(ctx, cfg.passphraseFile, "Passphrase", false)
				if err != nil {
					return err
				}
				defer clear(current)
				wanted, err := a.passphrase(ctx, next, "New passphrase", true)
				if err != nil {
					return err
				}
				defer clear(wanted)
				return keys.ChangePassphrase(cfg.keyFile(), cfg.params().Name, current, wanted)
			})
		})
	cmd.Flags().StringVar(&next, "new-passphrase-file", "", "read the new passphrase from this file, mode 0600; empty: ask")
	return cmd
}

// show prints fields of an answer, in their order, or all of it as JSON.
func (a *app) show(answer map[string]any, order ...string) error {
	if a.json {
		return json.NewEncoder(a.out).Encode(answer)
	}
	var b bytes.Buffer
	for _, field := range order {
		fmt.Fprintf(&b, "%-14s %v\n", field, answer[field])
	}
	_, err := a.out.Write(b.Bytes())
	return err
}

// absolute is a path as another process understands it.
func absolute(path string) (string, error) { return filepath.Abs(path) }

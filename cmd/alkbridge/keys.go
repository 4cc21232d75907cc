package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"

	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/terminal"
)

// The keys, each in a file of its own in geth's keystore format.
const (
	accountKey     = "account.json"     // pays gas, holds what is minted to it
	attestationKey = "attestation.json" // attests lots
	vaultKey       = "vault.json"       // signs payments
	rootKey        = "root.json"        // seals what is on disk, makes the certificate
)

var (
	// errKeys: a key file is missing or cannot be opened.
	errKeys = errors.New("key file")
	// errExists: init finds keys already.
	errExists = errors.New("there are keys already")
)

// ring is the program's keys.
type ring struct {
	account            *ecdsa.PrivateKey
	attestation, vault *btcec.PrivateKey
	root               [32]byte
}

// derive returns a secret that follows from the root.
func (r *ring) derive(what string) [32]byte {
	return *chainhash.TaggedHash([]byte("alkbridge/"+what), r.root[:])
}

func (r *ring) identity() (*operator.Identity, error) {
	return operator.NewIdentity(r.derive("identity"))
}

// keyFiles are the names of all key files.
var keyFiles = []string{accountKey, attestationKey, vaultKey, rootKey}

// makeKeys makes all keys that are missing and reports whether there was none; imported
// replaces the account.
func makeKeys(cfg *config, passphrase []byte, imported *ecdsa.PrivateKey, light bool) error {
	for _, name := range keyFiles {
		if _, err := os.Stat(cfg.path(name)); err == nil {
			return fmt.Errorf("%s: %w", cfg.path(name), errExists)
		}
	}
	for _, name := range keyFiles {
		key, err := crypto.GenerateKey()
		if err != nil {
			return fmt.Errorf("make key: %w", err)
		}
		if name == accountKey && imported != nil {
			key = imported
		}
		if err := writeKey(cfg.path(name), key, passphrase, light); err != nil {
			return err
		}
	}
	return nil
}

func writeKey(path string, key *ecdsa.PrivateKey, passphrase []byte, light bool) error {
	n, p := keystore.StandardScryptN, keystore.StandardScryptP
	if light {
		n, p = keystore.LightScryptN, keystore.LightScryptP
	}
	id, err := uuid.NewRandomFromReader(rand.Reader)
	if err != nil {
		return fmt.Errorf("make id of a key: %w", err)
	}
	raw, err := keystore.EncryptKey(
		&keystore.Key{Id: id, Address: crypto.PubkeyToAddress(key.PublicKey), PrivateKey: key}, string(passphrase), n, p)
	if err != nil {
		return fmt.Errorf("encrypt %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("%w: %w", errKeys, err)
	}
	return nil
}

// openKeys opens all keys.
func openKeys(cfg *config, passphrase []byte) (*ring, error) {
	r := &ring{}
	for _, name := range keyFiles {
		key, err := readKey(cfg.path(name), passphrase)
		if err != nil {
			return nil, err
		}
		own, _ := btcec.PrivKeyFromBytes(crypto.FromECDSA(key))
		switch name {
		case accountKey:
			r.account = key
		case attestationKey:
			r.attestation = own
		case vaultKey:
			r.vault = own
		case rootKey:
			r.root = own.Key.Bytes()
		}
	}
	return r, nil
}

func readKey(path string, passphrase []byte) (*ecdsa.PrivateKey, error) {
	if err := daemon.CheckPrivate(path); err != nil {
		return nil, fmt.Errorf("%w: %w", errKeys, err)
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeys, err)
	}
	key, err := keystore.DecryptKey(raw, string(passphrase))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errKeys, path, err)
	}
	return key.PrivateKey, nil
}

// passphraseOf reads the passphrase from the configured file, or asks for it; a new one
// is asked for twice. The caller wipes it.
func passphraseOf(ctx context.Context, cfg *config, console terminal.Console, isNew bool) ([]byte, error) {
	if cfg.PassphraseFile != "" {
		return daemon.ReadSecret(cfg.PassphraseFile)
	}
	if !console.Interactive() {
		return nil, fmt.Errorf("%w: no terminal to ask for the passphrase; name a file with --passphrase-file", errConfig)
	}
	first, err := console.Secret(ctx, "Passphrase of the keys: ")
	if err != nil || !isNew {
		return first, err
	}
	again, err := console.Secret(ctx, "Again: ")
	defer clear(again)
	if err != nil || string(first) != string(again) {
		clear(first)
		return nil, errors.Join(err, fmt.Errorf("%w: the two are not the same; nothing was changed", errConfig))
	}
	return first, nil
}

// describeKeys prints what others need to know of an operator.
func describeKeys(out io.Writer, r *ring, listen string) error {
	identity, err := r.identity()
	if err != nil {
		return err
	}
	attestation := crypto.PubkeyToAddress(r.attestation.ToECDSA().PublicKey)
	_, err = fmt.Fprintf(out, `{
  "account": %q,
  "attestation": %q,
  "vault_key": %q,
  "address": %q,
  "fingerprint": %q
}
`, crypto.PubkeyToAddress(r.account.PublicKey).Hex(), attestation.Hex(),
		hex.EncodeToString(schnorr.SerializePubKey(r.vault.PubKey())), listen, identity.Fingerprint())
	return err
}

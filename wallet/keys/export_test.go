package keys

import (
	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
)

// WithStep calls f before each step of writing a key file.
func WithStep(f func(name string) error) Option { return func(o *options) { o.step = f } }

// ParseFile reads a key file's readable part.
func ParseFile(b []byte) (network string, cost Cost, err error) {
	p, err := parseFile(b)
	return p.network, p.cost, err
}

// MnemonicOf encodes entropy.
func MnemonicOf(entropy []byte) (Mnemonic, error) { return mnemonicOf(entropy) }

// Walk follows hardened steps.
func Walk(seed []byte, steps ...uint32) (*hdkeychain.ExtendedKey, error) {
	return walk(seed, steps...)
}

// BIP86AccountXPrv is the account's private key.
func BIP86AccountXPrv(seed []byte, params *chaincfg.Params) (string, error) {
	k, err := bip86Account(seed, params)
	if err != nil {
		return "", err
	}
	return k.String(), nil
}

// Package keys holds the wallet's root secret: the BIP39 mnemonic and seed, the
// keys PROTOCOL.md section 2 derives from it, and the sealed file that keeps it
// on disk.
//
// It is not a signer and not a coin store: it hands out contract and identity
// keys by path, and cross-checks BIP86 addresses, but the wallet's own coins
// and their keys belong to btcwallet.
//
// Its invariant: outside of a Ring that is open, the seed exists on disk only
// sealed under the owner's passphrase (XChaCha20-Poly1305, argon2id), and the
// key file on disk is at every moment either the complete old one or the
// complete new one. Values of this package that hold a secret print as
// "[secret]" in every format and in every log (SECURITY.md N6 to N8, P4, P6).
//
// The mnemonic itself is never stored. What a lost passphrase costs is the
// file; the mnemonic on paper restores everything derived from the seed, and
// the databases sealed under the file's own secret are rebuilt from the chain
// and from peers.
package keys

package testkit

import (
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// keyTag is the tag under which names are hashed to test secrets.
const keyTag = "alkimiya/test-key"

// Key returns the secret key that the test vectors call name:
// int(H_{alkimiya/test-key}(name)) mod n. Everybody knows these keys, so
// nothing but a test may use them. Key is safe for concurrent use.
func Key(name string) *btcec.PrivateKey {
	digest := chainhash.TaggedHash([]byte(keyTag), []byte(name))
	key, _ := btcec.PrivKeyFromBytes(digest[:])
	return key
}

package vault

import (
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// requestTag separates requests to mint from everything else that a contract key
// signs.
const requestTag = "alk/bridge/mint/v1"

// ErrRequest means that a request to mint is not signed by the owner of the side.
var ErrRequest = errors.New("request to mint is not the owner's")

// RequestHash returns what the owner of a contract's side signs by BIP340 with its
// contract key to ask that the lot's units be minted to an address: the tagged hash of
// the deployment's EIP-712 domain separator, the lot's id and the address. So a
// request holds for one deployment, one lot and one receiver.
func RequestHash(separator, lotID [32]byte, to spv.Address) [32]byte {
	return *chainhash.TaggedHash([]byte(requestTag), separator[:], lotID[:], to[:])
}

// VerifyRequest fails with ErrRequest unless sig is the request of the owner of a
// contract key, 33 bytes compressed.
func VerifyRequest(contractKey [33]byte, separator, lotID [32]byte, to spv.Address, sig [64]byte) error {
	key, err := schnorr.ParsePubKey(contractKey[1:])
	if err != nil {
		return fmt.Errorf("%w: contract key: %w", ErrRequest, err)
	}
	parsed, err := schnorr.ParseSignature(sig[:])
	if err != nil {
		return fmt.Errorf("%w: signature: %w", ErrRequest, err)
	}
	hash := RequestHash(separator, lotID, to)
	if !parsed.Verify(hash[:], key) {
		return fmt.Errorf("%w: lot %x", ErrRequest, lotID[:4])
	}
	return nil
}

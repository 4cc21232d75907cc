package spv

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/sha3"
)

// ErrRevert means that a contract refused a call for a reason that is none of its own
// errors: a dependency's, an assertion's, or none at all.
var ErrRevert = errors.New("the contract refused the call")

var selectors = func() map[[4]byte]error {
	bySelector := make(map[[4]byte]error, len(signatures))
	for signature, err := range signatures {
		bySelector[selectorOf(signature)] = err
	}
	return bySelector
}()

// Revert returns the error that a contract's answer to a refused call stands for,
// or ErrRevert with the answer.
func Revert(data []byte) error {
	const selector = 4
	if len(data) < selector {
		return fmt.Errorf("%w: answer %x", ErrRevert, data)
	}
	if err, ok := selectors[[4]byte(data)]; ok {
		return err
	}
	const shown = 68
	return fmt.Errorf("%w: answer %x", ErrRevert, data[:min(len(data), shown)])
}

// keccak is Keccak-256, as the EVM hashes.
func keccak(parts ...[]byte) (digest [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, part := range parts {
		h.Write(part)
	}
	h.Sum(digest[:0])
	return digest
}

func selectorOf(signature string) [4]byte { return [4]byte(Selector(signature)) }

// Selector returns the first four bytes of the hash of a function's or an error's
// signature: how calls and reverts begin.
func Selector(signature string) []byte {
	hash := keccak([]byte(signature))
	return hash[:4]
}

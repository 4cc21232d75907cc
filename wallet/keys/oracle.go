package keys

import "fmt"

// branchOracle is the third step of an oracle's paths.
const branchOracle = 3

// Last steps of an oracle's paths.
const (
	leafAttest = 0
	leafNonces = 1
)

// OracleKeys returns the secrets of an oracle's key of a generation, from 0: the key
// that signs, m/8430'/coin'/3'/generation'/0', and the seed of its nonces,
// m/8430'/coin'/3'/generation'/1'. The caller wipes both.
func (r *Ring) OracleKeys(generation uint32) (secret, nonces [32]byte, err error) {
	err = r.with(func(s *secrets) error {
		parent, err := walk(s.seed[:], Purpose, coinOf(r.network), branchOracle, generation)
		if err != nil {
			return fmt.Errorf("derive oracle key: %w", err)
		}
		defer parent.Zero()
		for leaf, out := range map[uint32]*[32]byte{leafAttest: &secret, leafNonces: &nonces} {
			key, err := childKey(parent, leaf)
			if err != nil {
				return fmt.Errorf("derive oracle key: %w", err)
			}
			*out = key.Key.Bytes()
			key.Zero()
		}
		return nil
	})
	return secret, nonces, err
}

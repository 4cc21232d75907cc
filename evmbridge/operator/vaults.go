package operator

import (
	"fmt"
	"sync"

	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// Vaults are the vaults of a deployment that are known. Its methods are safe for
// concurrent use.
type Vaults struct {
	deployment vault.Deployment
	committee  vault.Committee

	mu       sync.RWMutex
	byScript map[string]known
}

type known struct {
	vault *vault.Vault
	salt  [32]byte
}

// NewVaults returns a registry that knows no vault.
func NewVaults(d vault.Deployment, c vault.Committee) *Vaults {
	return &Vaults{deployment: d, committee: c, byScript: map[string]known{}}
}

// New returns the vault of a salt and keeps nothing. It fails as vault.New does.
func (v *Vaults) New(salt [32]byte) (*vault.Vault, error) {
	return vault.New(v.deployment, v.committee, salt)
}

// Add keeps the vault of a salt, and returns it. It fails as vault.New does.
func (v *Vaults) Add(salt [32]byte) (*vault.Vault, error) {
	made, err := v.New(salt)
	if err != nil {
		return nil, fmt.Errorf("vault of salt %x: %w", salt, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.byScript[string(made.Script())] = known{vault: made, salt: salt}
	return made, nil
}

// Of returns the vault that a script pays to, or nil if none is known.
func (v *Vaults) Of(script []byte) *vault.Vault {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.byScript[string(script)].vault
}

// SaltOf returns the salt of the vault that a script pays to, and false if none is known.
func (v *Vaults) SaltOf(script []byte) ([32]byte, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	k, ok := v.byScript[string(script)]
	return k.salt, ok
}

// Scripts returns the scripts of all vaults that are known.
func (v *Vaults) Scripts() [][]byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := make([][]byte, 0, len(v.byScript))
	for script := range v.byScript {
		out = append(out, []byte(script))
	}
	return out
}

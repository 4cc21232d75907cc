package operator

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// Vaults are the vaults of a deployment's minted lots. Payments spend and pay change to
// these alone: Fraud takes a spend for a batch only if its change goes to a minted lot,
// and anybody may pay to a vault of a salt that he drew. Its methods are safe for
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

// NewVaults returns a registry that knows no vault yet.
func NewVaults(d vault.Deployment, c vault.Committee) *Vaults {
	return &Vaults{deployment: d, committee: c, byScript: map[string]known{}}
}

// New returns the vault of a salt and keeps nothing. It fails as vault.New does.
func (v *Vaults) New(salt [32]byte) (*vault.Vault, error) {
	return vault.New(v.deployment, v.committee, salt)
}

// Follow keeps the vaults of the lots that a finalized block of the view minted and of
// which minted, which asks every own node, says the same. Nothing else makes a vault
// known, and nothing is on disk: a start follows the ledger again.
func (v *Vaults) Follow(view *ledger.View, minted func(lot [32]byte) (bool, error)) error {
	var problems []error
	for _, l := range view.Lots {
		if l.MintBlock > view.Final.Number.Uint64() || v.Of(l.Terms.VaultScript) != nil {
			continue
		}
		made, err := v.New(l.Terms.VaultSalt)
		if err != nil || !bytes.Equal(made.Script(), l.Terms.VaultScript) {
			continue // attested by others than these operators: not theirs to spend
		}
		if ok, err := minted(l.ID); err != nil {
			problems = append(problems, fmt.Errorf("lot %x: %w", l.ID, err))
		} else if ok {
			v.keep(made, l.Terms.VaultSalt)
		}
	}
	return errors.Join(problems...)
}

func (v *Vaults) keep(made *vault.Vault, salt [32]byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.byScript[string(made.Script())] = known{vault: made, salt: salt}
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

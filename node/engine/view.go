package engine

import (
	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine/view"
)

type (
	// View is a contract as its user sees it.
	View = view.View
	// Fees are the miner fees of a contract.
	Fees = view.Fees
	// TxView is one transaction of a contract.
	TxView = view.TxView
	// CloseView is a close that both parties agreed to.
	CloseView = view.CloseView
	// SpendView is what happened to the funding output.
	SpendView = view.SpendView
	// AttestationView is what one oracle attested.
	AttestationView = view.AttestationView
	// VaultView is the vault of a bridge that a payout goes to.
	VaultView = view.VaultView
	// Decision is what waits for the user.
	Decision = view.Decision
	// DecisionKind says what the user is asked.
	DecisionKind = view.DecisionKind
	// Work is how far signing or verifying has come.
	Work = view.Work
)

// The decisions.
const (
	DecideOffer = view.DecideOffer
	DecideClose = view.DecideClose
)

// Filter selects contracts; the zero Filter selects all.
type Filter struct {
	// Phases, if not empty, are those wanted.
	Phases []contract.Phase
	// Peer, if not zero, is the only one wanted.
	Peer [33]byte
	// Undecided wants those alone that wait for the user.
	Undecided bool
	// After is the key above which keys must be; Limit how many are wanted at
	// most, 0 for 1,000. Views come in ascending order of keys.
	After Key
	Limit int
}

// Totals are counts and sums over all contracts that are not final.
type Totals struct {
	// ByPhase counts the contracts in each phase, final ones too.
	ByPhase map[contract.Phase]int
	// Locked is our own share of the collateral in funded contracts.
	Locked btcutil.Amount
	// Undecided is how many wait for the user.
	Undecided int
}

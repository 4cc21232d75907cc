// Package regtest runs btcd on the regression test network as a child process
// and mines on it: blocks with chosen times, reorganisations, payments from
// the node's own coinbases. The demo program and the integration tests use it.
//
// It is not a chain backend (see wallet/chain) and imports no testing package.
// Blocks are built here and handed over by submitblock, so their times, their
// version (0x20000007, which signals csv, segwit and taproot) and their
// coinbases are ours. Its invariant: a child never outlives the program that
// started it (on Linux the kernel sees to that), and two nodes, in one process
// or in many, never share a port or a folder. See DEPENDENCIES.md, "Facts that
// save hours" and "Time on regtest".
package regtest

import (
	"errors"

	"github.com/btcsuite/btcd/chaincfg"
)

// ActivationHeight is the height from which csv, segwit and taproot are
// enforced when every block signals (three windows of 144 blocks).
const ActivationHeight = 432

// Params are the parameters of the network that nodes run.
func Params() *chaincfg.Params { return &chaincfg.RegressionNetParams }

// Errors of this package, wrapped with the cause.
var (
	// ErrNoBtcd: no btcd executable was found; the text says where was looked.
	ErrNoBtcd = errors.New("no btcd executable")
	// ErrExited: btcd ended by itself; the text holds the end of its log.
	ErrExited = errors.New("btcd exited")
	// ErrNotRunning: the node was stopped or killed.
	ErrNotRunning = errors.New("node is not running")
	// ErrFunds: the node's own mature coins do not suffice for a payment.
	ErrFunds = errors.New("not enough mature coins")
	// ErrBlockRefused: btcd did not take a block that was built here.
	ErrBlockRefused = errors.New("block refused")
)

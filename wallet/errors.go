package wallet

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

// Errors of the wallet, wrapped with the datum at fault; test with errors.Is.
var (
	// ErrInsufficientFunds is what an *InsufficientFundsError is.
	ErrInsufficientFunds = errors.New("insufficient funds")
	// ErrDust: an output is worth less than it costs to spend.
	ErrDust = errors.New("output is dust")
	// ErrBadAddress: the text is no Bitcoin address.
	ErrBadAddress = errors.New("not a Bitcoin address")
	// ErrWrongNetworkAddress: the address belongs to another network.
	ErrWrongNetworkAddress = errors.New("address is of another network")
	// ErrFeeTooHigh: the fee is absurd; FeeSpec.AllowHigh permits it.
	ErrFeeTooHigh = errors.New("fee is absurdly high")
	// ErrFeeTooLow: the fee is below what nodes relay.
	ErrFeeTooLow = errors.New("fee is too low")
	// ErrBelowMempool, with ErrFeeTooLow: a mempool takes the transaction only in
	// a package with a child that pays for it.
	ErrBelowMempool = errors.New("fee rate is below what mempools take")
	// ErrNoPackages: the chain backend takes no packages.
	ErrNoPackages = errors.New("chain backend takes no packages of transactions")
	// ErrBadRequest: a field of the request is out of its range.
	ErrBadRequest = errors.New("bad request")
	// ErrUnknownCoin: the outpoint is not an unspent coin of this wallet.
	ErrUnknownCoin = errors.New("not an unspent coin of this wallet")
	// ErrCoinLeased: the coin is set aside for another owner.
	ErrCoinLeased = errors.New("coin is leased")
	// ErrLeaseNotFound: no such lease, or it was released or has expired.
	ErrLeaseNotFound = errors.New("no such lease")
	// ErrTxNotFound: the wallet does not know the transaction.
	ErrTxNotFound = errors.New("transaction is not known to this wallet")
	// ErrNotBumpable: the fee of the transaction cannot be raised this way.
	ErrNotBumpable = errors.New("fee cannot be raised")
	// ErrNotSigned: a PSBT misses signatures.
	ErrNotSigned = errors.New("transaction is not fully signed")
	// ErrRejected: the network will not take the transaction.
	ErrRejected = errors.New("transaction was rejected")
	// ErrNotSynced: the wallet has not caught up with the chain.
	ErrNotSynced = errors.New("wallet is still following the chain")
	// ErrCorrupt: the wallet database cannot be read. It can be rebuilt: see
	// the hint in the message.
	ErrCorrupt = errors.New("wallet database is damaged")
	// ErrNewer: the wallet database was written by a newer program.
	ErrNewer = errors.New("wallet database is of a newer version")
	// ErrInUse: another process has the wallet open.
	ErrInUse = errors.New("wallet is in use by another process")
)

// InsufficientFundsError tells what is missing and who holds the rest.
type InsufficientFundsError struct {
	// Need is what the payment takes, fee included; Available what is free.
	Need, Available btcutil.Amount
	// Leased is what each owner has set aside.
	Leased map[string]btcutil.Amount
	// Unconfirmed could be used with fewer confirmations.
	Unconfirmed btcutil.Amount
}

// Missing is how much more would be needed.
func (e *InsufficientFundsError) Missing() btcutil.Amount { return max(0, e.Need-e.Available) }

func (e *InsufficientFundsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "insufficient funds: need %d sat, %d sat free, %d sat missing",
		e.Need, e.Available, e.Missing())
	if e.Unconfirmed > 0 {
		fmt.Fprintf(&b, "; %d sat unconfirmed", e.Unconfirmed)
	}
	owners := make([]string, 0, len(e.Leased))
	for owner := range e.Leased {
		owners = append(owners, owner)
	}
	sort.Strings(owners)
	for _, owner := range owners {
		fmt.Fprintf(&b, "; %d sat leased by %q", e.Leased[owner], owner)
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrInsufficientFunds) true.
func (e *InsufficientFundsError) Unwrap() error { return ErrInsufficientFunds }

// FeeTooHighError tells the fee and the limit it breaks.
type FeeTooHighError struct {
	Rate, MaxRate chainfee.SatPerVByte
	Fee, MaxFee   btcutil.Amount
}

func (e *FeeTooHighError) Error() string {
	if e.Rate > e.MaxRate {
		return fmt.Sprintf("fee is absurdly high: %d sat/vB, limit %d", e.Rate, e.MaxRate)
	}
	return fmt.Sprintf("fee is absurdly high: %d sat, limit %d", e.Fee, e.MaxFee)
}

// Unwrap makes errors.Is(err, ErrFeeTooHigh) true.
func (e *FeeTooHighError) Unwrap() error { return ErrFeeTooHigh }

package rpc

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/store"
)

// Codes of the reasons that are not of one sentinel.
const (
	reasonInternal = "internal"
	reasonCanceled = "canceled"
)

// reason is how an error is told to clients. The code is part of the interface
// and never changes; the help says what a person does next.
type reason struct {
	err    error
	code   string
	status connect.Code
	help   string
}

// reasons is searched from the top, then tradingReasons: the first that errors.Is
// matches counts. A new sentinel that can reach a client gets a line there.
var reasons = []reason{
	{ErrWalletClosed, "wallet_closed", connect.CodeFailedPrecondition,
		"open the wallet with `alk wallet unlock` (`alk state` shows its state)"},
	{ErrWalletOpen, "wallet_open", connect.CodeFailedPrecondition,
		"the wallet is open already; `alk wallet lock` closes it"},
	{ErrInvalidRequest, "invalid_request", connect.CodeInvalidArgument, ""},
	{ErrNoTrading, "no_index", connect.CodeFailedPrecondition,
		"contracts are traded on mainnet and regtest; the wallet works everywhere"},
	{ErrBusy, "busy", connect.CodeResourceExhausted,
		"wait for the other request to end and try again"},
	{errStopping, "stopping", connect.CodeUnavailable,
		"the daemon is shutting down; start alkd again"},
	{errUnknownMethod, "unknown_method", connect.CodePermissionDenied,
		"alk and alkd may be of different versions"},
	{errPanicked, reasonInternal, connect.CodeInternal,
		"please report the fault with alkd's log"},
	{errHost, "host_refused", connect.CodePermissionDenied,
		"use an address that alkd listens on, or give alkd the name with its TLS options"},

	{ErrNoMacaroon, "macaroon_missing", connect.CodeUnauthenticated,
		"name a macaroon file with --macaroon; alkd writes admin.macaroon at the first unlock"},
	{ErrMacaroonExpired, "macaroon_expired", connect.CodeUnauthenticated,
		"bake a new one with `alk macaroon bake`"},
	{ErrBadMacaroon, "macaroon_invalid", connect.CodeUnauthenticated,
		"check that --macaroon and --network belong to this alkd; `alk macaroon print` shows the caveats"},
	{ErrPermission, "permission_denied", connect.CodePermissionDenied,
		"use a macaroon with this permission, such as admin.macaroon"},
	{ErrMacaroonStore, "macaroon_store", connect.CodeInternal,
		"move macaroons.db and the *.macaroon files away: alkd makes new ones at the next unlock"},
	{ErrUnknownPermission, "permission_unknown", connect.CodeInvalidArgument,
		"`alk macaroon list --permissions` shows what exists"},
	{ErrRootKey, "root_key", connect.CodeFailedPrecondition,
		"`alk macaroon list` shows the root keys"},

	{keys.ErrWrongPassphrase, "wrong_passphrase", connect.CodePermissionDenied,
		"try again; without the passphrase only the mnemonic restores the wallet"},
	{keys.ErrWeakPassphrase, "weak_passphrase", connect.CodeInvalidArgument,
		"choose a longer passphrase"},
	{keys.ErrMnemonic, "bad_mnemonic", connect.CodeInvalidArgument,
		"compare the words and their order with your paper"},
	{keys.ErrBirthday, "bad_birthday", connect.CodeInvalidArgument,
		"give the day the wallet was made, or none"},
	{keys.ErrExists, "wallet_exists", connect.CodeAlreadyExists,
		"open it with `alk wallet unlock`, or use another --datadir"},
	{keys.ErrNotFound, "wallet_not_found", connect.CodeNotFound,
		"make a wallet with `alk wallet create` or `alk wallet restore`"},
	{keys.ErrNetwork, "key_network", connect.CodeFailedPrecondition,
		"start alkd with the network that the wallet was made for"},
	{keys.ErrNewer, "key_newer", connect.CodeFailedPrecondition,
		"run the newer alkd that wrote this file"},
	{keys.ErrCorrupt, "key_corrupt", connect.CodeDataLoss,
		"put a backup of the key file back, or restore from the mnemonic in an empty data directory"},
	{keys.ErrClosed, "wallet_closed", connect.CodeFailedPrecondition,
		"open the wallet with `alk wallet unlock`"},

	{wallet.ErrInsufficientFunds, "insufficient_funds", connect.CodeFailedPrecondition,
		"`alk wallet coins` shows what is free; `alk wallet coins leases` who holds the rest"},
	{wallet.ErrDust, "dust", connect.CodeInvalidArgument,
		"send a larger amount"},
	{wallet.ErrWrongNetworkAddress, "wrong_network_address", connect.CodeInvalidArgument,
		"ask the receiver for an address on this network"},
	{wallet.ErrBadAddress, "bad_address", connect.CodeInvalidArgument,
		"compare the address with the receiver's, character by character"},
	{wallet.ErrFeeTooHigh, "fee_too_high", connect.CodeFailedPrecondition,
		"choose a lower rate, or allow it with --allow-high-fee"},
	{wallet.ErrFeeTooLow, "fee_too_low", connect.CodeFailedPrecondition,
		"choose a higher rate; `alk wallet fee` shows an estimate"},
	{wallet.ErrBadRequest, "invalid_request", connect.CodeInvalidArgument, ""},
	{wallet.ErrUnknownCoin, "unknown_coin", connect.CodeNotFound,
		"`alk wallet coins` lists the unspent coins"},
	{wallet.ErrCoinLeased, "coin_leased", connect.CodeFailedPrecondition,
		"`alk wallet coins leases` shows who holds it and until when"},
	{wallet.ErrLeaseNotFound, "lease_not_found", connect.CodeNotFound,
		"`alk wallet coins leases` lists the leases in force"},
	{wallet.ErrTxNotFound, "tx_not_found", connect.CodeNotFound,
		"`alk wallet txs` lists the transactions of this wallet"},
	{wallet.ErrNotBumpable, "not_bumpable", connect.CodeFailedPrecondition,
		"only an unconfirmed transaction with an own input or output can be bumped"},
	{wallet.ErrNotSigned, "not_signed", connect.CodeFailedPrecondition,
		"let every owner of an input sign the PSBT first"},
	{wallet.ErrRejected, "tx_rejected", connect.CodeFailedPrecondition,
		"read the reason; an input may be spent already or the fee too low"},
	{wallet.ErrNotSynced, "not_synced", connect.CodeFailedPrecondition,
		"wait until `alk wallet sync` is done"},
	{wallet.ErrCorrupt, "wallet_corrupt", connect.CodeDataLoss,
		"stop alkd, keep a copy of the data directory, and let the wallet database be rebuilt from the keys"},
	{wallet.ErrNewer, "wallet_newer", connect.CodeFailedPrecondition,
		"run the newer alkd that wrote this wallet"},
	{wallet.ErrInUse, "wallet_in_use", connect.CodeFailedPrecondition,
		"stop the other alkd on this data directory"},
	{store.ErrDiskFull, "disk_full", connect.CodeResourceExhausted,
		"make room on the disk of the data directory and try again; nothing was lost"},
	{syscall.ENOSPC, "disk_full", connect.CodeResourceExhausted,
		"make room on the disk of the data directory and try again; nothing was lost"},
	{store.ErrCorrupt, "store_corrupt", connect.CodeDataLoss,
		"stop alkd and put a backup of the wallet store back"},
	{store.ErrNewer, "store_newer", connect.CodeFailedPrecondition,
		"run the newer alkd that wrote this store"},
	{store.ErrInUse, "store_in_use", connect.CodeFailedPrecondition,
		"stop the other alkd on this data directory"},

	{chain.ErrAuth, "chain_auth", connect.CodeUnavailable,
		"check the user and password of the Bitcoin node in alkd's configuration"},
	{chain.ErrWrongNetwork, "chain_network", connect.CodeFailedPrecondition,
		"point alkd at a Bitcoin node of its own network"},
	{chain.ErrUnsupported, "chain_unsupported", connect.CodeUnimplemented,
		"use another chain backend for this"},
	{chain.ErrFeeUnknown, "fee_unknown", connect.CodeUnavailable,
		"give a rate with --sat-per-vbyte"},
	{chain.ErrUnavailable, "chain_unavailable", connect.CodeUnavailable,
		"start the Bitcoin node, or check its address in alkd's configuration; alkd reconnects by itself"},
}

// Reason is how one kind of error is told to clients.
type Reason struct {
	// Code never changes its meaning; Status is connect's; Help says what a person
	// does next, and may be empty.
	Code   string
	Status connect.Code
	Help   string
}

// Reasons returns all reasons by code, each once, for documentation.
func Reasons() []Reason {
	var out []Reason
	for _, r := range slices.Concat(reasons, tradingReasons) {
		if !slices.ContainsFunc(out, func(have Reason) bool { return have.Code == r.code }) {
			out = append(out, Reason{Code: r.code, Status: r.status, Help: r.help})
		}
	}
	slices.SortFunc(out, func(a, b Reason) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// connectError turns any error into what the client sees. unexpected is true
// for an error that has no reason, which is worth a line in the log.
func connectError(ctx context.Context, err error) (out *connect.Error, unexpected bool) {
	if errors.As(err, &out) {
		return out, false
	}
	if cause := context.Cause(ctx); errors.Is(err, context.Canceled) && errors.Is(cause, errStopping) {
		err = cause
	}
	for _, list := range [][]reason{reasons, tradingReasons} {
		for _, r := range list {
			if errors.Is(err, r.err) {
				return withReason(err, r.code, r.status, r.help), false
			}
		}
	}
	var refused *wire.RejectError
	if errors.As(err, &refused) {
		return withReason(err, refused.Code.String(), connect.CodeFailedPrecondition, ""), false
	}
	switch {
	case errors.Is(err, context.Canceled):
		return withReason(err, reasonCanceled, connect.CodeCanceled, ""), false
	case errors.Is(err, context.DeadlineExceeded):
		return withReason(err, reasonCanceled, connect.CodeDeadlineExceeded, "allow more time with --timeout"), false
	}
	return withReason(err, reasonInternal, connect.CodeInternal, "alkd's log may say more"), true
}

func withReason(err error, code string, status connect.Code, help string) *connect.Error {
	out := connect.NewError(status, err)
	detail, detailErr := connect.NewErrorDetail(&alkv1.ErrorReason{Code: code, Help: help, Fields: fieldsOf(err)})
	if detailErr != nil {
		// Only a message that is not valid UTF-8 comes here; the error matters more.
		return out
	}
	out.AddDetail(detail)
	return out
}

// fieldsOf returns the figures of errors that have some.
func fieldsOf(err error) map[string]string {
	var funds *wallet.InsufficientFundsError
	var fee *wallet.FeeTooHighError
	var words *keys.MnemonicError
	switch {
	case errors.As(err, &funds):
		fields := map[string]string{
			"need_sat":        strconv.FormatInt(int64(funds.Need), 10),
			"available_sat":   strconv.FormatInt(int64(funds.Available), 10),
			"missing_sat":     strconv.FormatInt(int64(funds.Missing()), 10),
			"unconfirmed_sat": strconv.FormatInt(int64(funds.Unconfirmed), 10),
		}
		for owner, amount := range funds.Leased {
			fields["leased_sat:"+owner] = strconv.FormatInt(int64(amount), 10)
		}
		return fields
	case errors.As(err, &fee):
		return map[string]string{
			"fee_sat":           strconv.FormatInt(int64(fee.Fee), 10),
			"max_fee_sat":       strconv.FormatInt(int64(fee.MaxFee), 10),
			"sat_per_vbyte":     strconv.FormatInt(int64(fee.Rate), 10),
			"max_sat_per_vbyte": strconv.FormatInt(int64(fee.MaxRate), 10),
		}
	case errors.As(err, &words) && words.Word > 0:
		// The position only: the word itself is a secret.
		return map[string]string{"word": strconv.Itoa(words.Word)}
	}
	return nil
}

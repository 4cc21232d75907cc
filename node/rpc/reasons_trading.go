package rpc

import (
	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	dlcstore "github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/engine/journal"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/series"
)

// tradingReasons are those of peers, orders, contracts, oracles and backups, in
// the order in which they are looked for.
var tradingReasons = []reason{
	{peer.ErrAddress, "peer_address", connect.CodeInvalidArgument,
		"write it as node key @ host : port; `alk peer list` of the other node shows its key"},
	{peer.ErrSelf, "peer_self", connect.CodeInvalidArgument, "that is this node itself"},
	{peer.ErrNeedsTor, "tor_needed", connect.CodeFailedPrecondition, "start alkd with --tor-socks to reach onion addresses"},
	{peer.ErrWrongChain, "peer_chain", connect.CodeFailedPrecondition, "the peer runs on another network"},
	{peer.ErrHandshake, "peer_handshake", connect.CodeUnavailable,
		"compare the node key with the peer's owner, and check the address"},
	{peer.ErrNotConnected, "peer_not_connected", connect.CodeFailedPrecondition,
		"connect with `alk peer connect KEY@HOST:PORT`; `alk peer list` shows who is there"},
	{peer.ErrHello, "peer_hello", connect.CodeUnavailable, "the peer is not a node of this protocol, or of another version"},
	{peer.ErrRefused, "peer_refused", connect.CodeUnavailable, "ask the peer's owner why"},
	{peer.ErrFull, "peer_full", connect.CodeResourceExhausted, "the peer has no place for strangers now; try again later"},
	{peer.ErrStopped, "stopping", connect.CodeUnavailable, "the wallet is being closed, or the daemon is shutting down"},

	{engine.ErrNotConnected, "peer_not_connected", connect.CodeFailedPrecondition,
		"connect with `alk peer connect KEY@HOST:PORT`; `alk peer list` shows who is there"},
	{engine.ErrUnknown, "contract_unknown", connect.CodeNotFound, "`alk contract list --all` shows all contracts"},
	{engine.ErrAmbiguous, "contract_ambiguous", connect.CodeInvalidArgument, "give more digits of its key"},
	{engine.ErrUnsupported, "peer_unsupported", connect.CodeFailedPrecondition,
		"the peer does not trade this index with the same parameters; `alk peer list` shows what it trades"},
	{engine.ErrPolicy, "policy", connect.CodeFailedPrecondition,
		"`alk policy show` shows the node's limits; change the file and run `alk policy reload`"},
	{engine.ErrLimit, "limit", connect.CodeResourceExhausted, "wait until other offers are done, or raise the limit in the policy"},
	{engine.ErrReadOnly, "disk_full", connect.CodeResourceExhausted,
		"make room on the disk of the data directory; existing contracts are still watched"},
	{engine.ErrStopped, "wallet_closed", connect.CodeFailedPrecondition,
		"open the wallet with `alk wallet unlock` (`alk state` shows its state)"},
	{journal.ErrStopped, "wallet_closed", connect.CodeFailedPrecondition,
		"open the wallet with `alk wallet unlock` (`alk state` shows its state)"},
	{engine.ErrIrrevocable, "exit_irrevocable", connect.CodeFailedPrecondition,
		"wait for a payment to confirm or free a lease (`alk coins leases` lists them), or agree for good: `alk contract close CONTRACT --approve --irrevocable`"},
	{engine.ErrBusy, "busy", connect.CodeResourceExhausted, "the contract has much to do now; try again"},
	{contract.ErrIllegal, "contract_phase", connect.CodeFailedPrecondition,
		"the contract is in another phase; `alk contract show` tells which"},

	{feed.ErrBehind, "index_behind", connect.CodeUnavailable, "wait until the node has followed the chain; `alk index list` shows how far it is"},
	{feed.ErrNotClosed, "day_open", connect.CodeFailedPrecondition,
		"the day is not closed or not attested yet; `alk index list` shows the last closed day"},
	{feed.ErrDiffers, "index_differs", connect.CodeFailedPrecondition,
		"own index and oracles contradict each other: `alk oracle evidence`; no new contracts until that is understood"},
	{feed.ErrIndex, "index_unknown", connect.CodeInvalidArgument, "`alk index list` shows the indices of this node"},
	{series.ErrUnknown, "day_unknown", connect.CodeNotFound, "`alk index list` shows the first and the last day"},
	{api.ErrUnreachable, "oracle_unreachable", connect.CodeUnavailable, "check the oracle's address, or try again later"},
	{api.ErrInvalid, "oracle_invalid", connect.CodeFailedPrecondition, "the oracle's answer does not verify; do not rely on it"},
	{api.ErrNotFound, "oracle_silent", connect.CodeNotFound, "the oracle has not announced or attested that"},
	{engine.ErrOracle, "oracle", connect.CodeFailedPrecondition,
		"`alk oracle list` shows the allow-list; all oracles of a contract must have announced its event"},
	{feed.ErrOracle, "oracle", connect.CodeInvalidArgument, "`alk oracle list` shows the allow-list"},

	{order.ErrExpired, "order_expired", connect.CodeFailedPrecondition, "`alk order list --refresh` shows what is open now"},
	{order.ErrUnavailable, "order_unavailable", connect.CodeFailedPrecondition, "`alk order list --refresh` shows what is left"},
	{order.ErrQuoteMismatch, "order_size", connect.CodeInvalidArgument, "take a size between the order's least and what is left of it"},
	{order.ErrBadTerms, "bad_terms", connect.CodeInvalidArgument, ""},
	{order.ErrMalformed, "bad_terms", connect.CodeInvalidArgument, ""},
	{book.ErrUnknown, "order_unknown", connect.CodeNotFound, "`alk order list --refresh` shows what is open now"},
	{book.ErrNotConnected, "peer_not_connected", connect.CodeFailedPrecondition, "connect with `alk peer connect KEY@HOST:PORT`"},
	{book.ErrLimit, "limit", connect.CodeResourceExhausted, "cancel orders that are not needed"},
	{book.ErrNoReference, "no_reference", connect.CodeFailedPrecondition, "the pricer needs the chain's tip and an index computed from it"},
	{book.ErrRequest, "invalid_request", connect.CodeInvalidArgument, ""},
	{pricer.ErrMarket, "no_reference", connect.CodeFailedPrecondition, ""},
	{payout.ErrTerms, "bad_terms", connect.CodeInvalidArgument, ""},
	{engine.ErrRequest, "invalid_request", connect.CodeInvalidArgument, ""},
	{portfolio.ErrRequest, "invalid_request", connect.CodeInvalidArgument, ""},

	{policy.ErrSyntax, "policy_file", connect.CodeInvalidArgument, "mend the policy file; the old policy stays in force"},
	{policy.ErrValue, "policy_file", connect.CodeInvalidArgument, "mend the policy file; the old policy stays in force"},
	{backup.ErrFormat, "backup_format", connect.CodeInvalidArgument, "this is not a whole recovery file"},
	{backup.ErrNewer, "backup_newer", connect.CodeFailedPrecondition, "run the newer alkd that wrote this file"},
	{backup.ErrForeign, "backup_foreign", connect.CodeFailedPrecondition,
		"the file is of another mnemonic or network, or damaged"},
	{backup.ErrUnread, "backup_unread", connect.CodeFailedPrecondition,
		"`alk backup show` says why; mend that, or move the file that cannot be read away"},
	{backup.ErrAway, "backup_away", connect.CodeFailedPrecondition, "bring the medium back, or start alkd with another --backup"},
	{backup.ErrTooSoon, "rate_limited", connect.CodeResourceExhausted, "wait a moment and ask again"},
	{dlcstore.ErrStale, "contract_known", connect.CodeAlreadyExists, "the contract is here already"},
	{dlcstore.ErrNotFound, "contract_unknown", connect.CodeNotFound, "`alk contract list --all` shows all contracts"},
	{dlcstore.ErrCorrupt, "store_corrupt", connect.CodeDataLoss,
		"stop alkd, keep a copy of the data directory, and restore the contracts from their recovery files"},
}

package node

import (
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/btcsuite/btcwallet/waddrmgr"
	basewallet "github.com/btcsuite/btcwallet/wallet"
	"github.com/lightninglabs/neutrino"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet/btcwallet"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/internal/logs"
)

// useLibraryLoggers lets the libraries that log on their own write through
// ours. Their loggers are global, so the last daemon of a process has them.
func useLibraryLoggers(l *logs.Logs) {
	wallet, light, notify := l.Library("btcwallet"), l.Library("neutrino"), l.Library("chain")
	basewallet.UseLogger(wallet)
	btcwallet.UseLogger(wallet)
	waddrmgr.UseLogger(wallet)
	walletchain.UseLogger(wallet)
	neutrino.UseLogger(light)
	chainntnfs.UseLogger(notify)
	chainfee.UseLogger(notify)
}

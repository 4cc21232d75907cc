package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/node"
)

// addTradingFlags adds the settings of contracts and peers.
func addTradingFlags(f *pflag.FlagSet) {
	usual := contract.DefaultParams()
	f.StringSlice("listen", nil, "listen for peers on these addresses, host:port (repeat)")
	f.Int("max-inbound", 0, "strangers that may be connected at a time, each of whom takes a file descriptor; 0: 1,000")
	f.StringSlice("peer", nil, "stay connected with these peers, pubkey@host:port (repeat)")
	f.StringSlice("oracle", nil, "trust this oracle, KEY@URL or NAME=KEY@URL (repeat); alk oracle add does it at run time")
	f.Duration("oracle-poll", 0, "how often oracles are asked; 0: 20 s")
	f.StringSlice("index-file", nil, "trade the reported index that this file defines: the one of its oracles (repeat)")
	f.Bool("index-from-oracles", false, "do as a light client does, with a full node that keeps no old blocks: recompute days from evidence")
	f.Bool("check-all-days", false, "light client: recompute every day of the index, not only those of own contracts")
	f.String("tor-socks", "", "Tor's SOCKS proxy for peers, host:port")
	f.Bool("tor-direct", false, "reach peers that are no onion services without the proxy")
	f.String("backup", "", "folder of recovery files of contracts, best on another disk (default: recovery in the data directory)")
	f.String("policy", "", "policy file; read again on SIGHUP")
	f.String("clock", "wall", `"wall", or on regtest and simnet "chain": the time of the tip`)
	f.Int("workers", 0, "processors that sign and verify; 0: all")
	f.Duration("mempool-poll", 0, "how often the mempool is looked at while a transaction is awaited; 0: 5 s")

	f.Uint32("t-sign", usual.TSign, "how long the peer may take to sign, s")
	f.Uint32("t-fund", usual.TFund, "how long the funding may take to be seen before it is cancelled, s")
	f.Uint32("t-settle", usual.TSettle, "how long a settlement by agreement is awaited before the CET is used, s")
	f.Uint32("t-close", usual.TClose, "how long an agreed exit may take to be seen before it is voided, s")
	f.Uint32("t-answer", usual.TAnswer, "after how much silence the accepter proposes the settlement itself, s")
	f.Uint32("lead", usual.Lead, "how long before maturity the funding must be confirmed, s")
	f.Uint32("fund-conf", 0, "confirmations from which a contract is active; 0: 3, on regtest 1")
	f.Uint32("final-conf", usual.FinalConf, "confirmations from which a transaction is final")
}

// tradingConfig reads them.
func tradingConfig(v *viper.Viper) (node.Trading, error) {
	t := node.Trading{
		Listen: settings.List(v, "listen"), Peers: settings.List(v, "peer"), Inbound: v.GetInt("max-inbound"),
		Oracles: settings.List(v, "oracle"), OraclePoll: v.GetDuration("oracle-poll"),
		IndexFiles: settings.List(v, "index-file"), CheckAllDays: v.GetBool("check-all-days"),
		IndexFromOracles: v.GetBool("index-from-oracles"),
		TorSocks:         v.GetString("tor-socks"), TorDirect: v.GetBool("tor-direct"), PolicyFile: v.GetString("policy"), Backup: v.GetString("backup"),
		Workers: v.GetInt("workers"), PoolPoll: v.GetDuration("mempool-poll"),
		Params: contract.Params{
			TSign: v.GetUint32("t-sign"), TFund: v.GetUint32("t-fund"), TSettle: v.GetUint32("t-settle"),
			TClose: v.GetUint32("t-close"), TAnswer: v.GetUint32("t-answer"), Lead: v.GetUint32("lead"),
			FundConf: v.GetUint32("fund-conf"), FinalConf: v.GetUint32("final-conf"),
		},
	}
	switch clock := v.GetString("clock"); clock {
	case "wall":
	case "chain":
		t.ChainClock = true
	default:
		return t, fmt.Errorf("%w: clock %q, want wall or chain", node.ErrConfig, clock)
	}
	return t, nil
}

// hangups tells of each SIGHUP until stop is called.
func hangups() (reload <-chan struct{}, stop func()) {
	signals, asked, done := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		defer close(asked)
		for {
			select {
			case <-done:
				return
			case <-signals:
			}
			select {
			case asked <- struct{}{}:
			case <-done:
				return
			}
		}
	}()
	return asked, func() { signal.Stop(signals); close(done) }
}

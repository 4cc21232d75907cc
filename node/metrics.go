package node

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/node/rpc"
)

// health is what /healthz and /readyz answer. It tells nothing of funds: anyone
// on this machine may ask.
type health struct {
	Version   string `json:"version"`
	Network   string `json:"network"`
	Wallet    string `json:"wallet"`
	BackendUp bool   `json:"backend_up"`
	Synced    bool   `json:"synced"`
	// ReadOnly says that the disk does not take writes, so that no contract is
	// signed.
	ReadOnly bool   `json:"read_only"`
	Error    string `json:"error,omitempty"`
}

var walletStateNames = map[rpc.WalletState]string{
	rpc.WalletNone: "none", rpc.WalletLocked: "locked", rpc.WalletOpening: "opening", rpc.WalletOpened: "open",
}

func (d *Daemon) health(ctx context.Context) health {
	h := health{Version: version.Version, Network: d.cfg.Network, Wallet: walletStateNames[d.WalletState()]}
	if _, err := d.requireBackend(ctx); err != nil {
		h.Error = err.Error()
		return h
	}
	h.BackendUp = true
	if state := d.State(ctx); state.Sync != nil {
		h.Synced = state.Sync.Synced
	}
	if s := d.current(); s != nil && s.trading != nil {
		h.ReadOnly = s.trading.engine.ReadOnly()
	}
	return h
}

// collector asks the daemon when it is scraped.
type collector struct {
	d                                                            *Daemon
	info, up, open, synced, chainHeight, walletHeight, startTime *prometheus.Desc
}

func newCollector(d *Daemon) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("alkd_"+name, help, labels, nil)
	}
	return &collector{
		d:            d,
		info:         desc("build_info", "Version of the daemon; always 1.", "version", "commit", "network", "backend"),
		up:           desc("backend_up", "1 if the chain backend answers."),
		open:         desc("wallet_open", "1 if the wallet is open."),
		synced:       desc("wallet_synced", "1 if the wallet stands at the tip of the chain."),
		chainHeight:  desc("chain_height", "Height of the backend's best block."),
		walletHeight: desc("wallet_height", "Height up to which the wallet has followed the chain."),
		startTime:    desc("start_time_seconds", "Unix time at which the daemon started."),
	}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	boolean := map[bool]float64{true: 1}
	ctx, cancel := context.WithTimeout(context.Background(), askChain)
	defer cancel()
	gauge(c.info, 1, version.Version, version.Commit, c.d.cfg.Network, c.d.backend.Name())
	gauge(c.startTime, float64(c.d.started.Unix()))
	tip, err := c.d.requireBackend(ctx)
	gauge(c.up, boolean[err == nil])
	if err == nil {
		gauge(c.chainHeight, float64(tip.Height))
	}
	s := c.d.current()
	gauge(c.open, boolean[s != nil])
	if s != nil {
		status := openWallet{s}.Sync(ctx)
		gauge(c.synced, boolean[status.Synced])
		gauge(c.walletHeight, float64(status.WalletHeight))
	}
}

// serveMetrics serves health and metrics on loopback until ctx ends.
func (d *Daemon) serveMetrics(ctx context.Context) error {
	mux := http.NewServeMux()
	daemon.MetricsHandler(mux, newCollector(d), newPeerCollector(d), newContractCollector(d))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		d.answerHealth(w, d.health(r.Context()), true)
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		h := d.health(r.Context())
		d.answerHealth(w, h, h.BackendUp && h.Synced && !h.ReadOnly)
	})
	listener, err := net.Listen("tcp", d.cfg.MetricsListen)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	d.log.Info("metrics server listening", "address", listener.Addr().String())
	return daemon.Serve(ctx, listener, mux)
}

func (d *Daemon) answerHealth(w http.ResponseWriter, h health, ok bool) {
	w.Header().Set("Content-Type", "application/json")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	if err := json.NewEncoder(w).Encode(h); err != nil {
		d.log.Debug("health answer not sent", "err", err)
	}
}

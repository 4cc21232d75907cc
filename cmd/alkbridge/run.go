package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/evmbridge/rpc"
	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/terminal"
	"github.com/alkimiya/alkimiya/internal/version"
	noderpc "github.com/alkimiya/alkimiya/node/rpc"
)

// serve runs the program until ctx ends.
func serve(ctx context.Context, cfg *config, loggers *logs.Logs) (err error) {
	if err := daemon.Harden(); err != nil {
		return err
	}
	lock, err := daemon.Lock(cfg.Dir, lockFile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	passphrase, err := passphraseOf(ctx, cfg, terminal.Console{}, false)
	if err != nil {
		return err
	}
	b := &bridge{cfg: cfg, log: loggers.Logger("bridge")}
	b.ring, err = openKeys(cfg, passphrase)
	clear(passphrase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx, loggers); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	b.log.InfoContext(ctx, "alkbridge started", "version", version.String(), "network", cfg.Network, "roles", cfg.Roles,
		"chain_id", b.at.ChainID, "bridge", b.at.Contracts.Bridge.Hex())
	return b.serveAll(ctx, loggers)
}

// serveAll runs the steps and the servers. The first that fails ends the others.
func (b *bridge) serveAll(ctx context.Context, loggers *logs.Logs) (err error) {
	authority := noderpc.NewAuthorityOf(b.cfg.Dir, rpc.Permissions(), roles())
	secret := b.ring.derive("macaroons")
	if err := authority.Open(hex.AppendEncode(nil, secret[:])); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, authority.Close()) }()
	tlsConfig, err := noderpc.ServerTLS(b.cfg.Dir, b.cfg.RPCListen, b.cfg.TLSExtraIPs, b.cfg.TLSExtraDomains)
	if err != nil {
		return err
	}
	server := rpc.NewServer(rpc.Config{
		Listen: b.cfg.RPCListen, TLS: tlsConfig, Authority: authority, Service: service{b}, Log: loggers.Logger("rpc"),
	})
	if err := server.Listen(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	if b.server != nil {
		if err := b.serveOperator(ctx, group, loggers.Logger("operator")); err != nil {
			return err
		}
	}
	if b.cfg.MetricsListen != "" {
		l, err := net.Listen("tcp", b.cfg.MetricsListen)
		if err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		group.Go(func() error { return daemon.Serve(ctx, l, b.metricsHandler()) })
	}
	group.Go(func() error { return server.Run(ctx) })
	group.Go(func() error { return b.run(ctx) })
	return group.Wait()
}

func (b *bridge) serveOperator(ctx context.Context, group *errgroup.Group, log *slog.Logger) error {
	identity, err := b.ring.identity()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", b.cfg.OperatorListen)
	if err != nil {
		return fmt.Errorf("listen for operators: %w", err)
	}
	const patience = 10 * time.Second
	server := &http.Server{
		Handler: b.server.Handler(), TLSConfig: identity.Server(), ReadHeaderTimeout: patience, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	group.Go(func() error { return rpc.ServeTLS(ctx, server, []net.Listener{l}) })
	return nil
}

// roles are the ready-made macaroons: admin for everything, readonly for what changes
// nothing.
func roles() []noderpc.Role {
	var all, readonly []bakery.Op
	seen := map[bakery.Op]bool{}
	for _, needed := range rpc.Permissions() {
		for _, op := range needed {
			if seen[op] {
				continue
			}
			seen[op] = true
			all = append(all, op)
			if op.Action == "read" {
				readonly = append(readonly, op)
			}
		}
	}
	return []noderpc.Role{
		{File: "admin.macaroon", RootKeyID: 1, Ops: all}, {File: "readonly.macaroon", RootKeyID: 2, Ops: readonly},
	}
}

// health is what /healthz and /readyz answer.
type health struct {
	Version string `json:"version"`
	Network string `json:"network"`
	Ready   bool   `json:"ready"`
	Alerts  int    `json:"alerts"`
	Error   string `json:"error,omitempty"`
}

func (b *bridge) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	daemon.MetricsHandler(mux, collector{b})
	answer := func(w http.ResponseWriter, must bool) {
		h := health{Version: version.Version, Network: b.cfg.Network, Ready: b.ready.Load(), Alerts: len(b.alerts())}
		if text := b.failed.Load(); text != nil {
			h.Error = *text
		}
		w.Header().Set("Content-Type", "application/json")
		if must && (!h.Ready || h.Error != "") {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		if err := json.NewEncoder(w).Encode(h); err != nil {
			b.log.Debug("health not written", "error", err)
		}
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, false) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, true) })
	return mux
}

// collector tells what the last step saw.
type collector struct{ b *bridge }

var (
	descAlerts      = prometheus.NewDesc("alkbridge_alerts", "What a person should look at, by name.", []string{"name"}, nil)
	descBitcoin     = prometheus.NewDesc("alkbridge_bitcoin_height", "Height of the own Bitcoin node.", nil, nil)
	descHead        = prometheus.NewDesc("alkbridge_evm_head", "Head of the EVM chain.", nil, nil)
	descFinal       = prometheus.NewDesc("alkbridge_evm_finalized", "Finalized block of the EVM chain.", nil, nil)
	descCalls       = prometheus.NewDesc("alkbridge_calls_waiting", "Calls of the outbox that are not final.", nil, nil)
	descLots        = prometheus.NewDesc("alkbridge_lots", "Lots by state.", []string{"state"}, nil)
	descRedemptions = prometheus.NewDesc("alkbridge_redemptions", "Redemptions by state.", []string{"state"}, nil)
	descOwed        = prometheus.NewDesc("alkbridge_requested_satoshis", "Satoshi of redemptions that wait for their payment.", nil, nil)
)

// Describe implements prometheus.Collector.
func (collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descAlerts, descBitcoin, descHead, descFinal, descCalls, descLots, descRedemptions, descOwed,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counted := func(d *prometheus.Desc, names []string) {
		by := map[string]int{}
		for _, name := range names {
			by[name]++
		}
		for name, n := range by {
			gauge(d, float64(n), name)
		}
	}
	var alerts, lots, redemptions []string
	for _, a := range c.b.alerts() {
		alerts = append(alerts, a.Name)
	}
	counted(descAlerts, alerts)
	gauge(descBitcoin, float64(c.b.height.Load()))
	if waiting, err := c.b.outbox.Calls("", false); err == nil {
		gauge(descCalls, float64(len(waiting)))
	}
	view := c.b.desk.View()
	if view == nil {
		return
	}
	gauge(descHead, float64(view.Head.Number.Uint64()))
	gauge(descFinal, float64(view.Final.Number.Uint64()))
	var owed uint64
	for _, l := range view.Lots {
		lots = append(lots, l.State.String())
	}
	for _, r := range view.Redemptions {
		redemptions = append(redemptions, r.State.String())
		if r.State.String() == "requested" {
			owed += r.Sats
		}
	}
	counted(descLots, lots)
	counted(descRedemptions, redemptions)
	gauge(descOwed, float64(owed))
}

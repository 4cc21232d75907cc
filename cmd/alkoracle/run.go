package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/admin"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

const (
	retryFirst = time.Second
	retryMost  = 30 * time.Second
	// maxSkew is how far the clocks of other oracles may differ, in seconds.
	maxSkew = 600
	// compactEvery is how often the store gives back disk space.
	compactEvery = time.Hour
)

func (a *app) runCommand() *cobra.Command {
	cmd := a.command("run", "Announce, attest and serve until told to stop", cobra.NoArgs,
		func(ctx context.Context, cfg config, _ []string) error {
			if err := cfg.checkRun(); err != nil {
				return err
			}
			return a.locked(cfg, func() error { return a.run(ctx, cfg) })
		})
	cmd.Long = "Follow the node, announce the events of the coming days, attest each day when it is\n" +
		"closed and mature, and serve everything until told to stop."
	return cmd
}

// run opens everything, works until ctx ends, and closes everything.
func (a *app) run(ctx context.Context, cfg config) (err error) {
	loggers, err := a.logger(cfg)
	if err != nil {
		return err
	}
	log := loggers.Logger("daemon")
	passphrase, err := a.passphrase(ctx, cfg.passphraseFile, "Passphrase", false)
	if err != nil {
		return err
	}
	opened, err := openOracle(cfg, passphrase)
	clear(passphrase)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.close()) }()
	source, err := newSource(cfg, loggers.Logger("index"))
	if err != nil {
		return err
	}
	log.Info("starting", "version", version.Version, "commit", version.Commit, "network", cfg.network, "backend", cfg.backend)
	node := &judge{source: source, private: cfg.private()}
	sources, chains, err := a.sources(cfg, opened.ring, source, node, loggers.Logger("index"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeSeries(chains)) }()
	service, err := newService(cfg, opened, sources, source, node, loggers.Logger("oracle"))
	if err != nil {
		return err
	}
	err = a.serve(ctx, cfg, opened, loggers, parts{service: service, chains: chains, source: source})
	log.Info("stopped")
	return err
}

// newService builds the service of an opened oracle.
func newService(cfg config, o *opened, sources []oracle.Source, source blockSource, node oracle.Node, log *slog.Logger) (*oracle.Service, error) {
	signers, err := o.signers()
	if err != nil {
		return nil, err
	}
	starts, err := cfg.startDays()
	if err != nil {
		return nil, err
	}
	group, err := newFederation(cfg, signers[len(signers)-1].Key())
	if err != nil {
		return nil, err
	}
	sc := oracle.Config{
		Network: cfg.network, Version: version.Version, Signers: signers, Store: o.store, Sources: sources,
		Horizon: cfg.horizon, Starts: starts, Node: node, Clock: wallClock{}, Federation: group,
		MarkFiles: append([]string{cfg.path(markFile)}, cfg.markFiles...), Anchor: cfg.path(anchorFile),
		Batch: cfg.batch, Poll: cfg.poll, MaxSkew: maxSkew, Logger: log,
	}
	if cfg.clock == "chain" {
		sc.Clock, sc.MaxSkew = chainClock{source}, 0
	}
	return oracle.New(sc)
}

// newFederation is this oracle with the members that are configured, nil without any.
func newFederation(cfg config, own [32]byte) (*oracle.Federation, error) {
	members, err := cfg.memberList()
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, nil //nolint:nilnil // no federation is an answer
	}
	all := [][32]byte{own}
	for _, m := range members {
		all = append(all, m.Key)
	}
	threshold := cfg.threshold
	if threshold == 0 {
		threshold = len(all)/2 + 1
	}
	set, err := federation.New(all, threshold)
	if err != nil {
		return nil, bad("member, threshold: %w", err)
	}
	client, err := api.NewClient(api.ClientConfig{Members: members})
	if err != nil {
		return nil, bad("member: %w", err)
	}
	return &oracle.Federation{Set: set, Members: members, Client: client}, nil
}

// parts are what runs beside each other.
type parts struct {
	service *oracle.Service
	chains  []*followed
	source  blockSource
}

// serve runs everything until ctx ends or a part fails.
func (a *app) serve(ctx context.Context, cfg config, o *opened, loggers *logs.Logs, p parts) error {
	collector, observe := api.NewMetrics()
	server, err := newServer(cfg, p.service, loggers.Logger("api"), observe)
	if err != nil {
		return err
	}
	if err := server.Listen(ctx); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Run(ctx) })
	group.Go(func() error {
		return admin.Serve(ctx, admin.Config{
			Socket: cfg.path(socketFile), Oracle: p.service, Logger: loggers.Logger("admin"),
			Backup: func(_ context.Context, path string) error { return o.backup(cfg, path) },
			SetLevel: func(subsystem, level string) (map[string]string, error) {
				if err := loggers.Set(subsystem, level); err != nil {
					return nil, err
				}
				return loggers.Levels(), nil
			},
		})
	})
	if cfg.metricsListen != "" {
		mux := healthRoutes(p.service, loggers.Logger("daemon"))
		daemon.MetricsHandler(mux, oracle.NewCollector(p.service), collector)
		group.Go(func() error { return listenMetrics(ctx, cfg, mux, loggers.Logger("daemon")) })
	}
	group.Go(func() error { return compact(ctx, o, loggers.Logger("daemon")) })
	group.Go(func() error {
		if err := awaitNode(ctx, cfg, p.source, loggers.Logger("daemon")); err != nil || ctx.Err() != nil {
			return err
		}
		return work(ctx, p)
	})
	return group.Wait()
}

// work follows the chain and lets the oracle do its work.
func work(ctx context.Context, p parts) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, f := range p.chains {
		group.Go(func() error { return f.run(ctx) })
	}
	group.Go(func() error { return p.service.Run(ctx) })
	return group.Wait()
}

// awaitNode waits for a node that is away, and fails on one of another network or that
// refuses the password.
func awaitNode(ctx context.Context, cfg config, source blockSource, log *slog.Logger) error {
	rpc, ok := source.(*rpcSource)
	if !ok {
		return source.refresh()
	}
	for wait := retryFirst; ; wait = min(2*wait, retryMost) {
		err := rpc.node.CheckNetwork(ctx, cfg.params())
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the program was told to stop
		}
		if errors.Is(err, chain.ErrWrongNetwork) || errors.Is(err, chain.ErrAuth) {
			return err
		}
		log.Warn("node not reached", "backend", cfg.backend, "retry_in", wait.String(), "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

func newServer(cfg config, service *oracle.Service, log *slog.Logger, observe func(string, int, time.Duration)) (*api.Server, error) {
	s := api.ServerConfig{Listen: cfg.listen, Records: service, Indices: service, Logger: log, Limits: cfg.limits, Observe: observe}
	if cfg.tlsCert != "" {
		pair, err := tls.LoadX509KeyPair(cfg.tlsCert, cfg.tlsKey)
		if err != nil {
			return nil, bad("tls-cert, tls-key: %w", err)
		}
		s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return api.NewServer(s), nil
}

// health is what /healthz and /readyz answer.
type health struct {
	Version string   `json:"version"`
	Network string   `json:"network"`
	Height  int32    `json:"height"`
	Signing bool     `json:"signing"`
	Reasons []string `json:"reasons"`
}

func healthRoutes(service *oracle.Service, log *slog.Logger) *http.ServeMux {
	answer := func(strict bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			info, err := service.Info(r.Context())
			if err != nil || strict && !info.Signing {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			h := health{Version: info.Version, Network: info.Network, Height: info.Chain.Height, Signing: info.Signing, Reasons: info.Reasons}
			if err := json.NewEncoder(w).Encode(h); err != nil {
				log.Debug("health answer not sent", "err", err)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", answer(false))
	mux.HandleFunc("GET /readyz", answer(true))
	return mux
}

func listenMetrics(ctx context.Context, cfg config, mux *http.ServeMux, log *slog.Logger) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.metricsListen)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	log.Info("metrics server listening", "address", l.Addr().String())
	return daemon.Serve(ctx, l, mux)
}

// compact gives back disk space now and then.
func compact(ctx context.Context, o *opened, log *slog.Logger) error {
	ticker := time.NewTicker(compactEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if err := o.store.Compact(); err != nil {
				log.Warn("store not compacted", "err", err)
			}
		}
	}
}

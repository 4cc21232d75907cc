package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

const (
	maxMessage  = 4 << 20
	maxFile     = 16 << 20
	maxHeader   = 64 << 10
	maxStreams  = 64
	maxPerConn  = 100
	grace       = 10 * time.Second
	idleTimeout = 2 * time.Minute

	headerTimeout = 10 * time.Second
	writeTimeout  = 30 * time.Second

	defaultBodyTimeout  = 30 * time.Second
	defaultSyncInterval = 500 * time.Millisecond
)

// ErrConfig tells that NewServer was given something it cannot use.
var ErrConfig = errors.New("rpc configuration")

// Config is what a Server needs. Everything without a default is required.
type Config struct {
	// Listen holds addresses such as "127.0.0.1:8430"; port 0 picks a free one.
	Listen []string
	// Dir, which must exist, holds tls.cert and tls.key.
	Dir string
	// ExtraIPs and ExtraDomains are further names under which clients reach
	// this server: the certificate names them, and requests may.
	ExtraIPs, ExtraDomains []string

	Node    NodeControl
	Wallets Wallets
	// Wallet returns the open wallet, or an error that wraps ErrWalletClosed.
	Wallet func() (Wallet, error)
	// Trading returns what is open beside it, or an error that wraps
	// ErrWalletClosed. All of it stays open until done is called, and the context
	// ends when the wallet begins to close.
	Trading func(ctx context.Context) (held context.Context, t *Trading, done func(), err error)
	// Authority is opened and closed with the wallet, by whoever opens it.
	Authority *Authority
	Logger    *slog.Logger
	// BodyTimeout is how long a request may take to arrive; 0 means 30 s.
	BodyTimeout time.Duration
	// SyncInterval is how often WatchSync looks; 0 means half a second.
	SyncInterval time.Duration
}

func (c *Config) check() error {
	if len(c.Listen) == 0 {
		return fmt.Errorf("%w: no address to listen on", ErrConfig)
	}
	for _, address := range c.Listen {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%w: listen address: %w", ErrConfig, err)
		}
	}
	for _, ip := range c.ExtraIPs {
		if net.ParseIP(ip) == nil {
			return fmt.Errorf("%w: %q is not an IP address", ErrConfig, ip)
		}
	}
	if c.Node == nil || c.Wallets == nil || c.Wallet == nil || c.Trading == nil || c.Authority == nil || c.Logger == nil {
		return fmt.Errorf("%w: incomplete", ErrConfig)
	}
	if c.BodyTimeout == 0 {
		c.BodyTimeout = defaultBodyTimeout
	}
	if c.SyncInterval == 0 {
		c.SyncInterval = defaultSyncInterval
	}
	return nil
}

// Server serves all services on all its addresses. Use it once: NewServer,
// Listen, Run.
type Server struct {
	cfg   Config
	log   *slog.Logger
	hosts map[string]bool
	http  *http.Server

	// opening is held by the one request that opens or closes the wallet.
	opening chan struct{}
	streams chan struct{}

	stopping context.Context // ends the streams at shutdown; not a request's
	stop     context.CancelFunc

	mu        sync.Mutex
	listeners []net.Listener
}

// NewServer checks cfg and loads or makes the TLS certificate. It returns
// ErrConfig, ErrTLS or ErrTLSExpired, wrapped.
func NewServer(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	ips := append(listenIPs(cfg.Listen), cfg.ExtraIPs...)
	tlsConfig, err := loadTLS(cfg.Dir, ips, cfg.ExtraDomains, time.Now())
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: cfg.Logger, hosts: make(map[string]bool),
		opening: make(chan struct{}, 1), streams: make(chan struct{}, maxStreams),
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	for _, ip := range ips {
		s.hosts[net.ParseIP(ip).String()] = true
	}
	for _, domain := range cfg.ExtraDomains {
		s.hosts[strings.ToLower(domain)] = true
	}
	s.http = &http.Server{
		Handler:           s.handler(),
		TLSConfig:         tlsConfig,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxPerConn},
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// listenIPs returns the addresses that are one IP other than loopback, which
// every certificate names anyway.
func listenIPs(listen []string) []string {
	var ips []string
	for _, address := range listen {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			continue // refused by Config.check
		}
		if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() && !ip.IsLoopback() {
			ips = append(ips, ip.String())
		}
	}
	return ips
}

func (s *Server) handler() http.Handler {
	options := connect.WithHandlerOptions(
		connect.WithRequestGate(s.gate),
		connect.WithReadMaxBytes(maxMessage),
		connect.WithInterceptors(interceptor{s}),
		connect.WithRecover(s.recovered),
	)
	mux := http.NewServeMux()
	mux.Handle(alkv1connect.NewStateServiceHandler(stateService{s}, options))
	mux.Handle(alkv1connect.NewWalletServiceHandler(walletService{s}, options))
	mux.Handle(alkv1connect.NewNodeServiceHandler(nodeService{s}, options))
	mux.Handle(alkv1connect.NewMacaroonServiceHandler(macaroonService{s}, options))
	mux.Handle(alkv1connect.NewPeerServiceHandler(peerService{s}, options))
	mux.Handle(alkv1connect.NewOrderServiceHandler(orderService{s}, options))
	mux.Handle(alkv1connect.NewContractServiceHandler(contractService{s}, options))
	mux.Handle(alkv1connect.NewPortfolioServiceHandler(portfolioService{s}, options))
	mux.Handle(alkv1connect.NewEventServiceHandler(eventService{s}, options))
	mux.Handle(alkv1connect.NewOracleServiceHandler(oracleService{s}, options))
	mux.Handle(alkv1connect.NewIndexServiceHandler(indexService{s}, options))
	mux.Handle(alkv1connect.NewPolicyServiceHandler(policyService{s}, options))
	// A recovery file holds three messages of a contract.
	mux.Handle(alkv1connect.NewBackupServiceHandler(backupService{s}, options, connect.WithReadMaxBytes(maxFile)))
	// No CORS headers are ever sent; browsers' requests from other origins are
	// refused here even where they would need none.
	return s.guardHost(http.NewCrossOriginProtection().Handler(s.guardTime(mux)))
}

// Listen binds all addresses, so that clients may connect; Run answers them.
func (s *Server) Listen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, address := range s.cfg.Listen {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return errors.Join(fmt.Errorf("listen on %s: %w", address, err), closeAll(s.listeners))
		}
		s.listeners = append(s.listeners, l)
	}
	return nil
}

func closeAll(listeners []net.Listener) error {
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// Addrs returns the addresses bound by Listen, with their true ports.
func (s *Server) Addrs() []net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	addrs := make([]net.Addr, len(s.listeners))
	for i, l := range s.listeners {
		addrs[i] = l.Addr()
	}
	return addrs
}

// Run serves the addresses bound by Listen until ctx ends, or one of them
// fails. Then it ends the streams, lets other requests finish for ten seconds,
// and returns when all have ended.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	s.mu.Lock()
	for _, l := range s.listeners {
		group.Go(func() error {
			err := s.http.ServeTLS(l, "", "")
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve %s: %w", l.Addr(), err)
		})
		s.log.InfoContext(ctx, "rpc server listening", "address", l.Addr().String())
	}
	s.mu.Unlock()
	group.Go(func() error {
		<-ctx.Done()
		return s.shutdown(context.WithoutCancel(ctx))
	})
	return group.Wait()
}

func (s *Server) shutdown(ctx context.Context) error {
	s.stop()
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.WarnContext(ctx, "requests cut off at shutdown")
		return s.http.Close()
	}
	return err
}

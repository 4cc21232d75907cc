package rpc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
)

const (
	maxMessage    = 14 << 20 // a tower package has three messages of up to 4 MiB
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	grace         = 10 * time.Second
)

var errPanicked = errors.New("internal fault of alkbridge")

// Authority says who may call what.
type Authority interface {
	// Admit returns nil only if the headers bring the macaroon that the method needs.
	Admit(ctx context.Context, procedure, remote string, h http.Header) error
}

// Config is what a Server needs.
type Config struct {
	// Listen holds addresses such as "127.0.0.1:8450".
	Listen    []string
	TLS       *tls.Config
	Authority Authority
	Service   bridgev1connect.BridgeServiceHandler
	Log       *slog.Logger
}

// Server serves BridgeService. Use it once: NewServer, Listen, Run.
type Server struct {
	c         Config
	http      *http.Server
	listeners []net.Listener
}

// NewServer returns a server.
func NewServer(c Config) *Server {
	s := &Server{c: c}
	mux := http.NewServeMux()
	mux.Handle(bridgev1connect.NewBridgeServiceHandler(c.Service, connect.WithHandlerOptions(
		connect.WithRequestGate(s.gate), connect.WithReadMaxBytes(maxMessage), connect.WithRecover(s.recovered),
	)))
	s.http = &http.Server{
		Handler: http.NewCrossOriginProtection().Handler(mux), TLSConfig: c.TLS,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return s
}

// gate admits or refuses a request by its headers, before its body is read.
func (s *Server) gate(ctx context.Context, spec connect.Spec, caller connect.Peer, h http.Header) (context.Context, error) {
	if err := s.c.Authority.Admit(ctx, spec.Procedure, caller.Addr, h); err != nil {
		s.c.Log.DebugContext(ctx, "request refused", "procedure", spec.Procedure, "peer", caller.Addr, "error", err)
		return nil, connect.NewError(connect.CodePermissionDenied, err)
	}
	return ctx, nil
}

// recovered answers for a handler that panicked. The value of the panic may hold
// anything, so only its type and the stack are logged.
func (s *Server) recovered(ctx context.Context, spec connect.Spec, _ http.Header, value any) error {
	s.c.Log.ErrorContext(ctx, "request panicked", "procedure", spec.Procedure,
		"panic_type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
	return connect.NewError(connect.CodeInternal, errPanicked)
}

// Listen binds all addresses, so that clients may connect; Run answers them.
func (s *Server) Listen() error {
	for _, address := range s.c.Listen {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", address, err)
		}
		s.listeners = append(s.listeners, l)
	}
	return nil
}

// Run serves until ctx ends or an address fails, and returns when the requests under
// way have ended.
func (s *Server) Run(ctx context.Context) error { return ServeTLS(ctx, s.http, s.listeners) }

// ServeTLS serves on listeners until ctx ends, lets requests finish for ten seconds, and
// returns when all have ended.
func ServeTLS(ctx context.Context, server *http.Server, listeners []net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, l := range listeners {
		group.Go(func() error {
			if err := server.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		})
	}
	group.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := server.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
			return server.Close()
		} else if err != nil {
			return fmt.Errorf("shut down: %w", err)
		}
		return nil
	})
	return group.Wait()
}

package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"connectrpc.com/connect"
)

var (
	errStopping      = errors.New("daemon is stopping")
	errUnknownMethod = errors.New("unknown method")
	errHost          = errors.New("host name not served here")
	errPanicked      = errors.New("internal fault of alkd")
)

// macaroonHeaders are the headers that may carry the macaroon.
var macaroonHeaders = []string{"Macaroon", "Grpc-Metadata-Macaroon"}

// gate admits or refuses a request by its headers, before its body is read.
func (s *Server) gate(ctx context.Context, spec connect.Spec, caller connect.Peer, h http.Header) (context.Context, error) {
	if err := s.admit(ctx, spec.Procedure, caller.Addr, h); err != nil {
		out, _ := connectError(ctx, err)
		s.log.DebugContext(ctx, "request refused", "procedure", spec.Procedure, "peer", caller.Addr, "code", out.Code().String())
		return nil, out
	}
	return ctx, nil
}

func (s *Server) admit(ctx context.Context, procedure, remote string, h http.Header) error {
	ops, known := permissions[procedure]
	if !known {
		return fmt.Errorf("%w: %s", errUnknownMethod, procedure)
	}
	state := s.cfg.Node.WalletState()
	if len(ops) == 0 {
		if opensWallet[procedure] && state != WalletNone && state != WalletLocked {
			return ErrWalletOpen
		}
		return nil
	}
	if state != WalletOpened {
		return ErrWalletClosed
	}
	encoded, err := macaroonOf(h)
	if err != nil {
		return err
	}
	return s.cfg.Authority.authorize(ctx, encoded, ops, procedure, remote)
}

// macaroonOf returns the one macaroon of a request.
func macaroonOf(h http.Header) (string, error) {
	var given []string
	for _, name := range macaroonHeaders {
		given = append(given, h.Values(name)...)
	}
	if len(given) != 1 {
		return "", fmt.Errorf("%w: %d in the request, one is needed", ErrNoMacaroon, len(given))
	}
	return given[0], nil
}

// interceptor turns errors into reasons, logs requests, and bounds streams.
type interceptor struct{ s *Server }

var _ connect.Interceptor = interceptor{}

func (i interceptor) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		start := time.Now()
		resp, err := next(ctx, req)
		if err = i.s.finish(ctx, req.Spec(), req.Peer(), start, err); err != nil {
			return nil, err
		}
		return resp, nil
	}
}

func (i interceptor) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

func (i interceptor) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		start := time.Now()
		select {
		case i.s.streams <- struct{}{}:
			defer func() { <-i.s.streams }()
		default:
			err := fmt.Errorf("%w: %d streams are open", ErrBusy, cap(i.s.streams))
			return i.s.finish(ctx, conn.Spec(), conn.Peer(), start, err)
		}
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(i.s.stopping, func() { cancel(errStopping) })()
		return i.s.finish(ctx, conn.Spec(), conn.Peer(), start, next(ctx, conn))
	}
}

// finish logs the end of a request and returns its error in the client's terms.
func (s *Server) finish(ctx context.Context, spec connect.Spec, caller connect.Peer, start time.Time, err error) error {
	log := s.log.With("procedure", spec.Procedure, "peer", caller.Addr, "took", time.Since(start))
	if err == nil {
		log.DebugContext(ctx, "request served")
		return nil
	}
	out, unexpected := connectError(ctx, err)
	if unexpected {
		// The one place where an error is logged and returned: the client is
		// another program, and the operator must see what nobody foresaw.
		log.ErrorContext(ctx, "request failed unexpectedly", "err", err)
	} else {
		log.DebugContext(ctx, "request failed", "code", out.Code().String())
	}
	return out
}

// recovered answers for a handler that panicked. The value of the panic may
// hold anything, so only its type and the stack are logged.
func (s *Server) recovered(ctx context.Context, spec connect.Spec, _ http.Header, value any) error {
	s.log.ErrorContext(ctx, "request panicked", "procedure", spec.Procedure,
		"panic_type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
	return errPanicked
}

// guardHost refuses requests whose Host is not a name or address of ours, so
// that a web page cannot reach the daemon by a DNS name of its own that
// resolves to loopback (DNS rebinding).
func (s *Server) guardHost(next http.Handler) http.Handler {
	write := connect.NewErrorWriter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.servesHost(r.Host) {
			next.ServeHTTP(w, r)
			return
		}
		out, _ := connectError(r.Context(), errHost)
		if err := write.Write(w, r, out); err != nil {
			s.log.DebugContext(r.Context(), "answer not written", "peer", r.RemoteAddr, "err", err)
		}
	})
}

func (s *Server) servesHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || s.hosts[ip.String()]
	}
	return host == "localhost" || s.hosts[host]
}

// guardTime gives each request BodyTimeout to arrive, and each write of the
// answer writeTimeout, however long the handler or the stream takes.
func (s *Server) guardTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if err := control.SetReadDeadline(time.Now().Add(s.cfg.BodyTimeout)); err != nil {
			http.Error(w, "no deadlines", http.StatusInternalServerError)
			return
		}
		r.Body = &timedBody{ReadCloser: r.Body, control: control}
		next.ServeHTTP(&timedWriter{ResponseWriter: w, control: control}, r)
	})
}

// timedBody lifts the deadline when the body has been read.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		if errDeadline := b.control.SetReadDeadline(time.Time{}); errDeadline != nil {
			return n, errDeadline
		}
	}
	return n, err
}

// timedWriter sets a deadline around every write, so that a client that stops
// reading does not hold a goroutine for ever.
type timedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *timedWriter) within(f func() error) error {
	err := w.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err == nil {
		err = f()
	}
	return errors.Join(err, w.control.SetWriteDeadline(time.Time{}))
}

func (w *timedWriter) Write(p []byte) (n int, err error) {
	err = w.within(func() error {
		n, err = w.ResponseWriter.Write(p)
		return err
	})
	return n, err
}

// FlushError is what http.ResponseController calls.
func (w *timedWriter) FlushError() error { return w.within(w.control.Flush) }

// Flush lets connect see that streams are possible.
func (w *timedWriter) Flush() {
	// A failed flush fails the next write, which is checked.
	_ = w.FlushError()
}

// Unwrap is for http.ResponseController.
func (w *timedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

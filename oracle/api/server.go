package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Records is what the server reads of an oracle's own speech.
type Records interface {
	// Info describes the oracle now.
	Info(ctx context.Context) (Info, error)
	// Event returns an event with its TLVs. With a nil key it is that of the newest
	// key that announced it. It fails with ErrNotFound.
	Event(key *[32]byte, id string) (Event, error)
	// Events lists events. It fails with ErrNotFound for an unknown key.
	Events(q EventsQuery) (Events, error)
	// Log returns part of the log of one of the oracle's keys, or of a member of its
	// federation as far as it was followed. It fails with ErrNotFound.
	Log(key [32]byte, from uint64, limit int) (Log, error)
	// BlockAt returns the block of the oracle's chain at a height.
	BlockAt(ctx context.Context, height int32) (BlockAt, error)
}

// Indices is what the server reads of the indices an oracle attests. All methods
// fail with ErrNotFound.
type Indices interface {
	// Day returns the published record of a closed day, canonical JSON.
	Day(ctx context.Context, index string, day uint32) ([]byte, error)
	// Proof returns what the record can be recomputed from, in the binary form of
	// oracle/index.
	Proof(ctx context.Context, index string, day uint32) ([]byte, error)
	// Days returns up to limit published records from a day on.
	Days(ctx context.Context, index string, from uint32, limit int) (Days, error)
	// Blocks returns the series of the blocks first to last, both included.
	Blocks(ctx context.Context, index string, first, last int32) (Blocks, error)
}

// EventsQuery selects events.
type EventsQuery struct {
	// Key is one of the oracle's keys; nil is the one that announces.
	Key *[32]byte
	// Prefix is how the ids begin.
	Prefix string
	// After is the id after which the list begins.
	After string
	// Attested, if not nil, selects the attested events or the others.
	Attested *bool
	// Limit is how many at most; Full adds the TLVs.
	Limit int
	Full  bool
}

// ServerConfig is what a server runs by.
type ServerConfig struct {
	// Listen are TCP addresses, host:port.
	Listen []string
	// TLS, if not nil, is used on all of them.
	TLS     *tls.Config
	Records Records
	Indices Indices
	Logger  *slog.Logger
	Limits  Limits
	// Observe, if not nil, is told of every answer, for metrics. Route is one of a
	// closed set.
	Observe func(route string, status int, took time.Duration)
}

// Limits of what strangers may take.
type Limits struct {
	// Rate is how many requests a second one address may make, Burst how many at
	// once; 0 is 20 and 100. A negative Rate means no limit.
	Rate  float64
	Burst int
	// Connections is how many connections are open at once, PerAddress how many from
	// one address; 0 is 1,024 and 64.
	Connections, PerAddress int
	// Trusted are proxies whose X-Forwarded-For says for whom they ask.
	Trusted []netip.Prefix
}

// Bounds of one request.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 60 * time.Second
	answerTimeout = 20 * time.Second
	maxHeader     = 16 << 10
	// drain is how long requests may take to end when the server stops.
	drain = 5 * time.Second
)

// Server serves one oracle.
type Server struct {
	cfg       ServerConfig
	log       *slog.Logger
	limiter   *limiter
	listeners []net.Listener
	http      *http.Server
}

// NewServer returns a server that does not listen yet.
func NewServer(cfg ServerConfig) *Server {
	cfg.Limits = cfg.Limits.complete()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg, log: cfg.Logger, limiter: newLimiter(cfg.Limits)}
	s.http = &http.Server{
		Handler: s.Handler(), TLSConfig: cfg.TLS,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
	}
	return s
}

// Listen takes the addresses. On an error none is kept.
func (s *Server) Listen(ctx context.Context) error {
	var config net.ListenConfig
	for _, address := range s.cfg.Listen {
		l, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			return errors.Join(fmt.Errorf("listen: %w", err), s.closeListeners())
		}
		s.listeners = append(s.listeners, s.limiter.listen(l))
	}
	return nil
}

func (s *Server) closeListeners() error {
	var errs []error
	for _, l := range s.listeners {
		errs = append(errs, l.Close())
	}
	s.listeners = nil
	return errors.Join(errs...)
}

// Addrs are the addresses listened on.
func (s *Server) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(s.listeners))
	for i, l := range s.listeners {
		addrs[i] = l.Addr()
	}
	return addrs
}

// Run serves until ctx ends, then lets running requests end. Listen comes first.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		s.log.Info("oracle API listening", "address", l.Addr().String(), "tls", s.cfg.TLS != nil)
		go func() {
			if s.cfg.TLS != nil {
				failed <- s.http.ServeTLS(l, "", "")
				return
			}
			failed <- s.http.Serve(l)
		}()
	}
	var err error
	left := len(s.listeners)
	select {
	case <-ctx.Done():
	case err = <-failed:
		left--
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if stopErr := s.http.Shutdown(stopping); stopErr != nil {
		err = errors.Join(err, s.http.Close())
	}
	for range left {
		err = errors.Join(err, <-failed)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Handler is the whole API with its limits, for a server of one's own.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle("GET "+r.pattern, s.serve(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.refuse(w, http.StatusMethodNotAllowed, "method_not_allowed", "this API is read only")
			return
		}
		s.refuse(w, http.StatusNotFound, "not_found", "no such route; /v1/openapi.json lists them")
	})
	return s.guard(mux)
}

// guard applies what holds for every request.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set(markHeader, "1")
		if wait, ok := s.limiter.admit(r); !ok {
			h.Set("Retry-After", wait)
			s.refuse(w, http.StatusTooManyRequests, "too_many_requests", "too many requests from your address")
			return
		}
		if r.ContentLength != 0 {
			s.refuse(w, http.StatusRequestEntityTooLarge, "body", "requests have no body")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), answerTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// markHeader tells our servers from others that speak kormir's routes.
const markHeader = "Alkimiya-Oracle"

// Package admin is how an operator speaks to a running alkoracle: by a socket in the
// data directory that only the owner can open. There is a server and a client.
//
// It is not for strangers: oracle/api is. Its invariant: nothing here can make the
// oracle sign; what ends the doubt about a store says what becomes of its events.
package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// Errors of the client.
var (
	// ErrNotRunning: no alkoracle listens on the socket.
	ErrNotRunning = errors.New("no alkoracle runs on this data directory")
	// ErrSocket: the path of the socket is too long for the system.
	ErrSocket = errors.New("path of the admin socket is too long")
	// ErrRefused: the running oracle refused; the text says why.
	ErrRefused = errors.New("the oracle refused")
)

const (
	// maxBody bounds a request and an answer, in bytes.
	maxBody = 4 << 20
	// patience is how long the client waits: an oracle may have to ask others.
	patience = 5 * time.Minute
	// maxPath is the longest path of a socket that every system takes.
	maxPath = 103
)

// Oracle is what the server tells and does.
type Oracle interface {
	// Info describes the oracle.
	Info(ctx context.Context) (api.Info, error)
	// Confirm ends the doubt about the store.
	Confirm(ctx context.Context, c oracle.Confirmation) (oracle.Confirmed, error)
}

// Config is what a server runs by.
type Config struct {
	// Socket is the path to listen on.
	Socket string
	Oracle Oracle
	// Backup writes a backup of the running oracle to a file.
	Backup func(ctx context.Context, path string) error
	// SetLevel changes how much a subsystem logs, and returns all levels.
	SetLevel func(subsystem, level string) (map[string]string, error)
	Logger   *slog.Logger
}

// messages of the socket.
type (
	backupRequest struct {
		Path string `json:"path"`
	}
	levelRequest struct {
		Subsystem string `json:"subsystem"`
		Level     string `json:"level"`
	}
	refusal struct {
		Error string `json:"error"`
		// Reason is the key of reasons, "" for others.
		Reason string `json:"reason"`
	}
)

// reasons are the errors that come over the socket as what they are.
var reasons = map[string]error{
	"nobody_to_ask": oracle.ErrNobodyToAsk, "unconfirmed": store.ErrUnconfirmed,
	"attested": store.ErrAttested, "mark": attest.ErrMark,
}

// Serve listens on the socket until ctx ends. A socket that a killed process left
// behind is replaced: the data directory's lock says that there is no other process.
func Serve(ctx context.Context, cfg Config) error {
	if len(cfg.Socket) > maxPath {
		return fmt.Errorf("%w: %d bytes, at most %d: %s", ErrSocket, len(cfg.Socket), maxPath, cfg.Socket)
	}
	if err := os.Remove(cfg.Socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("admin socket: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", cfg.Socket)
	if err != nil {
		return fmt.Errorf("admin socket: %w", err)
	}
	if err := os.Chmod(cfg.Socket, 0o600); err != nil {
		return errors.Join(fmt.Errorf("admin socket: %w", err), l.Close())
	}
	s := &server{cfg: cfg}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, func() (any, error) { return cfg.Oracle.Info(r.Context()) })
	})
	mux.HandleFunc("POST /confirm", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, func() (any, error) {
			var c oracle.Confirmation
			if err := decode(r, &c); err != nil {
				return nil, err
			}
			return cfg.Oracle.Confirm(r.Context(), c)
		})
	})
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, func() (any, error) {
			var b backupRequest
			if err := decode(r, &b); err != nil {
				return nil, err
			}
			return b, cfg.Backup(r.Context(), b.Path)
		})
	})
	mux.HandleFunc("POST /level", func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, func() (any, error) {
			var l levelRequest
			if err := decode(r, &l); err != nil {
				return nil, err
			}
			return cfg.SetLevel(l.Subsystem, l.Level)
		})
	})
	return daemon.Serve(ctx, l, mux)
}

type server struct{ cfg Config }

func decode(r *http.Request, v any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// answer writes what f gives. That the asker has gone meanwhile matters to nobody.
func (s *server) answer(w http.ResponseWriter, f func() (any, error)) {
	// An order may take longer than the server's usual patience.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience)); err != nil {
		s.cfg.Logger.Debug("deadline not set", "err", err)
	}
	v, err := f()
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		s.cfg.Logger.Warn("admin order refused", "err", err)
		w.WriteHeader(http.StatusConflict)
		r := refusal{Error: err.Error()}
		for reason, known := range reasons {
			if errors.Is(err, known) {
				r.Reason = reason
			}
		}
		v = r
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.cfg.Logger.Debug("answer not sent", "err", err)
	}
}

// Client speaks to the oracle that listens on a socket.
type Client struct{ http *http.Client }

// Dial returns a client; it does not connect yet.
func Dial(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: patience}}
}

// Status describes the oracle. It fails with ErrNotRunning or ErrRefused, as all
// methods do; a refusal is also the error of oracle, oracle/store or oracle/attest that
// is the reason, where one of theirs is.
func (c *Client) Status(ctx context.Context) (info api.Info, err error) {
	err = c.ask(ctx, http.MethodGet, "/status", nil, &info)
	return info, err
}

// Confirm ends the doubt about the oracle's store.
func (c *Client) Confirm(ctx context.Context, order oracle.Confirmation) (done oracle.Confirmed, err error) {
	err = c.ask(ctx, http.MethodPost, "/confirm", order, &done)
	return done, err
}

// Backup lets the oracle write a backup to a file, by an absolute path.
func (c *Client) Backup(ctx context.Context, path string) error {
	return c.ask(ctx, http.MethodPost, "/backup", backupRequest{Path: path}, nil)
}

// SetLevel changes how much a subsystem logs, all if it is "", and returns all levels.
func (c *Client) SetLevel(ctx context.Context, subsystem, level string) (levels map[string]string, err error) {
	err = c.ask(ctx, http.MethodPost, "/level", levelRequest{Subsystem: subsystem, Level: level}, &levels)
	return levels, err
}

func (c *Client) ask(ctx context.Context, method, path string, order, answer any) (err error) {
	var body io.Reader
	if order != nil {
		raw, err := json.Marshal(order)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://alkoracle"+path, body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if resp.StatusCode != http.StatusOK {
		var r refusal
		if json.Unmarshal(raw, &r) != nil || r.Error == "" {
			r.Error = resp.Status
		}
		if known := reasons[r.Reason]; known != nil {
			return fmt.Errorf("%w: %w: %s", ErrRefused, known, r.Error)
		}
		return fmt.Errorf("%w: %s", ErrRefused, r.Error)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(raw, answer)
}

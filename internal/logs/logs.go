// Package logs gives every subsystem its own structured logger and level, and
// lets the libraries that bring a logger of their own write through it.
//
// It never sees secrets: types that hold them print as redacted. Levels may be
// changed while the program runs; everything is safe for concurrent use.
package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sort"
	"strings"

	"github.com/btcsuite/btclog"
	btclogv2 "github.com/btcsuite/btclog/v2"
)

// LevelTrace is below slog.LevelDebug.
const LevelTrace = slog.LevelDebug - 4

// ErrUnknown means that there is no such level or subsystem.
var ErrUnknown = errors.New("unknown log level or subsystem")

// Format is how lines are written.
type Format string

const (
	// Text is logfmt, for people.
	Text Format = "text"
	// JSON is one object a line.
	JSON Format = "json"
)

// Logs makes the loggers of one program.
type Logs struct {
	handler slog.Handler
	levels  map[string]*slog.LevelVar
}

// New returns loggers that write to out, for the named subsystems, all at level
// info. Attributes of the given level names are written in lower case.
func New(out io.Writer, format Format, subsystems ...string) (*Logs, error) {
	opts := &slog.HandlerOptions{Level: LevelTrace, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if level, ok := a.Value.Any().(slog.Level); ok && a.Key == slog.LevelKey {
			a.Value = slog.StringValue(Name(level))
		}
		return a
	}}
	l := &Logs{levels: make(map[string]*slog.LevelVar, len(subsystems))}
	switch format {
	case Text:
		l.handler = slog.NewTextHandler(out, opts)
	case JSON:
		l.handler = slog.NewJSONHandler(out, opts)
	default:
		return nil, fmt.Errorf("log format %q: want %q or %q", format, Text, JSON)
	}
	for _, name := range subsystems {
		l.levels[name] = new(slog.LevelVar)
	}
	return l, nil
}

// Name is the level's name: trace, debug, info, warn or error.
func Name(level slog.Level) string {
	switch {
	case level < slog.LevelDebug:
		return "trace"
	case level < slog.LevelInfo:
		return "debug"
	case level < slog.LevelWarn:
		return "info"
	case level < slog.LevelError:
		return "warn"
	}
	return "error"
}

// Parse reads a level's name; ErrUnknown if there is none such.
func Parse(name string) (slog.Level, error) {
	for _, level := range []slog.Level{LevelTrace, slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(name, Name(level)) {
			return level, nil
		}
	}
	return 0, fmt.Errorf("%w: level %q, want trace, debug, info, warn or error", ErrUnknown, name)
}

// Subsystems lists the names, sorted.
func (l *Logs) Subsystems() []string {
	names := make([]string, 0, len(l.levels))
	for name := range l.levels {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Levels tells the level of every subsystem.
func (l *Logs) Levels() map[string]string {
	levels := make(map[string]string, len(l.levels))
	for name, v := range l.levels {
		levels[name] = Name(v.Level())
	}
	return levels
}

// Set changes the level of a subsystem, of all if it is empty.
func (l *Logs) Set(subsystem, level string) error {
	parsed, err := Parse(level)
	if err != nil {
		return err
	}
	if subsystem == "" {
		for _, v := range l.levels {
			v.Set(parsed)
		}
		return nil
	}
	v, ok := l.levels[subsystem]
	if !ok {
		return fmt.Errorf("%w: subsystem %q, want one of %s", ErrUnknown, subsystem, strings.Join(l.Subsystems(), ", "))
	}
	v.Set(parsed)
	return nil
}

// Apply reads a list such as "info,wallet=debug": a bare level is for all
// subsystems and takes effect before the named ones.
func (l *Logs) Apply(list string) error {
	var named [][2]string
	for _, item := range strings.Split(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		subsystem, level, found := strings.Cut(item, "=")
		if found {
			named = append(named, [2]string{subsystem, level})
			continue
		}
		if err := l.Set("", item); err != nil {
			return err
		}
	}
	for _, n := range named {
		if err := l.Set(n[0], n[1]); err != nil {
			return err
		}
	}
	return nil
}

// Logger is the subsystem's logger. The name must be one given to New: an
// unknown one is our own bug.
func (l *Logs) Logger(subsystem string) *slog.Logger { return slog.New(l.sub(subsystem)) }

func (l *Logs) sub(subsystem string) *handler {
	level, ok := l.levels[subsystem]
	if !ok {
		panic(fmt.Sprintf("logs: subsystem %q was not declared", subsystem))
	}
	return &handler{
		Handler: l.handler.WithAttrs([]slog.Attr{slog.String("subsystem", subsystem)}), level: level,
	}
}

// Library is the subsystem's logger in the shape that btcsuite's and
// Lightning's libraries take.
func (l *Logs) Library(subsystem string) btclogv2.Logger {
	return btclogv2.NewSLogger(&libraryHandler{handler: l.sub(subsystem)})
}

// handler filters by the subsystem's level.
type handler struct {
	slog.Handler
	level *slog.LevelVar
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{Handler: h.Handler.WithAttrs(attrs), level: h.level}
}

func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{Handler: h.Handler.WithGroup(name), level: h.level}
}

// libraryHandler adds what btclog wants of a handler. Levels are ours: what a
// library sets is ignored.
type libraryHandler struct{ *handler }

func (h *libraryHandler) Level() btclog.Level {
	switch level := h.level.Level(); {
	case level < slog.LevelDebug:
		return btclog.LevelTrace
	case level < slog.LevelInfo:
		return btclog.LevelDebug
	case level < slog.LevelWarn:
		return btclog.LevelInfo
	case level < slog.LevelError:
		return btclog.LevelWarn
	}
	return btclog.LevelError
}

func (h *libraryHandler) SetLevel(btclog.Level) {}

func (h *libraryHandler) SubSystem(tag string) btclogv2.Handler { return h.WithPrefix(tag) }

func (h *libraryHandler) WithPrefix(prefix string) btclogv2.Handler {
	return &libraryHandler{handler: &handler{
		Handler: h.Handler.WithAttrs([]slog.Attr{slog.String("part", prefix)}), level: h.level,
	}}
}

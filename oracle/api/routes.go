package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // for openapi.json
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// How long an answer may be kept.
type freshness string

const (
	// forEver is for what never changes: signed messages, closed days.
	forEver freshness = "public, max-age=31536000, immutable"
	// hourly is for the same where no key is named: after a change of the oracle's
	// key another message has the address.
	hourly freshness = "public, max-age=3600"
	// briefly is for what changes with the chain.
	briefly freshness = "public, max-age=5"
	// never is for what is not there yet.
	never freshness = "no-store"
)

// Content types.
const (
	typeJSON   = "application/json"
	typeBinary = "application/octet-stream"
)

// An answer to one request.
type answer struct {
	contentType string
	body        []byte
	fresh       freshness
	// link is the address of the next page, "" if there is none.
	link string
}

// A route is one line of the table. Its name is for metrics.
type route struct {
	pattern, name string
	handle        func(ctx context.Context, q query) (answer, error)
}

//go:embed openapi.json
var openAPI []byte

func (s *Server) routes() []route {
	return []route{
		{"/v1/info", "info", s.info},
		{"/v1/events", "events", s.events},
		{"/v1/event/{id...}", "event", s.event},
		{"/v1/announcement/{id...}", "announcement", s.announcement},
		{"/v1/attestation/{id...}", "attestation", s.attestation},
		{"/v1/log", "log", s.readLog},
		{"/v1/mark", "mark", s.mark},
		{"/v1/chain", "chain", s.chain},
		{"/v1/index/{index}/days", "days", s.days},
		{"/v1/index/{index}/day/{day}", "day", s.day},
		{"/v1/index/{index}/day/{day}/proof", "proof", s.proof},
		{"/v1/index/{index}/blocks", "blocks", s.blocks},
		{"/v1/openapi.json", "openapi", func(context.Context, query) (answer, error) {
			return answer{typeJSON, openAPI, briefly, ""}, nil
		}},
		// The routes of kormir.
		{"/health-check", "kormir_health", func(context.Context, query) (answer, error) {
			return answer{typeJSON, []byte("null"), never, ""}, nil
		}},
		{"/pubkey", "kormir_pubkey", s.pubkey},
		{"/list-events", "kormir_events", s.listEvents},
		{"/announcement/{id...}", "kormir_announcement", s.announcement},
		{"/attestation/{id...}", "kormir_attestation", s.attestation},
	}
}

// serve runs a route and writes its answer.
func (s *Server) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		began := time.Now()
		a, err := r.handle(req.Context(), query{req})
		var status int
		if err != nil {
			status = s.fail(w, r.name, err)
		} else {
			status = s.send(w, req, a)
		}
		if s.cfg.Observe != nil {
			s.cfg.Observe(r.name, status, time.Since(began))
		}
	})
}

func (s *Server) send(w http.ResponseWriter, req *http.Request, a answer) int {
	h := w.Header()
	sum := sha256.Sum256(a.body)
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", string(a.fresh))
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Vary", "Accept")
	if a.link != "" {
		h.Set("Link", "<"+a.link+`>; rel="next"`)
	}
	// ServeContent answers conditional and partial requests.
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	http.ServeContent(recorder, req, "", time.Time{}, bytes.NewReader(a.body))
	return recorder.status
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// fail answers an error: what the asker did wrong is told, what went wrong here is
// logged.
func (s *Server) fail(w http.ResponseWriter, route string, err error) int {
	switch {
	case errors.Is(err, ErrNotFound):
		s.refuse(w, http.StatusNotFound, "not_found", err.Error())
		return http.StatusNotFound
	case errors.Is(err, ErrQuery):
		s.refuse(w, http.StatusBadRequest, "bad_request", err.Error())
		return http.StatusBadRequest
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		s.refuse(w, http.StatusServiceUnavailable, "unavailable", "no answer in time; try again")
		return http.StatusServiceUnavailable
	}
	s.log.Warn("request failed", "route", route, "err", err)
	s.refuse(w, http.StatusServiceUnavailable, "unavailable", "the oracle cannot answer this now")
	return http.StatusServiceUnavailable
}

// refuse sends a Problem. That the asker has gone meanwhile matters to nobody.
func (s *Server) refuse(w http.ResponseWriter, status int, reason, text string) {
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Cache-Control", string(never))
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(Problem{Error: text, Reason: reason}); err != nil {
		s.log.Debug("answer not sent", "err", err)
	}
}

// A query reads the parameters of a request; what is out of range is ErrQuery.
type query struct{ r *http.Request }

func (q query) number(name string, fallback, limit uint64) (uint64, error) {
	text := q.r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > limit {
		return 0, fmt.Errorf("%w: %s is a number of at most %d", ErrQuery, name, limit)
	}
	return n, nil
}

func (q query) limit(most int) (int, error) {
	n, err := q.number("limit", uint64(min(DefaultLimit, most)), uint64(most)) //nolint:gosec // G115: constants
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: limit is at least 1", ErrQuery)
	}
	return int(n), err //nolint:gosec // G115: at most MaxLimit
}

// key reads a key, nil if there is none.
func (q query) key() (*[32]byte, error) {
	text := q.r.URL.Query().Get("key")
	if text == "" {
		return nil, nil //nolint:nilnil // no key is an answer
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("%w: key is 64 hexadecimal digits", ErrQuery)
	}
	k := [32]byte(raw)
	return &k, nil
}

// lasting is how long a signed message may be kept.
func (q query) lasting() freshness {
	if q.r.URL.Query().Get("key") != "" {
		return forEver
	}
	return hourly
}

func (q query) day() (uint32, error) {
	n, err := strconv.ParseUint(q.r.PathValue("day"), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: a day is a number", ErrQuery)
	}
	return uint32(n), nil
}

// id is the event id: the rest of the path.
func (q query) id() (string, error) {
	id := q.r.PathValue("id")
	if id == "" || len(id) > attest.MaxString {
		return "", fmt.Errorf("%w: an event id has 1 to %d bytes", ErrQuery, attest.MaxString)
	}
	return id, nil
}

// binary says whether the asker wants bytes rather than JSON.
func (q query) binary() bool {
	switch q.r.URL.Query().Get("format") {
	case "tlv":
		return true
	case "json":
		return false
	}
	return strings.Contains(q.r.Header.Get("Accept"), typeBinary)
}

func (q query) flag(name string) (*bool, error) {
	text := q.r.URL.Query().Get(name)
	if text == "" {
		return nil, nil //nolint:nilnil // not given is an answer
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is true or false", ErrQuery, name)
	}
	return &b, nil
}

func jsonAnswer(v any, fresh freshness) (answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return answer{}, fmt.Errorf("encode answer: %w", err)
	}
	return answer{typeJSON, body, fresh, ""}, nil
}

func (s *Server) info(ctx context.Context, _ query) (answer, error) {
	info, err := s.cfg.Records.Info(ctx)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(info, briefly)
}

// lookUp reads the event that a path names.
func (s *Server) lookUp(q query) (Event, error) {
	id, err := q.id()
	if err != nil {
		return Event{}, err
	}
	key, err := q.key()
	if err != nil {
		return Event{}, err
	}
	return s.cfg.Records.Event(key, id)
}

func (s *Server) event(_ context.Context, q query) (answer, error) {
	e, err := s.lookUp(q)
	if err != nil {
		return answer{}, err
	}
	if len(e.Attestation) == 0 {
		return jsonAnswer(e, never)
	}
	return jsonAnswer(e, q.lasting())
}

func (s *Server) announcement(_ context.Context, q query) (answer, error) {
	e, err := s.lookUp(q)
	if err != nil {
		return answer{}, err
	}
	if q.binary() {
		return answer{typeBinary, e.Announcement, q.lasting(), ""}, nil
	}
	a, err := attest.DecodeAnnouncement(e.Announcement)
	if err != nil {
		return answer{}, fmt.Errorf("stored announcement of %q: %w", e.ID, err)
	}
	return jsonAnswer(toAnnouncementJSON(a), q.lasting())
}

func (s *Server) attestation(_ context.Context, q query) (answer, error) {
	e, err := s.lookUp(q)
	if err != nil {
		return answer{}, err
	}
	if len(e.Attestation) == 0 {
		return answer{}, fmt.Errorf("%w: %q is not attested yet", ErrNotFound, e.ID)
	}
	if q.binary() {
		return answer{typeBinary, e.Attestation, q.lasting(), ""}, nil
	}
	b, err := attest.DecodeAttestation(e.Attestation)
	if err != nil {
		return answer{}, fmt.Errorf("stored attestation of %q: %w", e.ID, err)
	}
	return jsonAnswer(toAttestationJSON(b), q.lasting())
}

func (s *Server) eventsQuery(q query) (EventsQuery, error) {
	var e EventsQuery
	var errs [4]error
	values := q.r.URL.Query()
	e.Prefix, e.After = values.Get("prefix"), values.Get("after")
	e.Key, errs[0] = q.key()
	e.Limit, errs[1] = q.limit(MaxLimit)
	e.Attested, errs[2] = q.flag("attested")
	full, err := q.flag("full")
	e.Full, errs[3] = full != nil && *full, err
	if len(e.Prefix) > attest.MaxString || len(e.After) > attest.MaxString {
		return e, fmt.Errorf("%w: an event id has at most %d bytes", ErrQuery, attest.MaxString)
	}
	return e, errors.Join(errs[:]...)
}

func (s *Server) events(_ context.Context, q query) (answer, error) {
	e, err := s.eventsQuery(q)
	if err != nil {
		return answer{}, err
	}
	page, err := s.cfg.Records.Events(e)
	if err != nil {
		return answer{}, err
	}
	a, err := jsonAnswer(page, briefly)
	if page.Next != "" {
		a.link = q.next("after", page.Next)
	}
	return a, err
}

// next is the address of the same request with another parameter.
func (q query) next(name, value string) string {
	values := q.r.URL.Query()
	values.Set(name, value)
	return q.r.URL.Path + "?" + values.Encode()
}

// logOf reads the key of a log, which must be named, and its first entry.
func (s *Server) logOf(q query, from uint64, limit int) (Log, error) {
	key, err := q.key()
	if err != nil {
		return Log{}, err
	}
	if key == nil {
		return Log{}, fmt.Errorf("%w: name a key", ErrQuery)
	}
	return s.cfg.Records.Log(*key, from, limit)
}

func (s *Server) readLog(_ context.Context, q query) (answer, error) {
	from, err := q.number("from", 0, math.MaxInt64)
	if err != nil {
		return answer{}, err
	}
	limit, err := q.limit(MaxLog)
	if err != nil {
		return answer{}, err
	}
	l, err := s.logOf(q, from, limit)
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(l, never)
}

func (s *Server) mark(_ context.Context, q query) (answer, error) {
	l, err := s.logOf(q, math.MaxInt64, 1)
	if err != nil {
		return answer{}, err
	}
	if q.binary() {
		return answer{typeBinary, l.Mark, never, ""}, nil
	}
	return jsonAnswer(struct {
		Key  Bytes `json:"key"`
		Mark Bytes `json:"mark"`
	}{l.Key, l.Mark}, never)
}

func (s *Server) chain(ctx context.Context, q query) (answer, error) {
	height, err := q.number("height", 0, math.MaxInt32)
	if err != nil {
		return answer{}, err
	}
	b, err := s.cfg.Records.BlockAt(ctx, int32(height)) //nolint:gosec // G115: bounded above
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(b, briefly)
}

func (s *Server) days(ctx context.Context, q query) (answer, error) {
	from, err := q.number("from", 0, math.MaxUint32)
	if err != nil {
		return answer{}, err
	}
	limit, err := q.limit(MaxLimit)
	if err != nil {
		return answer{}, err
	}
	days, err := s.cfg.Indices.Days(ctx, q.r.PathValue("index"), uint32(from), limit) //nolint:gosec // G115: bounded above
	if err != nil {
		return answer{}, err
	}
	a, err := jsonAnswer(days, briefly)
	if days.Next != 0 {
		a.link = q.next("from", strconv.FormatUint(uint64(days.Next), 10))
	}
	return a, err
}

func (s *Server) day(ctx context.Context, q query) (answer, error) {
	day, err := q.day()
	if err != nil {
		return answer{}, err
	}
	record, err := s.cfg.Indices.Day(ctx, q.r.PathValue("index"), day)
	return answer{typeJSON, record, forEver, ""}, err
}

func (s *Server) proof(ctx context.Context, q query) (answer, error) {
	day, err := q.day()
	if err != nil {
		return answer{}, err
	}
	proof, err := s.cfg.Indices.Proof(ctx, q.r.PathValue("index"), day)
	return answer{typeBinary, proof, forEver, ""}, err
}

func (s *Server) blocks(ctx context.Context, q query) (answer, error) {
	first, err := q.number("from", 0, math.MaxInt32)
	if err != nil {
		return answer{}, err
	}
	last, err := q.number("to", first, math.MaxInt32)
	if err != nil {
		return answer{}, err
	}
	if last < first || last-first >= MaxBlocks {
		return answer{}, fmt.Errorf("%w: from is not above to, and at most %d blocks", ErrQuery, MaxBlocks)
	}
	b, err := s.cfg.Indices.Blocks(ctx, q.r.PathValue("index"), int32(first), int32(last)) //nolint:gosec // G115: bounded above
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(b, briefly)
}

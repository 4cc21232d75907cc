package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
)

// ErrEquivocation says that an oracle attested two values of one event. The error is an
// *EquivocationError, which carries the proof.
var ErrEquivocation = federation.ErrEquivocation

// EquivocationError is an ErrEquivocation with its proof.
type EquivocationError struct {
	// Evidence has been verified: it gives away the oracle's key.
	Evidence attest.Evidence
	// EventID names the event.
	EventID string
}

// Error implements error.
func (e *EquivocationError) Error() string {
	return fmt.Sprintf("event %q: %v", e.EventID, ErrEquivocation)
}

// Unwrap returns ErrEquivocation.
func (e *EquivocationError) Unwrap() error { return ErrEquivocation }

// Member is one oracle and where it is.
type Member struct {
	// Key is the oracle's x-only key; what is not signed by it is refused.
	Key [32]byte
	// URL is the oracle's address (ParseAddress), "" for one that is fed by hand.
	URL string
}

// ClientConfig is what a Client runs by.
type ClientConfig struct {
	// Members are the oracles; keys are distinct.
	Members []Member
	// CacheDir keeps verified messages over restarts; "" keeps nothing.
	CacheDir string
	// Transport makes the requests, http.DefaultTransport if nil. One that dials
	// through a proxy makes the oracles see the proxy.
	Transport http.RoundTripper
	// Timeout bounds one request, 15 s if 0.
	Timeout time.Duration
}

// Client reads oracles.
type Client struct {
	fetch   fetcher
	cache   cache
	members map[[32]byte]string
}

// NewClient returns a client. It fails with ErrAddress, or ErrUnknownOracle if a key
// is no point or comes twice.
func NewClient(cfg ClientConfig) (*Client, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 15 * time.Second
	}
	c := &Client{
		fetch:   fetcher{http: &http.Client{Transport: cfg.Transport, Timeout: cfg.Timeout}},
		cache:   cache{dir: cfg.CacheDir},
		members: make(map[[32]byte]string, len(cfg.Members)),
	}
	for _, m := range cfg.Members {
		_, twice := c.members[m.Key]
		if _, ok := attest.LiftX(&m.Key); !ok || twice {
			return nil, fmt.Errorf("%w: key %x is no point or comes twice", ErrUnknownOracle, m.Key)
		}
		if m.URL != "" {
			address, err := ParseAddress(m.URL)
			if err != nil {
				return nil, err
			}
			m.URL = address
		}
		c.members[m.Key] = m.URL
	}
	return c, nil
}

// Probe asks an address for its oracle: to find out the key before it is trusted.
func Probe(ctx context.Context, transport http.RoundTripper, address string) (Info, error) {
	base, err := ParseAddress(address)
	if err != nil {
		return Info{}, err
	}
	f := fetcher{http: &http.Client{Transport: transport, Timeout: 15 * time.Second}}
	var info Info
	err = f.getJSON(ctx, request{base: base, path: "/v1/info"}, &info)
	return info, err
}

func (c *Client) base(key [32]byte) (string, error) {
	base, ok := c.members[key]
	if !ok {
		return "", fmt.Errorf("%w: %x", ErrUnknownOracle, key)
	}
	if base == "" {
		return "", fmt.Errorf("oracle %x: %w: it has no address and is fed by hand", key[:4], ErrUnreachable)
	}
	return base, nil
}

func keyQuery(key [32]byte) url.Values {
	return url.Values{"key": {hex.EncodeToString(key[:])}}
}

// Announcement returns what an oracle announced under an event id, from the cache
// or the oracle: it is signed by the key, under D2, and has that id. It fails with
// ErrNotFound, ErrUnreachable, ErrInvalid or ErrUnknownOracle.
func (c *Client) Announcement(ctx context.Context, key [32]byte, id string) (attest.Announcement, error) {
	kept, err := c.cache.get(key, id, kindAnnouncement)
	if err != nil {
		return attest.Announcement{}, err
	}
	if kept != nil {
		if a, err := checkAnnouncement(key, id, kept); err == nil {
			return a, nil
		}
		if err := c.cache.drop(key, id, kindAnnouncement); err != nil {
			return attest.Announcement{}, err
		}
	}
	raw, err := c.message(ctx, key, "announcement", id, attest.MaxAnnouncement)
	if err != nil {
		return attest.Announcement{}, err
	}
	a, err := checkAnnouncement(key, id, raw)
	if err != nil {
		return a, fmt.Errorf("oracle %x: %w: %w", key[:4], ErrInvalid, err)
	}
	return a, c.cache.put(key, id, kindAnnouncement, raw)
}

func checkAnnouncement(key [32]byte, id string, raw []byte) (attest.Announcement, error) {
	a, err := attest.DecodeAnnouncement(raw)
	if err != nil {
		return a, err
	}
	if a.Key != key {
		return a, fmt.Errorf("announcement: %w differs", attest.ErrKey)
	}
	if a.Event.ID != id {
		return a, fmt.Errorf("announcement: %w differs", attest.ErrEventID)
	}
	d, err := a.Verify()
	if err == nil && d != attest.D2 {
		err = fmt.Errorf("announcement: %w: %v", attest.ErrDialect, d)
	}
	return a, err
}

// message fetches a TLV by our own route, or from another oracle program by
// kormir's.
func (c *Client) message(ctx context.Context, key [32]byte, what, id string, limit int64) ([]byte, error) {
	base, err := c.base(key)
	if err != nil {
		return nil, err
	}
	got, err := c.fetch.get(ctx, request{
		base: base, path: eventPath("/v1/"+what+"/", id), query: keyQuery(key), binary: true, limit: limit,
	})
	var missing *notFoundError
	if !errors.As(err, &missing) || missing.ours {
		return got.body, err
	}
	got, err = c.fetch.get(ctx, request{base: base, path: eventPath("/"+what+"/", id), limit: 8 * limit})
	if err != nil {
		return nil, err
	}
	raw, err := fromJSON(what, got.body)
	if err != nil {
		return nil, fmt.Errorf("oracle %x: %w: %w", key[:4], ErrInvalid, err)
	}
	return raw, nil
}

func fromJSON(what string, body []byte) ([]byte, error) {
	if what == "announcement" {
		a, err := UnmarshalAnnouncement(body)
		if err != nil {
			return nil, err
		}
		return a.Encode(), nil
	}
	b, err := UnmarshalAttestation(body)
	if err != nil {
		return nil, err
	}
	return b.Encode(), nil
}

// Attestation returns what an oracle attested of an event, from the cache or the
// oracle: every signature verifies against the oracle's announcement, which is
// fetched as well. It fails with ErrNotFound if the event is not attested yet, or as
// Announcement does.
func (c *Client) Attestation(ctx context.Context, key [32]byte, id string) (attest.Attestation, error) {
	a, err := c.Announcement(ctx, key, id)
	if err != nil {
		return attest.Attestation{}, err
	}
	if b, err := c.keptAttestation(a); b != nil || err != nil {
		return deref(b), err
	}
	raw, err := c.message(ctx, key, "attestation", id, attest.MaxAttestation)
	if err != nil {
		return attest.Attestation{}, err
	}
	b, err := checkAttestation(a, raw)
	if err != nil {
		return b, fmt.Errorf("oracle %x: %w: %w", key[:4], ErrInvalid, err)
	}
	return b, c.cache.put(key, id, kindAttestation, raw)
}

func deref(b *attest.Attestation) attest.Attestation {
	if b == nil {
		return attest.Attestation{}
	}
	return *b
}

// keptAttestation returns the cached attestation of an announced event, nil if there
// is none that verifies.
func (c *Client) keptAttestation(a attest.Announcement) (*attest.Attestation, error) {
	kept, err := c.cache.get(a.Key, a.Event.ID, kindAttestation)
	if err != nil || kept == nil {
		return nil, err
	}
	b, err := checkAttestation(a, kept)
	if err != nil {
		return nil, c.cache.drop(a.Key, a.Event.ID, kindAttestation)
	}
	return &b, nil
}

func checkAttestation(a attest.Announcement, raw []byte) (attest.Attestation, error) {
	b, err := attest.DecodeAttestation(raw)
	if err != nil {
		return b, err
	}
	return b, a.Accept(attest.D2, b)
}

// Feed takes an announcement or attestation TLV from another place: a file, a
// person, another peer. It is verified like any other, for any key, and kept; an
// attestation needs its announcement, which is fetched or was fed before. An
// attestation that contradicts the one that is kept is an *EquivocationError, whose
// proof is kept beside it.
func (c *Client) Feed(ctx context.Context, raw []byte) error {
	if a, err := attest.DecodeAnnouncement(raw); err == nil {
		if _, err := checkAnnouncement(a.Key, a.Event.ID, raw); err != nil {
			return fmt.Errorf("feed announcement: %w: %w", ErrInvalid, err)
		}
		return c.cache.put(a.Key, a.Event.ID, kindAnnouncement, raw)
	}
	b, err := attest.DecodeAttestation(raw)
	if err != nil {
		return fmt.Errorf("feed: %w: neither announcement nor attestation: %w", ErrInvalid, err)
	}
	a, err := c.Announcement(ctx, b.Key, b.EventID)
	if err != nil {
		return fmt.Errorf("feed attestation: its announcement: %w", err)
	}
	if _, err := checkAttestation(a, raw); err != nil {
		return fmt.Errorf("feed attestation: %w: %w", ErrInvalid, err)
	}
	kept, err := c.keptAttestation(a)
	if err != nil {
		return err
	}
	if kept != nil && !bytes.Equal(kept.Encode(), raw) {
		if e, err := attest.Equivocation(a, *kept, b); err == nil {
			return errors.Join(&EquivocationError{Evidence: e, EventID: b.EventID}, c.cache.put(b.Key, b.EventID, kindEvidence, e.Encode()))
		}
		return nil // the same outcome in another encoding
	}
	return c.cache.put(b.Key, b.EventID, kindAttestation, raw)
}

// Announcements fetches one event's announcements from several oracles at once, in
// the order of keys. The error names every oracle that has none, or none that is
// valid.
func (c *Client) Announcements(ctx context.Context, id string, keys [][32]byte) ([]attest.Announcement, error) {
	list := make([]attest.Announcement, len(keys))
	errs := c.each(keys, func(i int) (err error) {
		list[i], err = c.Announcement(ctx, keys[i], id)
		return err
	})
	for i, err := range errs {
		if err != nil {
			errs[i] = fmt.Errorf("announcement of %q by oracle %x: %w", id, keys[i][:4], err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return list, nil
}

// Gather fetches what several oracles said of one event, at once. voices are for
// federation.Set.Tally; errs, in the order of keys, say why an announcement or
// attestation is missing (ErrNotFound: not attested yet), nil where both are there.
func (c *Client) Gather(ctx context.Context, id string, keys [][32]byte) (voices []federation.Voice, errs []error) {
	voices = make([]federation.Voice, len(keys))
	errs = c.each(keys, func(i int) error {
		a, err := c.Announcement(ctx, keys[i], id)
		if err != nil {
			return err
		}
		voices[i].Announcement = &a
		b, err := c.Attestation(ctx, keys[i], id)
		if err != nil {
			return err
		}
		voices[i].Attestations = []attest.Attestation{b}
		return nil
	})
	return voices, errs
}

// each runs f for every index at once and waits for all.
func (c *Client) each(keys [][32]byte, f func(i int) error) []error {
	errs := make([]error, len(keys))
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() { errs[i] = f(i) })
	}
	group.Wait()
	return errs
}

// Info describes an oracle, in its own words.
func (c *Client) Info(ctx context.Context, key [32]byte) (info Info, err error) {
	base, err := c.base(key)
	if err != nil {
		return info, err
	}
	err = c.fetch.getJSON(ctx, request{base: base, path: "/v1/info"}, &info)
	return info, err
}

// Events lists events of an oracle, in its own words: values are not verified.
func (c *Client) Events(ctx context.Context, key [32]byte, q EventsQuery) (page Events, err error) {
	base, err := c.base(key)
	if err != nil {
		return page, err
	}
	values := keyQuery(key)
	values.Set("prefix", q.Prefix)
	values.Set("after", q.After)
	if q.Limit > 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Attested != nil {
		values.Set("attested", strconv.FormatBool(*q.Attested))
	}
	if q.Full {
		values.Set("full", "true")
	}
	err = c.fetch.getJSON(ctx, request{base: base, path: "/v1/events", query: values}, &page)
	return page, err
}

// Log returns part of the log of key, as the oracle of asked keeps it: its own or
// that of another member. Nothing is verified but the form.
func (c *Client) Log(ctx context.Context, asked, key [32]byte, from uint64, limit int) (l Log, err error) {
	base, err := c.base(asked)
	if err != nil {
		return l, err
	}
	values := keyQuery(key)
	values.Set("from", strconv.FormatUint(from, 10))
	values.Set("limit", strconv.Itoa(limit))
	err = c.fetch.getJSON(ctx, request{base: base, path: "/v1/log", query: values}, &l)
	if err == nil && (!bytes.Equal(l.Key, key[:]) || l.From != from || len(l.Entries) > limit) {
		err = fmt.Errorf("oracle %x: %w: another log than asked for", asked[:4], ErrInvalid)
	}
	return l, err
}

// Mark returns the highest mark of key that the oracle of asked has seen. Its
// signature has been verified. It fails with ErrNotFound if it has seen none.
func (c *Client) Mark(ctx context.Context, asked, key [32]byte) (m attest.Mark, err error) {
	base, err := c.base(asked)
	if err != nil {
		return m, err
	}
	got, err := c.fetch.get(ctx, request{base: base, path: "/v1/mark", query: keyQuery(key), binary: true, limit: attest.MarkSize})
	if err != nil {
		return m, err
	}
	if len(got.body) == 0 {
		return m, fmt.Errorf("oracle %x: %w: no mark of %x", asked[:4], ErrNotFound, key[:4])
	}
	m, err = attest.DecodeMark(got.body)
	if err == nil && m.Key != key {
		err = attest.ErrKey
	}
	if err == nil {
		err = m.Verify()
	}
	if err != nil {
		return m, fmt.Errorf("oracle %x: %w: %w", asked[:4], ErrInvalid, err)
	}
	return m, nil
}

// BlockAt returns the block that an oracle's node has at a height, in its own words.
func (c *Client) BlockAt(ctx context.Context, key [32]byte, height int32) (b BlockAt, err error) {
	base, err := c.base(key)
	if err != nil {
		return b, err
	}
	values := url.Values{"height": {strconv.Itoa(int(height))}}
	err = c.fetch.getJSON(ctx, request{base: base, path: "/v1/chain", query: values}, &b)
	return b, err
}

func indexPath(index string, rest string) string {
	return "/v1/index/" + url.PathEscape(index) + rest
}

// Days returns up to limit published records of an index from a day on, in the
// oracle's own words.
func (c *Client) Days(ctx context.Context, key [32]byte, index string, from uint32, limit int) (days Days, err error) {
	base, err := c.base(key)
	if err != nil {
		return days, err
	}
	values := url.Values{"from": {strconv.FormatUint(uint64(from), 10)}, "limit": {strconv.Itoa(limit)}}
	err = c.fetch.getJSON(ctx, request{base: base, path: indexPath(index, "/days"), query: values}, &days)
	return days, err
}

// Day returns the published record of a day, canonical JSON, in the oracle's own
// words.
func (c *Client) Day(ctx context.Context, key [32]byte, index string, day uint32) ([]byte, error) {
	return c.ofDay(ctx, key, index, day, "", maxList)
}

// Proof returns what the record of a day can be recomputed from: the caller decodes
// and verifies it by oracle/index.
func (c *Client) Proof(ctx context.Context, key [32]byte, index string, day uint32) ([]byte, error) {
	return c.ofDay(ctx, key, index, day, "/proof", MaxProof)
}

func (c *Client) ofDay(ctx context.Context, key [32]byte, index string, day uint32, rest string, limit int64) ([]byte, error) {
	base, err := c.base(key)
	if err != nil {
		return nil, err
	}
	path := indexPath(index, "/day/"+strconv.FormatUint(uint64(day), 10)+rest)
	got, err := c.fetch.get(ctx, request{base: base, path: path, binary: rest != "", limit: limit})
	return got.body, err
}

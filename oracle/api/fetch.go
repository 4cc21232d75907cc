package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Errors of the client, wrapped with the address and the cause.
var (
	// ErrUnreachable: the oracle does not answer, or not now; trying again may help.
	ErrUnreachable = errors.New("oracle does not answer")
	// ErrInvalid: the oracle's answer is not what it must be: not signed by its key,
	// about something else, too long, or no message at all.
	ErrInvalid = errors.New("oracle's answer is not valid")
	// ErrUnknownOracle: the client was given no oracle of that key.
	ErrUnknownOracle = errors.New("no such oracle is configured")
	// ErrAddress: the address of an oracle is not a http or https URL.
	ErrAddress = errors.New("not the address of an oracle")
)

const (
	// attempts is how often a request is made before it is ErrUnreachable.
	attempts = 3
	// firstPause is how long the client waits before the second, lastPause at most.
	firstPause = 200 * time.Millisecond
	lastPause  = 3 * time.Second
	// maxList bounds an answer that is a list or a description.
	maxList = 16 << 20
	// maxProblem bounds what is read of a refusal.
	maxProblem = 4 << 10
	// MaxProof bounds the proof of a day in bytes.
	MaxProof = 64 << 20
)

// ParseAddress checks the address of an oracle, such as https://oracle.example:8432
// or https://example.org/oracle, and brings it into one form. It fails with
// ErrAddress.
func ParseAddress(text string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("%w: %q, want https://host:port", ErrAddress, text)
	}
	return u.String(), nil
}

// A fetcher makes bounded GET requests, again where that may help.
type fetcher struct{ http *http.Client }

// request is what one GET asks for.
type request struct {
	base, path string
	query      url.Values
	binary     bool
	limit      int64
}

// reply is an answer of status 200.
type reply struct {
	body []byte
	ours bool // the server is one of this package
}

// notFoundError is an ErrNotFound that knows whether the server is one of ours.
type notFoundError struct {
	ours bool
	text string
}

func (e *notFoundError) Error() string { return e.text }
func (e *notFoundError) Unwrap() error { return ErrNotFound }

// get fails with ErrNotFound, ErrQuery, ErrUnreachable, ErrInvalid or ctx's error.
func (f *fetcher) get(ctx context.Context, r request) (reply, error) {
	pause := firstPause
	var last error
	for try := range attempts {
		if try > 0 {
			// Half to all of the pause, so that many clients do not come at once.
			wait := pause/2 + rand.N(pause/2) //nolint:gosec // G404: for spreading load, not for secrecy
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return reply{}, fmt.Errorf("%s: %w: %w", r.base, ErrUnreachable, ctx.Err())
			}
			pause = min(2*pause, lastPause)
		}
		got, again, err := f.once(ctx, r)
		if err == nil {
			return got, nil
		}
		last = fmt.Errorf("%s%s: %w", r.base, r.path, err)
		if !again || ctx.Err() != nil {
			break
		}
	}
	return reply{}, last
}

// once makes one request and says whether another one may succeed.
func (f *fetcher) once(ctx context.Context, r request) (got reply, again bool, err error) {
	address := r.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return got, false, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	req.Header.Set("Accept", typeJSON)
	if r.binary {
		req.Header.Set("Accept", typeBinary)
	}
	resp, err := f.http.Do(req)
	if err != nil {
		return got, true, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	got.ours = resp.Header.Get(markHeader) != ""
	limit := r.limit
	if resp.StatusCode != http.StatusOK {
		limit = maxProblem
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return got, true, fmt.Errorf("%w: %w", ErrUnreachable, err)
	case int64(len(body)) > limit && resp.StatusCode == http.StatusOK:
		return got, false, fmt.Errorf("%w: more than %d bytes", ErrInvalid, r.limit)
	case resp.StatusCode == http.StatusOK:
		got.body = body
		return got, false, nil
	case resp.StatusCode == http.StatusNotFound:
		return got, false, &notFoundError{ours: got.ours, text: "oracle: " + said(body, "not found")}
	case resp.StatusCode == http.StatusBadRequest:
		return got, false, fmt.Errorf("%w: %s", ErrQuery, said(body, "refused"))
	}
	again = resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500
	return got, again, fmt.Errorf("%w: HTTP status %d: %s", ErrUnreachable, resp.StatusCode, said(body, http.StatusText(resp.StatusCode)))
}

// said is what a Problem says, in one short line fit to print.
func said(body []byte, fallback string) string {
	var p Problem
	if json.Unmarshal(body, &p) != nil || p.Error == "" {
		return fallback
	}
	return strconv.QuoteToASCII(p.Error[:min(len(p.Error), 200)])
}

// getJSON decodes an answer into v.
func (f *fetcher) getJSON(ctx context.Context, r request, v any) error {
	if r.limit == 0 {
		r.limit = maxList
	}
	got, err := f.get(ctx, r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(got.body, v); err != nil {
		return fmt.Errorf("%s%s: %w: %w", r.base, r.path, ErrInvalid, err)
	}
	return nil
}

// eventPath is the path of an event id, whose slashes stay.
func eventPath(route, id string) string {
	parts := strings.Split(id, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return route + strings.Join(parts, "/")
}

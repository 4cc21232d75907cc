package fees

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

const (
	// freshFor is how long an answer of the web service is not asked again.
	freshFor = 5 * time.Minute
	// usableFor is how long the last answer serves while the service is away.
	usableFor = time.Hour
	// webTimeout bounds one question.
	webTimeout = 5 * time.Second
	maxWeb     = 1 << 20
)

// errNoTarget: the service has no rate for this target or a nearer one.
var errNoTarget = errors.New("the fee service has no rate for this target")

// Web asks a web service for fee rates, for backends whose node knows none.
// The service answers GET with the JSON of lnd's fee.url:
// {"fee_by_block_target": {"2": 5076, ...}, "min_relay_feerate": 1000}, in
// sat/kvB. It is safe for concurrent use.
type Web struct {
	url  string
	http *http.Client

	mu     sync.Mutex // also lets one question at a time out
	answer chainfee.WebAPIResponse
	asked  time.Time // of answer; zero before the first
}

// NewWeb returns an asker of url, which it does not ask yet.
func NewWeb(url string) *Web {
	return &Web{url: url, http: &http.Client{Timeout: webTimeout}}
}

// Rate returns the service's rate for confirmation within target blocks and
// its relay minimum; it knows answers of the last minutes by heart. It returns
// chain.ErrUnavailable if the service cannot be asked, another error if it has
// no such rate.
func (w *Web) Rate(ctx context.Context, target uint32) (rate, relay chainfee.SatPerKWeight, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if age := time.Since(w.asked); w.asked.IsZero() || age > freshFor {
		answer, err := w.ask(ctx)
		switch {
		case err == nil:
			w.answer, w.asked = answer, time.Now()
		case w.asked.IsZero() || age > usableFor:
			return 0, 0, err
		}
	}
	relay = w.answer.MinRelayFeerate.FeePerKWeight()
	// The nearest target not beyond ours, which is never too cheap.
	for t := target; t > 0; t-- {
		if perKVB, ok := w.answer.FeeByBlockTarget[t]; ok && perKVB > 0 {
			return chainfee.SatPerKVByte(perKVB).FeePerKWeight(), relay, nil
		}
	}
	return 0, relay, errNoTarget
}

func (w *Web) ask(ctx context.Context) (answer chainfee.WebAPIResponse, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url, nil)
	if err != nil {
		return answer, fmt.Errorf("fee service: %w", err)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return answer, fmt.Errorf("fee service: %w: %w", chain.ErrUnavailable, err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxWeb))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return answer, fmt.Errorf("fee service: %w: %w", chain.ErrUnavailable, err)
	}
	if resp.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("fee service: %w: %s", chain.ErrUnavailable, resp.Status)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, fmt.Errorf("fee service: %w: %w", chain.ErrUnavailable, err)
	}
	return answer, nil
}

package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// NewMetrics returns a histogram of the answers of a server, and the function to be
// its Observe.
func NewMetrics() (prometheus.Collector, func(route string, status int, took time.Duration)) {
	answers := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "alkoracle_http_answer_seconds",
		Help:    "Time of answering a request of the public API.",
		Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
	}, []string{"route", "status"})
	return answers, func(route string, status int, took time.Duration) {
		answers.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

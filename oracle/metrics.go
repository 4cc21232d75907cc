package oracle

import (
	"encoding/hex"
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alkimiya/alkimiya/oracle/store"
)

// A Collector makes metrics of a service when it is asked.
type Collector struct {
	s                                              *Service
	signing, height, tipTime, closed, announced    *prometheus.Desc
	attested, attestations, alarmed, raised, peers *prometheus.Desc
	peerSeen, fenced                               *prometheus.Desc
}

// NewCollector returns the metrics of s. Their names begin with alkoracle_.
func NewCollector(s *Service) *Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("alkoracle_"+name, help, labels, nil)
	}
	return &Collector{
		s:            s,
		signing:      desc("signing", "1 if the oracle attests what is due."),
		height:       desc("chain_height", "Height of the node's best block."),
		tipTime:      desc("chain_tip_time_seconds", "Header time of the node's best block."),
		closed:       desc("closed_day", "Last closed day of an index.", "index"),
		announced:    desc("announced_day", "Last day of an index whose events are announced.", "index"),
		attested:     desc("attested_day", "Last day of an index whose events are attested.", "index"),
		attestations: desc("attestations", "Attestations made by a key.", "key"),
		fenced:       desc("fenced_maturity_seconds", "Maturity up to which a key attests nothing any more; 0 for none.", "key"),
		alarmed:      desc("alarm", "1 for each alarm that is raised now.", "code", "subject"),
		raised:       desc("alarms_total", "Alarms raised since the start.", "code"),
		peers:        desc("peer_up", "1 if another oracle of the federation is followed.", "key"),
		peerSeen:     desc("peer_seen_seconds", "When another oracle last answered.", "key"),
	}
}

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	boolean := map[bool]float64{true: 1}
	found := c.s.lastStatus()
	gauge(c.signing, boolean[found.now != 0 && len(found.reasons) == 0])
	gauge(c.height, float64(found.node.Height))
	gauge(c.tipTime, float64(found.node.Time))
	for _, i := range found.indices {
		gauge(c.closed, float64(i.Closed), i.ID)
		gauge(c.announced, float64(i.Announced), i.ID)
		gauge(c.attested, float64(i.Attested), i.ID)
	}
	for _, k := range c.s.keys {
		key := k.Key()
		name := hex.EncodeToString(key[:])
		mark, err := c.s.store.Mark(key)
		if err == nil || errors.Is(err, store.ErrNotFound) {
			gauge(c.attestations, float64(mark.Count), name)
		}
		if through, err := c.s.store.Fenced(key); err == nil {
			gauge(c.fenced, float64(through), name)
		}
	}
	for _, a := range c.s.alarms.list() {
		gauge(c.alarmed, 1, a.Code, a.Subject)
	}
	for code, n := range c.s.alarms.raisedCounts() {
		out <- prometheus.MustNewConstMetric(c.raised, prometheus.CounterValue, float64(n), code)
	}
	for _, p := range c.s.peers {
		seen, err := p.state()
		name := hex.EncodeToString(p.member.Key[:])
		gauge(c.peers, boolean[err == "" && seen != 0], name)
		gauge(c.peerSeen, float64(seen), name)
	}
}

package node

import (
	"github.com/prometheus/client_golang/prometheus"
)

// peerCollector tells how the daemon stands with its peers and its recovery
// files; nothing while contracts are closed.
type peerCollector struct {
	d                                          *Daemon
	sessions, handshakes, persistent, held     *prometheus.Desc
	accepted, failed, displaced, ended         *prometheus.Desc
	messages, refused, panics, frames, traffic *prometheus.Desc
	backupFailing, backupUnread                *prometheus.Desc
}

func newPeerCollector(d *Daemon) *peerCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("alkd_"+name, help, labels, nil)
	}
	return &peerCollector{
		d:             d,
		sessions:      desc("peer_sessions", "Connected peers, by who called.", "direction"),
		handshakes:    desc("peer_handshakes", "Inbound connections before their session."),
		persistent:    desc("peer_persistent", "Peers that are called whenever they are not connected."),
		held:          desc("peer_reassembly_bytes", "Memory held for unfinished segmented messages."),
		accepted:      desc("peer_accepted_total", "Inbound connections."),
		failed:        desc("peer_failed_total", "Inbound connections that came to no session."),
		displaced:     desc("peer_displaced_total", "Inbound connections that lost their place to a newcomer before their session."),
		ended:         desc("peer_ended_total", "Sessions that ended, by whom or why.", "by"),
		messages:      desc("peer_messages_total", "Messages that were passed on."),
		refused:       desc("peer_refused_total", "Messages that were answered by a reject and not passed on."),
		panics:        desc("peer_panics_total", "Bugs met while handling a message."),
		frames:        desc("peer_frames_total", "Frames, by direction.", "direction"),
		traffic:       desc("peer_bytes_total", "Bytes of frames before encryption, by direction.", "direction"),
		backupFailing: desc("backup_failing", "1 if recovery files cannot be written at present."),
		backupUnread:  desc("backup_unread", "1 if recovery files were not taken over yet."),
	}
}

// Describe implements prometheus.Collector. There may be no metric at first, so
// it names them itself.
func (c *peerCollector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		c.sessions, c.handshakes, c.persistent, c.held, c.accepted, c.failed, c.displaced, c.ended,
		c.messages, c.refused, c.panics, c.frames, c.traffic, c.backupFailing, c.backupUnread,
	} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *peerCollector) Collect(out chan<- prometheus.Metric) {
	s := c.d.current()
	if s == nil || s.trading == nil {
		return
	}
	stats := s.trading.host.Stats()
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	counter := func(desc *prometheus.Desc, value uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(value), labels...)
	}
	gauge(c.sessions, float64(stats.Inbound), "in")
	gauge(c.sessions, float64(stats.Outbound), "out")
	gauge(c.handshakes, float64(stats.Handshakes))
	gauge(c.persistent, float64(stats.Persistent))
	gauge(c.held, float64(stats.Reassembly))
	counter(c.accepted, stats.Accepted)
	counter(c.failed, stats.Failed)
	counter(c.displaced, stats.Displaced)
	counter(c.ended, stats.EndedByPeer, "peer")
	counter(c.ended, stats.EndedByBreach, "breach")
	counter(c.ended, stats.EndedBySilence, "silence")
	counter(c.ended, stats.EndedByOwn, "own")
	counter(c.messages, stats.Messages)
	counter(c.refused, stats.Refused)
	counter(c.panics, stats.Panics)
	counter(c.frames, stats.FramesRead, "in")
	counter(c.frames, stats.FramesWritten, "out")
	counter(c.traffic, stats.BytesRead, "in")
	counter(c.traffic, stats.BytesWritten, "out")
	for desc, err := range map[*prometheus.Desc]error{
		c.backupFailing: s.trading.recovery.folder.Failing(), c.backupUnread: s.trading.recovery.folder.Unread(),
	} {
		value := 0.0
		if err != nil {
			value = 1
		}
		gauge(desc, value)
	}
}

package peer

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// counters count over the life of a Host.
type counters struct {
	accepted, displaced, failed                            atomic.Uint64
	framesRead, framesWritten, bytesRead, bytesWritten     atomic.Uint64
	messages, refused, panics                              atomic.Uint64
	endedByPeer, endedByBreach, endedBySilence, endedByOwn atomic.Uint64
}

// count counts a session's end.
func (c *counters) count(cause error) {
	switch {
	case errors.Is(cause, ErrSilent):
		c.endedBySilence.Add(1)
	case errors.Is(cause, ErrStopped), errors.Is(cause, errDisconnected), errors.Is(cause, ErrReplaced), errors.Is(cause, ErrPanic):
		c.endedByOwn.Add(1)
	case errors.Is(cause, ErrBreach), errors.Is(cause, wire.ErrBudget):
		c.endedByBreach.Add(1)
	default:
		c.endedByPeer.Add(1)
	}
}

// Stats is what a Host has done since it was made, and what it holds now.
type Stats struct {
	// Inbound and Outbound are the sessions now, Handshakes the inbound
	// connections before their session, Persistent the peers that are called.
	Inbound, Outbound, Handshakes, Persistent int
	// Reassembly is how many bytes are held for unfinished messages.
	Reassembly int64
	// Accepted counts inbound connections, Failed those that came to no session,
	// Displaced those of them that lost their place to a newcomer.
	Accepted, Failed, Displaced uint64
	// FramesRead and the like count frames and their bytes, ping and pong
	// included, encryption not.
	FramesRead, FramesWritten, BytesRead, BytesWritten uint64
	// Messages counts those given to the Handler, Refused those that were
	// answered by a reject before, Panics the bugs that one met.
	Messages, Refused, Panics uint64
	// The sessions that ended, by whom or why.
	EndedByPeer, EndedByBreach, EndedBySilence, EndedByOwn uint64
}

// Stats returns the present counts.
func (h *Host) Stats() Stats {
	c := &h.stats
	s := Stats{
		Handshakes: h.lobby.count(), Reassembly: h.cfg.Limits.Reassembly - h.budget.Free(),
		Accepted: c.accepted.Load(), Failed: c.failed.Load(), Displaced: c.displaced.Load(),
		FramesRead: c.framesRead.Load(), FramesWritten: c.framesWritten.Load(),
		BytesRead: c.bytesRead.Load(), BytesWritten: c.bytesWritten.Load(),
		Messages: c.messages.Load(), Refused: c.refused.Load(), Panics: c.panics.Load(),
		EndedByPeer: c.endedByPeer.Load(), EndedByBreach: c.endedByBreach.Load(),
		EndedBySilence: c.endedBySilence.Load(), EndedByOwn: c.endedByOwn.Load(),
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s.Persistent = len(h.wanted)
	for _, session := range h.sessions {
		if session.inbound {
			s.Inbound++
		} else {
			s.Outbound++
		}
	}
	return s
}

// Info is what is known of a peer that is connected or persistent.
type Info struct {
	Key Key
	// Connected says whether there is a session; if not, the fields up to
	// Latency are zero.
	Connected bool
	// Remote is the other end's address, host:port; Inbound says that the peer
	// called.
	Remote  string
	Inbound bool
	// Hello is what the peer said of itself. It must not be changed.
	Hello *wire.Hello
	// Since is when the session began, Heard when the peer last sent something.
	Since, Heard time.Time
	// BytesRead and BytesWritten count those of the session's frames.
	BytesRead, BytesWritten uint64
	// Latency is how long the last answer to a ping took, 0 before the first.
	Latency time.Duration
	// Persistent says that the peer is called whenever it is not connected, at
	// Address.
	Persistent bool
	Address    Address
	// NextCall is when that happens next, and Failure why the last call failed
	// or the last session ended; zero while connected.
	NextCall time.Time
	Failure  error
}

// Peers returns all connected and persistent peers, ascending by key.
func (h *Host) Peers() []Info {
	h.mu.Lock()
	defer h.mu.Unlock()
	known := make(map[Key]Info, len(h.sessions)+len(h.wanted))
	for k, s := range h.sessions {
		known[k] = Info{
			Key: k, Connected: true, Remote: s.link.conn.RemoteAddr().String(), Inbound: s.inbound,
			Hello: s.remote, Since: s.began, Heard: s.began.Add(time.Duration(s.heard.Load())),
			BytesRead: s.read.Load(), BytesWritten: s.written.Load(), Latency: time.Duration(s.latency.Load()),
		}
	}
	for k, w := range h.wanted {
		info := known[k]
		info.Key, info.Persistent, info.Address = k, true, w.address
		if !info.Connected {
			info.NextCall, info.Failure = w.next, w.failure
		}
		known[k] = info
	}
	infos := make([]Info, 0, len(known))
	for _, info := range known {
		infos = append(infos, info)
	}
	slices.SortFunc(infos, func(a, b Info) int { return a.Key.Compare(b.Key) })
	return infos
}

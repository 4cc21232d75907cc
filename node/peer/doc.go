// Package peer connects this node with others: encrypted and authenticated
// sessions over TCP or Tor, one for each peer, through which whole messages
// come and go.
//
// It listens and dials, says hello, keeps sessions alive, cuts long messages
// into segments and puts them together, and bounds what a peer can make this
// node hold or wait for. It knows message encodings (dlc/wire) and no contract,
// order or policy: what a message means is for its Handler. It promises no
// delivery; what was lost with a connection is told again by `resume`.
//
// Invariant: a stranger, or a peer that breaks the rules, costs a bounded
// amount of memory for a bounded time and takes nothing from anyone else: every
// wait for a peer has a deadline, every queue and buffer a limit, a breach ends
// that one session, and nobody is banned. The messages of one peer reach the
// Handler one after the other, between Connected and Disconnected.
//
// It implements the transport, hello, segmentation and ping of PROTOCOL.md 9
// and 11: Noise_XK as in BOLT8, by lnd's brontide machine, driven from here.
package peer

// Package book is where quotes meet: the maker's own standing orders, what the
// connected peers offer, requests for quotes both ways, takes, and the forward
// curve that follows from all of it. It implements the part of PROTOCOL.md 10
// and 11 about orders, and PRODUCT.md 5.1 and R24.
//
// It makes no contract: a take is signed here and offered by node/engine, and a
// taker's offer goes to the engine, too. Nor does it judge what is left of an
// order when it is filled: that is the transaction of dlc/store that stores the
// accept, which is why an order can be shown with more than is left of it, but
// never filled beyond.
//
// Its invariant: an order is on disk before anybody sees it and is never shown
// again once it is cancelled, expired or used up; nothing of a peer is shown
// that this peer did not sign and that could not be taken now; and a peer can
// make the book hold, compute or write only so much.
//
// A Book is safe for concurrent use.
package book

import "errors"

// Errors of requests, wrapped with the datum at fault; test with errors.Is.
// Those of dlc/order and dlc/payout about records come through as well.
var (
	// ErrUnknown: there is no such order or request for a quote.
	ErrUnknown = errors.New("no such order")
	// ErrRequest: a field of a request is missing or out of range.
	ErrRequest = errors.New("bad request for an order")
	// ErrLimit: the book is full, here or with the peer.
	ErrLimit = errors.New("limit of the order book reached")
	// ErrNotConnected: no peer is connected that could be asked.
	ErrNotConnected = errors.New("no such peer is connected")
	// ErrNoAnswer: a peer did not answer in time.
	ErrNoAnswer = errors.New("no answer from the peer")
	// ErrDeclined: a peer answered with a reject.
	ErrDeclined = errors.New("declined by the peer")
	// ErrNoReference: the node's own pricer cannot price this.
	ErrNoReference = errors.New("no reference price")
)

// Package api is how an oracle is read over HTTP: the server, the client, and the
// messages they share. PROTOCOL.md 6, SECURITY.md R10; the routes are described in
// openapi.json, which the server serves.
//
// It signs nothing, decides nothing and accepts nothing: there is no route that
// writes. What is served is what the oracle has put on its disk. Beside its own
// routes, below /v1, it has those by which dlcdevkit reads the oracle kormir.
//
// Its invariant: the client gives away only what it has verified itself, under the
// key that it was told to expect, so that neither a server, nor a proxy, nor its own
// cache on the disk has to be trusted; and neither side reads, holds or makes more
// than a fixed number of bytes for anybody.
//
// All exported types are safe for concurrent use unless they say otherwise.
package api

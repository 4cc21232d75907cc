package chain

// Status is what a full node says of its own place in the network. Nothing of it is
// proved.
type Status struct {
	Tip Tip
	// Headers is the height of the best header; the node may lack blocks below it.
	Headers int32
	// Initial says that the node believes itself in its first download of blocks.
	Initial bool
	// PeerHeights are the greatest heights that its peers have named, one for each
	// peer.
	PeerHeights []int32
	// Forks are the ends of branches beside the best chain.
	Forks []Fork
}

// Fork is the end of a branch beside the best chain.
type Fork struct {
	Height int32
	Hash   string
	// Kind is the node's word for it: invalid, headers-only, valid-headers,
	// valid-fork or unknown.
	Kind string
}

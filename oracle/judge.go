package oracle

import (
	"fmt"
	"slices"
)

// NodeFacts are what a full node says of its place in the network.
type NodeFacts struct {
	// Height and Time are of its best block; Headers is the height of its best header.
	Height, Headers int32
	Time            int64
	// Initial says that it is in its first download.
	Initial bool
	// PeerHeights are what its peers say.
	PeerHeights []int32
	// Rivals are the ends of branches beside its best chain.
	Rivals []Rival
	// Now is the wall clock. Private says that the network is one of tests, where a
	// node may be alone and its chain may stand still.
	Now     int64
	Private bool
}

// Rival is the end of a branch beside the best chain.
type Rival struct {
	Height int32
	// Kind is the node's word for it: invalid, headers-only, valid-headers or
	// valid-fork.
	Kind string
}

const (
	// slack is how many blocks a node may be behind what others say, since news takes
	// its time.
	slack = 2
	// staleAfter is how old the newest block may be, in seconds. A public network
	// makes one that old once in a hundred thousand years.
	staleAfter = 4 * 3600
)

// Judge says why a node's chain is not the one to attest from: because it is not there
// yet, or because others follow another one. Both are "" if it is fine.
func Judge(f NodeFacts) (behind, minority string) {
	for _, r := range f.Rivals {
		switch {
		case r.Kind == "invalid" && r.Height > f.Height:
			minority = fmt.Sprintf("the node holds a branch of height %d invalid, its own has height %d", r.Height, f.Height)
		case (r.Kind == "headers-only" || r.Kind == "valid-headers") && r.Height > f.Height+slack:
			behind = fmt.Sprintf("the node knows headers of height %d and has blocks up to %d", r.Height, f.Height)
		}
	}
	heights := slices.Sorted(slices.Values(f.PeerHeights))
	switch {
	case f.Headers > f.Height+slack:
		behind = fmt.Sprintf("the node has headers up to %d and blocks up to %d", f.Headers, f.Height)
	case len(heights) > 0 && heights[len(heights)/2] > f.Height+slack:
		behind = fmt.Sprintf("half of the node's peers are at height %d or above, the node is at %d", heights[len(heights)/2], f.Height)
	case f.Private:
	case f.Initial:
		behind = fmt.Sprintf("the node is in its first download, at height %d", f.Height)
	case len(heights) == 0:
		behind = "the node has no peers"
	case f.Now-f.Time > staleAfter:
		behind = fmt.Sprintf("the node's newest block is %d minutes old", (f.Now-f.Time)/60)
	}
	return behind, minority
}

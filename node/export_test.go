package node

import (
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// NewAdmission is the node's own peer.Config.Admit.
func NewAdmission() func(peer.Key, wire.Type) bool { return newAdmission().admit }

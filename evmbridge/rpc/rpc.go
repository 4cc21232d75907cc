// Package rpc is alkbridge's interface: the protobuf services of package bridgev1, by
// connectrpc, as gRPC, gRPC-Web and JSON over HTTP. docs/bridge.md is its
// specification, node/rpc/client reaches it.
//
// It is not the daemon and holds no state: who may call what is the table of
// Permissions, and a request becomes one call on what cmd/alkbridge wires. It links no
// go-ethereum, so that programs which only call can use it.
//
// Its invariant: a method that is not in the table is refused to everyone.
package rpc

//go:generate sh gen.sh

import (
	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
)

// DefaultPort is the TCP port of BridgeService unless told otherwise, OperatorPort that
// of OperatorService.
const (
	DefaultPort  = 8450
	OperatorPort = 8452
)

const (
	entity      = "bridge"
	actionRead  = "read"
	actionMint  = "mint"
	actionSpend = "spend"
)

// Permissions returns what every method of BridgeService needs, by procedure: what
// reads, what has the account pay gas and bonds, and what burns units.
func Permissions() map[string][]bakery.Op {
	needs := func(action string) []bakery.Op { return []bakery.Op{{Entity: entity, Action: action}} }
	return map[string][]bakery.Op{
		bridgev1connect.BridgeServiceGetStatusProcedure:        needs(actionRead),
		bridgev1connect.BridgeServiceVerifyDeploymentProcedure: needs(actionRead),
		bridgev1connect.BridgeServiceListSeriesProcedure:       needs(actionRead),
		bridgev1connect.BridgeServiceListLotsProcedure:         needs(actionRead),
		bridgev1connect.BridgeServiceListRedemptionsProcedure:  needs(actionRead),
		bridgev1connect.BridgeServiceListCallsProcedure:        needs(actionRead),
		bridgev1connect.BridgeServiceNewVaultProcedure:         needs(actionRead),
		bridgev1connect.BridgeServicePrepareLotProcedure:       needs(actionRead),
		bridgev1connect.BridgeServicePriceProcedure:            needs(actionMint),
		bridgev1connect.BridgeServiceMintProcedure:             needs(actionMint),
		bridgev1connect.BridgeServiceSlashProcedure:            needs(actionMint),
		bridgev1connect.BridgeServicePostBondProcedure:         needs(actionMint),
		bridgev1connect.BridgeServiceGiveNoticeProcedure:       needs(actionMint),
		bridgev1connect.BridgeServiceWithdrawBondProcedure:     needs(actionMint),
		bridgev1connect.BridgeServiceWrapProcedure:             needs(actionSpend),
		bridgev1connect.BridgeServiceReleaseProcedure:          needs(actionSpend),
		bridgev1connect.BridgeServiceRedeemProcedure:           needs(actionSpend),
	}
}

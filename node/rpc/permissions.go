package rpc

import (
	"slices"
	"strings"

	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

// Entities and actions of macaroons. A permission is a pair of them, written
// "wallet:read".
const (
	entityWallet   = "wallet"
	entityNode     = "node"
	entityMacaroon = "macaroon"
	entityPeer     = "peer"
	entityOrder    = "order"
	entityContract = "contract"
	entityOracle   = "oracle"
	entityIndex    = "index"
	entityPolicy   = "policy"
	entityBackup   = "backup"

	actionRead = "read"
	// actionAddress makes receiving addresses.
	actionAddress = "address"
	// actionWrite changes what the wallet knows, but not where its coins are.
	actionWrite = "write"
	// actionSpend moves coins or signs.
	actionSpend = "spend"
)

func needs(entity, action string) []bakery.Op {
	return []bakery.Op{{Entity: entity, Action: action}}
}

// permissions is complete: a method that is not here is refused to everyone. An
// empty list means that no macaroon is asked for.
var permissions = map[string][]bakery.Op{
	alkv1connect.StateServiceGetStateProcedure: {},

	alkv1connect.WalletServiceCreateProcedure:             {},
	alkv1connect.WalletServiceRestoreProcedure:            {},
	alkv1connect.WalletServiceUnlockProcedure:             {},
	alkv1connect.WalletServiceLockProcedure:               needs(entityWallet, actionWrite),
	alkv1connect.WalletServiceChangePassphraseProcedure:   needs(entityWallet, actionWrite),
	alkv1connect.WalletServiceGetBalanceProcedure:         needs(entityWallet, actionRead),
	alkv1connect.WalletServiceNewAddressProcedure:         needs(entityWallet, actionAddress),
	alkv1connect.WalletServiceListCoinsProcedure:          needs(entityWallet, actionRead),
	alkv1connect.WalletServiceLabelCoinProcedure:          needs(entityWallet, actionWrite),
	alkv1connect.WalletServiceLeaseCoinsProcedure:         needs(entityWallet, actionWrite),
	alkv1connect.WalletServiceReleaseLeaseProcedure:       needs(entityWallet, actionWrite),
	alkv1connect.WalletServiceListLeasesProcedure:         needs(entityWallet, actionRead),
	alkv1connect.WalletServiceSendProcedure:               needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceBumpProcedure:               needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceEstimateFeeProcedure:        needs(entityWallet, actionRead),
	alkv1connect.WalletServiceListTransactionsProcedure:   needs(entityWallet, actionRead),
	alkv1connect.WalletServicePublishTransactionProcedure: needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceFundPsbtProcedure:           needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceSignPsbtProcedure:           needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceFinalizePsbtProcedure:       needs(entityWallet, actionSpend),
	alkv1connect.WalletServiceGetSyncProcedure:            needs(entityWallet, actionRead),
	alkv1connect.WalletServiceWatchSyncProcedure:          needs(entityWallet, actionRead),
	alkv1connect.WalletServiceWatchTransactionProcedure:   needs(entityWallet, actionRead),

	alkv1connect.NodeServiceGetInfoProcedure:     needs(entityNode, actionRead),
	alkv1connect.NodeServiceStopProcedure:        needs(entityNode, actionWrite),
	alkv1connect.NodeServiceSetLogLevelProcedure: needs(entityNode, actionWrite),

	alkv1connect.MacaroonServiceBakeProcedure:            needs(entityMacaroon, actionWrite),
	alkv1connect.MacaroonServiceListRootKeysProcedure:    needs(entityMacaroon, actionRead),
	alkv1connect.MacaroonServiceRevokeRootKeyProcedure:   needs(entityMacaroon, actionWrite),
	alkv1connect.MacaroonServiceListPermissionsProcedure: needs(entityMacaroon, actionRead),

	alkv1connect.PeerServiceAddPeerProcedure:        needs(entityPeer, actionWrite),
	alkv1connect.PeerServiceListPeersProcedure:      needs(entityPeer, actionRead),
	alkv1connect.PeerServiceConnectPeerProcedure:    needs(entityPeer, actionWrite),
	alkv1connect.PeerServiceDisconnectPeerProcedure: needs(entityPeer, actionWrite),
	alkv1connect.PeerServiceRemovePeerProcedure:     needs(entityPeer, actionWrite),

	alkv1connect.OrderServicePublishOrderProcedure:        needs(entityOrder, actionWrite),
	alkv1connect.OrderServiceListOrdersProcedure:          needs(entityOrder, actionRead),
	alkv1connect.OrderServiceCancelOrdersProcedure:        needs(entityOrder, actionWrite),
	alkv1connect.OrderServiceTakeOrderProcedure:           needs(entityContract, actionWrite),
	alkv1connect.OrderServiceRequestQuotesProcedure:       needs(entityOrder, actionWrite),
	alkv1connect.OrderServiceListQuoteRequestsProcedure:   needs(entityOrder, actionRead),
	alkv1connect.OrderServiceAnswerQuoteRequestProcedure:  needs(entityOrder, actionWrite),
	alkv1connect.OrderServiceDeclineQuoteRequestProcedure: needs(entityOrder, actionWrite),
	alkv1connect.OrderServiceGetCurveProcedure:            needs(entityOrder, actionRead),

	alkv1connect.ContractServiceOfferContractProcedure:    needs(entityContract, actionWrite),
	alkv1connect.ContractServiceSimulateContractProcedure: needs(entityContract, actionRead),
	alkv1connect.ContractServiceListContractsProcedure:    needs(entityContract, actionRead),
	alkv1connect.ContractServiceGetContractProcedure:      needs(entityContract, actionRead),
	alkv1connect.ContractServiceAcceptContractProcedure:   needs(entityContract, actionWrite),
	alkv1connect.ContractServiceWithdrawContractProcedure: needs(entityContract, actionWrite),
	alkv1connect.ContractServiceCloseContractProcedure:    needs(entityContract, actionWrite),
	alkv1connect.ContractServiceApproveCloseProcedure:     needs(entityContract, actionWrite),
	alkv1connect.ContractServiceDeclineCloseProcedure:     needs(entityContract, actionWrite),
	alkv1connect.ContractServiceGetHistoryProcedure:       needs(entityContract, actionRead),
	alkv1connect.ContractServiceExportContractProcedure:   needs(entityContract, actionRead),
	alkv1connect.ContractServiceExportPresignedProcedure:  needs(entityContract, actionWrite),
	alkv1connect.ContractServiceSignMintProcedure:         needs(entityContract, actionWrite),
	alkv1connect.ContractServiceReleaseContractProcedure:  needs(entityContract, actionWrite),
	alkv1connect.ContractServiceGetPayoffProcedure:        needs(entityContract, actionRead),

	alkv1connect.PortfolioServiceGetPortfolioProcedure: needs(entityContract, actionRead),
	// The report tells the wallet's history, too.
	alkv1connect.PortfolioServiceGetReportProcedure: append(needs(entityContract, actionRead), needs(entityWallet, actionRead)...),

	alkv1connect.EventServiceWatchEventsProcedure: needs(entityContract, actionRead),

	alkv1connect.OracleServiceListOraclesProcedure:  needs(entityOracle, actionRead),
	alkv1connect.OracleServiceAddOracleProcedure:    needs(entityOracle, actionWrite),
	alkv1connect.OracleServiceRemoveOracleProcedure: needs(entityOracle, actionWrite),
	alkv1connect.OracleServiceImportRecordProcedure: needs(entityOracle, actionWrite),
	alkv1connect.OracleServiceListEvidenceProcedure: needs(entityOracle, actionRead),

	alkv1connect.IndexServiceListIndicesProcedure:   needs(entityIndex, actionRead),
	alkv1connect.IndexServiceGetIndexDayProcedure:   needs(entityIndex, actionRead),
	alkv1connect.IndexServiceListIndexDaysProcedure: needs(entityIndex, actionRead),

	alkv1connect.PolicyServiceGetPolicyProcedure:    needs(entityPolicy, actionRead),
	alkv1connect.PolicyServiceReloadPolicyProcedure: needs(entityPolicy, actionWrite),

	alkv1connect.BackupServiceGetBackupProcedure:        needs(entityBackup, actionRead),
	alkv1connect.BackupServiceRestoreContractsProcedure: needs(entityBackup, actionWrite),
	alkv1connect.BackupServiceImportContractProcedure:   needs(entityBackup, actionWrite),
	alkv1connect.BackupServiceRecoverContractsProcedure: needs(entityBackup, actionWrite),
}

// opensWallet are the methods without macaroon that work only while the wallet
// is closed.
var opensWallet = map[string]bool{
	alkv1connect.WalletServiceCreateProcedure:  true,
	alkv1connect.WalletServiceRestoreProcedure: true,
	alkv1connect.WalletServiceUnlockProcedure:  true,
}

// Permissions returns what every method needs, by procedure
// ("/alk.v1.NodeService/Stop"). A method that is missing is refused; one with
// an empty list needs no macaroon. The result is the caller's.
func Permissions() map[string][]bakery.Op {
	all := make(map[string][]bakery.Op, len(permissions))
	for procedure, ops := range permissions {
		all[procedure] = slices.Clone(ops)
	}
	return all
}

// Operations returns every operation that some method needs, sorted.
func Operations() []bakery.Op { return operations(permissions) }

func operations(methods map[string][]bakery.Op) []bakery.Op {
	var ops []bakery.Op
	for _, needed := range methods {
		for _, op := range needed {
			if !slices.Contains(ops, op) {
				ops = append(ops, op)
			}
		}
	}
	slices.SortFunc(ops, func(a, b bakery.Op) int {
		if c := strings.Compare(a.Entity, b.Entity); c != 0 {
			return c
		}
		return strings.Compare(a.Action, b.Action)
	})
	return ops
}

// Role is a ready-made macaroon that the Authority keeps in a file.
type Role struct {
	// File in the network's folder.
	File string
	// RootKeyID it is made from, so that a role can be revoked alone.
	RootKeyID uint64
	// Ops it allows.
	Ops []bakery.Op
}

// Roles returns the ready-made macaroons: admin for everything, readonly for
// what changes nothing, trader for trading without sending coins away, locking
// the wallet, making macaroons, or changing whom the node trusts: oracles, policy
// and backups.
func Roles() []Role {
	all := Operations()
	var readonly, trader []bakery.Op
	for _, op := range all {
		if op.Action == actionRead {
			readonly = append(readonly, op)
		}
		switch {
		case op.Entity == entityWallet:
			if op.Action == actionRead || op.Action == actionAddress {
				trader = append(trader, op)
			}
		case op.Entity == entityNode, op.Entity == entityOracle, op.Entity == entityPolicy, op.Entity == entityBackup:
			if op.Action == actionRead {
				trader = append(trader, op)
			}
		case op.Entity != entityMacaroon:
			trader = append(trader, op)
		}
	}
	return []Role{
		{File: "admin.macaroon", RootKeyID: rootKeyAdmin, Ops: all},
		{File: "readonly.macaroon", RootKeyID: rootKeyReadOnly, Ops: readonly},
		{File: "trader.macaroon", RootKeyID: rootKeyTrader, Ops: trader},
	}
}

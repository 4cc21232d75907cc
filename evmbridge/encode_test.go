package evmbridge_test

import (
	"math/big"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

func key(k spv.SeriesKey) bindings.SeriesKey {
	return bindings.SeriesKey{
		IndexParams: k.IndexParams, FirstDay: k.FirstDay, LastDay: k.LastDay, Events: k.Events, Threshold: k.Threshold,
		Shape: uint8(k.Shape), Long: k.Long, Base: k.Base, Lo: k.Lo, Hi: k.Hi, QuantBits: k.QuantBits,
		RefundLocktime: k.RefundLocktime, MinRefundPpm: k.MinRefundPpm,
	}
}

func terms(t spv.Terms) bindings.Terms {
	return bindings.Terms{
		SeriesId: t.SeriesID, FundingTxid: t.FundingTxid, FundingVout: t.FundingVout, Collateral: t.Collateral,
		Notional: t.Notional, RefundSats: t.RefundSats, RefundTxid: t.RefundTxid, CetRoot: t.CETRoot,
		VaultScript: t.VaultScript, VaultSalt: t.VaultSalt,
	}
}

func redemption(r spv.Redemption) bindings.Redemption {
	return bindings.Redemption{
		Id: r.ID, Lot: r.Lot, Owner: r.Owner, Amount: r.Amount, Sats: r.Sats, MaxFee: r.MaxFee, Deadline: r.Deadline,
		Nonce: r.Nonce, Script: r.Script,
	}
}

func number(b [32]byte) *big.Int { return new(big.Int).SetBytes(b[:]) }

func numbers(all [][32]byte) []*big.Int {
	out := make([]*big.Int, 0, len(all))
	for _, b := range all {
		out = append(out, number(b))
	}
	return out
}

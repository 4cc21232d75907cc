package itest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"testing"

	"connectrpc.com/connect"
	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// TestTokensSurviveReorganisations: Bitcoin takes a minted lot's funding back, the EVM chain a
// burn, and Bitcoin the payment of it. All of it is worked through by the programs; nothing
// is paid twice, no proof is taken twice, and the books balance to the satoshi.
func TestTokensSurviveReorganisations(t *testing.T) {
	harness.Long(t)
	b := newBridged(t)
	b.refusesOtherChains()
	d := b.tokens(true)

	// The funding goes out of the chain, six deep, and comes back: the traders see to it.
	b.node.MustReorg(6)
	b.follow()
	for _, l := range d.lots {
		b.lot(l.GetId(), "frozen")
	}
	b.node.MustSee(txid(t, outpointTxid(d.lots[0])))
	b.mine(6)
	for i, l := range d.lots {
		d.lots[i] = b.lot(l.GetId(), "live")
	}
	d.sleep()

	lots := d.settle()
	b.passDay()
	first, second := b.series(lots[0].GetSeriesId(), "open"), b.series(lots[1].GetSeriesId(), "open")
	b.burnsOnce(first)
	to := addresses(t)["P2TR"]
	b.accepted(b.holder.Redeem(t.Context(), &bridgev1.RedeemRequest{Id: second.GetId(), Address: to}))
	_, err := b.holder.Redeem(t.Context(), &bridgev1.RedeemRequest{Id: second.GetId(), Amount: second.GetBalance(), Address: to})
	require.Error(t, err, "what is burned cannot be redeemed again")
	b.redemptions(2, "requested", "paid")

	// The payments are proven, go out of the chain, come back, and are proven again.
	b.passDay()
	b.pays()
	paid := b.redemptions(2, "paid")
	b.node.MustReorg(b.depth(paid))
	b.follow()
	b.redemptions(2, "requested")
	b.pays()
	b.passDay()
	b.passDay()
	paid = b.redemptions(2, "done")
	require.Len(t, paid, 2)
	b.reconcile(lots, paid)
	b.provesNothingTwice()
}

// depth is how deep the deepest of some payments is in the chain.
func (b *bridged) depth(paid []*bridgev1.Redemption) int {
	b.t.Helper()
	wanted := map[string]bool{}
	for _, r := range paid {
		wanted[r.GetTxid()] = true
	}
	height, err := b.node.RPC().GetBlockCount()
	require.NoError(b.t, err)
	for depth := 1; ; depth++ {
		hash, err := b.node.RPC().GetBlockHash(height - int64(depth) + 1)
		require.NoError(b.t, err)
		block, err := b.node.RPC().GetBlock(hash)
		require.NoError(b.t, err)
		for _, tx := range block.Transactions {
			delete(wanted, tx.TxHash().String())
		}
		if len(wanted) == 0 {
			return depth
		}
	}
}

// outpointTxid is the transaction that a lot's funding output is of.
func outpointTxid(l *bridgev1.Lot) string { return l.GetFunding()[:64] }

// refusesOtherChains starts an alkbridge whose deployment is said to be on another EVM chain,
// and one of another Bitcoin network, and asks for a payment to another network's address.
func (b *bridged) refusesOtherChains() {
	b.t.Helper()
	other := b.newAlkbridge("holder", "--role=relay")
	deployment := maps.Clone(b.deployment)
	deployment["chain_id"] = 1
	content, err := json.Marshal(deployment)
	require.NoError(b.t, err)
	other.MustDeploy(content)
	r := other.Command("run")
	require.NotZero(b.t, r.ExitCode)
	require.Contains(b.t, r.Stderr, "another chain")
	_, err = b.holder.Redeem(b.t.Context(), &bridgev1.RedeemRequest{
		Id: "0x" + fmt.Sprintf("%064x", 1), Amount: 1, Address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
	})
	require.Equal(b.t, connect.CodeInvalidArgument, connect.CodeOf(err), "an address of mainnet: %v", err)
}

// burnsOnce redeems a series. The EVM chain undoes the block that burns it before it is
// final, and its pool forgets the transaction; then the holder's program is killed. What
// remains is on its disk, and it burns once.
func (b *bridged) burnsOnce(s *bridgev1.Series) {
	b.t.Helper()
	ctx := b.t.Context()
	// From here on blocks come, but none is final.
	b.hold.Lock()
	b.holding = b.evm.Head().Number.Uint64()
	b.hold.Unlock()
	supply := b.supply(s)
	call, err := b.holder.Redeem(ctx, &bridgev1.RedeemRequest{Id: s.GetId(), Address: addresses(b.t)["P2WPKH"]})
	require.NoError(b.t, err)
	harness.Eventually(b.t, "the burn", func(context.Context) error {
		if left := b.supply(s); left != supply-s.GetBalance() {
			return fmt.Errorf("there are %d", left)
		}
		return nil
	})
	b.holder.Kill()
	b.hold.Lock()
	require.NoError(b.t, b.evm.Reorg(b.holding))
	b.evm.Drop()
	b.holding = 0
	b.hold.Unlock()
	require.Equal(b.t, supply, b.supply(s), "the burn is undone")
	b.holder.Start()
	b.accepted(call, nil)
	require.Equal(b.t, supply-s.GetBalance(), b.supply(s))
	require.Len(b.t, b.redemptions(1, "requested", "paid"), 1)
}

// supply is how many units of a series there are.
func (b *bridged) supply(s *bridgev1.Series) uint64 {
	b.t.Helper()
	return b.number(common.HexToAddress(s.GetToken()), bindings.NewSeriesToken().PackTotalSupply())
}

// provesNothingTwice calls the bridge again as it was called in every transaction that it
// accepted: of what is done none can be done again.
func (b *bridged) provesNothingTwice() {
	b.t.Helper()
	ctx := b.t.Context()
	bridge := b.contract("bridge")
	client := b.evm.Client()
	replayed := 0
	for number := range b.evm.Head().Number.Uint64() {
		block, err := client.BlockByNumber(ctx, new(big.Int).SetUint64(number))
		require.NoError(b.t, err)
		for _, tx := range block.Transactions() {
			if tx.To() == nil || *tx.To() != bridge {
				continue
			}
			receipt, err := client.TransactionReceipt(ctx, tx.Hash())
			require.NoError(b.t, err)
			if receipt.Status != types.ReceiptStatusSuccessful {
				continue
			}
			from, err := types.Sender(types.LatestSignerForChainID(tx.ChainId()), tx)
			require.NoError(b.t, err)
			_, err = client.CallContract(ctx, ethereum.CallMsg{From: from, To: tx.To(), Data: tx.Data(), Gas: 1 << 23}, nil)
			require.Error(b.t, err, "selector %x of block %d is accepted again", tx.Data()[:4], number)
			replayed++
		}
	}
	require.GreaterOrEqual(b.t, replayed, 10)
}

// TestReleasedLotsAreClosedByAgreement: who holds all of both lots burns them before maturity; after
// that, and not before, the parties close the contract at a price of their own.
func TestReleasedLotsAreClosedByAgreement(t *testing.T) {
	harness.Long(t)
	b := newBridged(t)
	d := b.tokens(false)
	half := d.miner.contract(d.name).GetCollateralSat() / 2
	propose := func(ctx context.Context) error {
		_, err := d.buyer.Contracts.CloseContract(ctx, &alkv1.CloseContractRequest{Contract: d.name, OwnSat: half, SatPerVbyte: 2})
		return err
	}
	require.Equal(t, connect.CodeFailedPrecondition, connect.CodeOf(propose(t.Context())), "tokens are out")
	for i, l := range d.lots {
		b.accepted(b.holder.Release(t.Context(), &bridgev1.ReleaseRequest{LotId: l.GetId()}))
		d.lots[i] = b.lot(l.GetId(), "released")
	}
	for _, tr := range []*trader{d.miner, d.buyer} {
		_, err := tr.Contracts.ReleaseContract(t.Context(), &alkv1.ReleaseContractRequest{Contract: d.name})
		require.NoError(t, err)
	}
	require.NoError(t, propose(t.Context()))
	var attempt uint32
	harness.Eventually(t, "the proposal", func(context.Context) error {
		decision := d.miner.contract(d.name).GetDecision()
		if decision.GetKind() != "close" {
			return fmt.Errorf("asked %v", decision)
		}
		attempt = decision.GetAttempt()
		return nil
	})
	_, err := d.miner.Contracts.ApproveClose(t.Context(), &alkv1.ApproveCloseRequest{Contract: d.name, Attempt: attempt})
	require.NoError(t, err)
	d.buyer.phase(d.name, "Closing", "CoopClosed")
	spend := b.spent(d.lots[0])
	b.node.MustSee(spend)
	b.mine(6)
	for _, tr := range []*trader{d.miner, d.buyer} {
		c := tr.phase(d.name, "CoopClosed")
		require.Equal(t, spend.String(), c.GetSpend().GetTxid())
	}
	status, err := b.holder.GetStatus(t.Context(), &bridgev1.GetStatusRequest{})
	require.NoError(t, err)
	require.Zero(t, status.GetLiveUnits())
	require.Zero(t, status.GetVaultSats())
}

package evmbridge_test

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// uniswap deploys a contract from Uniswap's npm packages, which `make contracts`
// installs. They are used in tests only.
func (w *world) uniswap(file string, args ...any) helper {
	w.t.Helper()
	path := filepath.Join("contracts", "node_modules", "@uniswap", filepath.FromSlash(file))
	raw, err := os.ReadFile(path) //nolint:gosec // G304: a constant below node_modules
	if err != nil {
		w.t.Skip(testkit.SkipLoud + "Uniswap's packages are not installed (make contracts installs them)")
	}
	var artifact struct {
		ABI      abi.ABI `json:"abi"`
		Bytecode string  `json:"bytecode"`
	}
	if err := json.Unmarshal(raw, &artifact); err != nil {
		w.t.Fatalf("%s: %v", file, err)
	}
	packed, err := artifact.ABI.Pack("", args...)
	if err != nil {
		w.t.Fatalf("%s: %v", file, err)
	}
	receipt := w.try(w.alice, nil, append(common.FromHex(artifact.Bytecode), packed...))
	if receipt.Status != types.ReceiptStatusSuccessful {
		w.t.Fatalf("deploy %s: refused", file)
	}
	return helper{abi: artifact.ABI, at: receipt.ContractAddress}
}

// market is a world with units of a series in alice's and bob's hands, and an asset
// to trade them for.
func newMarket(t *testing.T) (*world, *series) {
	t.Helper()
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	l.terms.Notional, l.terms.Collateral, l.terms.RefundSats = 1_500_000, 13_5000_0000, 5_0000_0000
	l.funding.TxOut[1].Value = 13_5000_0000
	l.terms.FundingTxid = l.funding.TxHash()
	l.id = l.terms.ID()
	w.btc.mine(l.funding)
	w.bury(10)
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 15_0000_0000))
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(15_0000_0000))
	w.send(w.alice, w.at.Bridge, w.mintCall(l, w.alice.at, true))
	w.send(w.alice, s.token, seriesC.PackTransfer(w.bob.at, big.NewInt(1e8)))
	return w, s
}

func (w *world) approve(who actor, s *series, spender common.Address) {
	w.t.Helper()
	w.send(who, s.token, seriesC.PackApprove(spender, big.NewInt(1e15)))
	w.send(who, w.asset.at, w.asset.pack(w.t, "approve", spender, big.NewInt(1e15)))
}

// A pool of Uniswap v2: swaps both ways, at x*y = k less 0.3 %.
func TestUnitsTradeOnUniswapV2(t *testing.T) {
	w, s := newMarket(t)
	factory := w.uniswap("v2-core/build/UniswapV2Factory.json", w.alice.at)
	weth := w.uniswap("v2-periphery/build/WETH9.json")
	router := w.uniswap("v2-periphery/build/UniswapV2Router02.json", factory.at, weth.at)
	deadline := numberOf(w.now + 1000*day)
	w.approve(w.alice, s, router.at)
	w.approve(w.bob, s, router.at)
	w.send(w.alice, router.at, router.pack(t, "addLiquidity", s.token, w.asset.at, big.NewInt(1e9), big.NewInt(4e8),
		new(big.Int), new(big.Int), w.alice.at, deadline))
	swap := func(from, to common.Address, amount int64) {
		w.send(w.bob, router.at, router.pack(t, "swapExactTokensForTokens", big.NewInt(amount), big.NewInt(1),
			[]common.Address{from, to}, w.bob.at, deadline))
	}
	before := w.assetOf(w.bob.at)
	swap(s.token, w.asset.at, 1e7)
	if got := w.assetOf(w.bob.at) - before; got != 3_948_632 {
		t.Errorf("10,000,000 units bring %d, want 3,948,632", got)
	}
	units := w.seriesBalance(s, w.bob)
	swap(w.asset.at, s.token, 3_948_632)
	back := w.seriesBalance(s, w.bob) - units
	if back >= 1e7 || back < 9_930_000 {
		t.Errorf("they buy %d units back", back)
	}
}

// A position and swaps on Uniswap v3.
func TestUnitsTradeOnUniswapV3(t *testing.T) {
	w, s := newMarket(t)
	weth := w.uniswap("v2-periphery/build/WETH9.json")
	factory := w.uniswap("v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json")
	positions := w.uniswap("v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json",
		factory.at, weth.at, common.Address{})
	router := w.uniswap("v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json", factory.at, weth.at)
	low, high := s.token, w.asset.at
	if low.Cmp(high) > 0 {
		low, high = high, low
	}
	fee, deadline := big.NewInt(3000), numberOf(w.now+1000*day)
	for _, spender := range []common.Address{positions.at, router.at} {
		w.approve(w.alice, s, spender)
		w.approve(w.bob, s, spender)
	}
	even := new(big.Int).Lsh(big.NewInt(1), 96) // a price of 1
	w.send(w.alice, positions.at, positions.pack(t, "createAndInitializePoolIfNecessary", low, high, fee, even))
	type mintParams struct {
		Token0, Token1                                         common.Address
		Fee, TickLower, TickUpper                              *big.Int
		Amount0Desired, Amount1Desired, Amount0Min, Amount1Min *big.Int
		Recipient                                              common.Address
		Deadline                                               *big.Int
	}
	w.send(w.alice, positions.at, positions.pack(t, "mint", mintParams{
		low, high, fee, big.NewInt(-6000), big.NewInt(6000), big.NewInt(1e9), big.NewInt(1e9), new(big.Int), new(big.Int),
		w.alice.at, deadline,
	}))
	type swapParams struct {
		TokenIn, TokenOut                                       common.Address
		Fee                                                     *big.Int
		Recipient                                               common.Address
		Deadline, AmountIn, AmountOutMinimum, SqrtPriceLimitX96 *big.Int
	}
	swap := func(from, to common.Address, amount uint64) {
		w.send(w.bob, router.at, router.pack(t, "exactInputSingle", swapParams{
			from, to, fee, w.bob.at, deadline, numberOf(amount), big.NewInt(1), new(big.Int),
		}))
	}
	before := w.assetOf(w.bob.at)
	swap(s.token, w.asset.at, 1e7)
	got := w.assetOf(w.bob.at) - before
	if got >= 1e7 || got < 9_900_000 {
		t.Errorf("10,000,000 units bring %d at a price of 1", got)
	}
	units := w.seriesBalance(s, w.bob)
	swap(w.asset.at, s.token, got)
	if back := w.seriesBalance(s, w.bob) - units; back >= 1e7 || back < 9_900_000 {
		t.Errorf("they buy %d units back", back)
	}
}

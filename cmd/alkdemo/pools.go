package main

import (
	"context"
	"errors"
	"io/fs"
	"math/big"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// pool is a market of Uniswap that somebody has put tokens into.
type pool struct {
	name  string
	owner string
	token common.Address
	leave func(context.Context) error
}

// What goes into a pool and through it.
const (
	pooledUnits = 100_000
	swappedIn   = 5_000
)

// forever is a deadline that does not pass, Unix seconds.
var forever = big.NewInt(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix())

// trading puts tokens into pools of Uniswap v2 and v3 and swaps there, if its packages
// are installed.
func (s *story) trading(ctx context.Context, lots []*tokenLot, dir string) ([]*pool, error) {
	if dir == "" {
		if root, err := moduleRoot(ctx); err == nil {
			dir = filepath.Join(root, "evmbridge", "contracts", "node_modules", "@uniswap")
		}
	}
	var pools []*pool
	for _, make1 := range []func(context.Context, *tokenLot, string) (*pool, error){s.poolV2, s.poolV3} {
		p, err := make1(ctx, lots[len(pools)*2], dir)
		if errors.Is(err, fs.ErrNotExist) {
			return pools, s.say("SKIPPED: trading on Uniswap, because its npm packages are not installed (`make contracts` installs them, --uniswap names their folder)")
		}
		if err != nil {
			return pools, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// approve lets a contract move an owner's tokens and asset.
func (s *story) approve(ctx context.Context, who string, token, spender common.Address) error {
	b := s.bridge
	most := new(big.Int).Lsh(big.NewInt(1), 62)
	if _, err := b.evm.transact(ctx, b.holders[who], &token, erc20.PackApprove(spender, most)); err != nil {
		return err
	}
	return b.evm.call(ctx, b.holders[who], b.asset, "approve", spender, most)
}

// swapped tells what somebody got for tokens, and what back for that.
func (s *story) swapped(ctx context.Context, p *pool, swap func(who string, from, to common.Address, amount uint64) error) error {
	asset := s.bridge.asset.at
	before, err := s.held(ctx, asset, "ann")
	if err != nil {
		return err
	}
	if err := swap("ann", p.token, asset, swappedIn); err != nil {
		return err
	}
	after, err := s.held(ctx, asset, "ann")
	if err != nil {
		return err
	}
	tokens, err := s.held(ctx, p.token, "bob")
	if err != nil {
		return err
	}
	if err := swap("bob", asset, p.token, swappedIn); err != nil {
		return err
	}
	more, err := s.held(ctx, p.token, "bob")
	if err != nil {
		return err
	}
	return s.say("%s: the %s puts %s tokens and as many sat of the bonds' asset into a pool; ann sells %s tokens for %s, bob buys %s for %s", p.name, p.owner,
		number(pooledUnits), number(swappedIn), sats(int64(after-before)), number(int64(more-tokens)), sats(swappedIn)) //nolint:gosec // G115: small
}

// poolV2 trades the long side of the swap on Uniswap v2.
func (s *story) poolV2(ctx context.Context, l *tokenLot, dir string) (*pool, error) {
	b := s.bridge
	factory, err := b.evm.deployFile(ctx, b.bank, dir, "v2-core/build/UniswapV2Factory.json", b.bank.at)
	if err != nil {
		return nil, err
	}
	weth, err := b.evm.deployFile(ctx, b.bank, dir, "v2-periphery/build/WETH9.json")
	if err != nil {
		return nil, err
	}
	router, err := b.evm.deployFile(ctx, b.bank, dir, "v2-periphery/build/UniswapV2Router02.json", factory.at, weth.at)
	if err != nil {
		return nil, err
	}
	pair, err := b.evm.deployed(dir, "v2-core/build/UniswapV2Pair.json")
	if err != nil {
		return nil, err
	}
	p := &pool{name: "Uniswap v2", owner: l.owner.name, token: l.token}
	owner := b.holders[p.owner]
	for _, who := range []string{p.owner, "ann", "bob"} {
		if err := s.approve(ctx, who, p.token, router.at); err != nil {
			return nil, err
		}
	}
	units := big.NewInt(pooledUnits)
	if err := b.evm.call(ctx, owner, router, "addLiquidity", p.token, b.asset.at, units, units, new(big.Int), new(big.Int), owner.at, forever); err != nil {
		return nil, err
	}
	find, err := factory.pack("getPair", p.token, b.asset.at)
	if err != nil {
		return nil, err
	}
	at, err := b.evm.number(ctx, factory.at, find)
	if err != nil {
		return nil, err
	}
	pair.at = common.BigToAddress(at)
	p.leave = func(ctx context.Context) error {
		ask, err := pair.pack("balanceOf", owner.at)
		if err != nil {
			return err
		}
		share, err := b.evm.number(ctx, pair.at, ask)
		if err != nil {
			return err
		}
		if err := b.evm.call(ctx, owner, pair, "approve", router.at, share); err != nil {
			return err
		}
		return b.evm.call(ctx, owner, router, "removeLiquidity", p.token, b.asset.at, share, new(big.Int), new(big.Int), owner.at, forever)
	}
	return p, s.swapped(ctx, p, func(who string, from, to common.Address, amount uint64) error {
		return b.evm.call(ctx, b.holders[who], router, "swapExactTokensForTokens", new(big.Int).SetUint64(amount), big.NewInt(1),
			[]common.Address{from, to}, b.holders[who].at, forever)
	})
}

// The structs of Uniswap v3's calls.
type (
	positionParams struct {
		Token0, Token1                                         common.Address
		Fee, TickLower, TickUpper                              *big.Int
		Amount0Desired, Amount1Desired, Amount0Min, Amount1Min *big.Int
		Recipient                                              common.Address
		Deadline                                               *big.Int
	}
	inputParams struct {
		TokenIn, TokenOut                                       common.Address
		Fee                                                     *big.Int
		Recipient                                               common.Address
		Deadline, AmountIn, AmountOutMinimum, SqrtPriceLimitX96 *big.Int
	}
	decreaseParams struct {
		TokenId, Liquidity, Amount0Min, Amount1Min, Deadline *big.Int //nolint:revive // Solidity's name, which the ABI needs
	}
	collectParams struct {
		TokenId                *big.Int //nolint:revive // the same
		Recipient              common.Address
		Amount0Max, Amount1Max *big.Int
	}
)

// v3 are the contracts of Uniswap v3.
type v3 struct{ positions, router deployed }

func (s *story) deployV3(ctx context.Context, dir string) (v v3, err error) {
	b := s.bridge
	weth, err := b.evm.deployFile(ctx, b.bank, dir, "v2-periphery/build/WETH9.json")
	if err != nil {
		return v, err
	}
	factory, err := b.evm.deployFile(ctx, b.bank, dir, "v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json")
	if err != nil {
		return v, err
	}
	v.positions, err = b.evm.deployFile(ctx, b.bank, dir,
		"v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager.json", factory.at, weth.at, common.Address{})
	if err != nil {
		return v, err
	}
	v.router, err = b.evm.deployFile(ctx, b.bank, dir, "v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json", factory.at, weth.at)
	return v, err
}

// poolV3 trades the long side of the call on Uniswap v3.
func (s *story) poolV3(ctx context.Context, l *tokenLot, dir string) (*pool, error) {
	b := s.bridge
	v, err := s.deployV3(ctx, dir)
	if err != nil {
		return nil, err
	}
	p := &pool{name: "Uniswap v3", owner: l.owner.name, token: l.token}
	owner := b.holders[p.owner]
	for _, spender := range []deployed{v.positions, v.router} {
		for _, who := range []string{p.owner, "ann", "bob"} {
			if err := s.approve(ctx, who, p.token, spender.at); err != nil {
				return nil, err
			}
		}
	}
	low, high := p.token, b.asset.at
	if low.Cmp(high) > 0 {
		low, high = high, low
	}
	const fee, width = 3000, 6000
	even := new(big.Int).Lsh(big.NewInt(1), 96) // a price of 1
	if err := b.evm.call(ctx, owner, v.positions, "createAndInitializePoolIfNecessary", low, high, big.NewInt(fee), even); err != nil {
		return nil, err
	}
	units := big.NewInt(pooledUnits)
	if err := b.evm.call(ctx, owner, v.positions, "mint", positionParams{
		low, high, big.NewInt(fee), big.NewInt(-width), big.NewInt(width), units, units, new(big.Int), new(big.Int), owner.at, forever,
	}); err != nil {
		return nil, err
	}
	p.leave = func(ctx context.Context) error { return s.leaveV3(ctx, v, owner) }
	return p, s.swapped(ctx, p, func(who string, from, to common.Address, amount uint64) error {
		return b.evm.call(ctx, b.holders[who], v.router, "exactInputSingle", inputParams{
			from, to, big.NewInt(fee), b.holders[who].at, forever, new(big.Int).SetUint64(amount), big.NewInt(1), new(big.Int),
		})
	})
}

// leaveV3 takes the only position out of its pool.
func (s *story) leaveV3(ctx context.Context, v v3, owner account) error {
	evm, first := s.bridge.evm, big.NewInt(1)
	ask, err := v.positions.pack("positions", first)
	if err != nil {
		return err
	}
	answer, err := evm.ask(ctx, v.positions.at, ask)
	if err != nil {
		return err
	}
	fields, err := v.positions.abi.Unpack("positions", answer)
	if err != nil {
		return err
	}
	const liquidityAt = 7
	liquidity, ok := fields[liquidityAt].(*big.Int)
	if !ok {
		return errors.New("a position of Uniswap v3 has no liquidity")
	}
	if err := evm.call(ctx, owner, v.positions, "decreaseLiquidity", decreaseParams{first, liquidity, new(big.Int), new(big.Int), forever}); err != nil {
		return err
	}
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))
	return evm.call(ctx, owner, v.positions, "collect", collectParams{first, owner.at, most, most})
}

// leavePools takes out of the pools what can be taken out.
func (s *story) leavePools(ctx context.Context, pools []*pool) error {
	for _, p := range pools {
		if err := p.leave(ctx); err != nil {
			return err
		}
	}
	if len(pools) == 0 {
		return nil
	}
	return s.say("the liquidity is taken out again; what the pools round down stays in them")
}

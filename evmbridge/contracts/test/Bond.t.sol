// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bond} from "../src/Bond.sol";
import {Committee} from "../src/Committee.sol";
import {Asset} from "./Asset.sol";

interface Vm {
    function warp(uint256 time) external;
    function prank(address who) external;
}

/// @title Everybody who uses a bond, its bridge included
/// @notice The bridge's part is played as the bridge plays it: what it owes changes with what it takes.
contract BondHandler {
    Vm private constant VM = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
    Bond public bond;
    Asset public asset;
    uint256 public exposure;
    uint256 public posted;
    uint256 public returned;
    uint256 public paidOut;
    bool public poor;
    bytes32[] public lots;
    mapping(bytes32 => uint256) public units;
    mapping(bytes32 => bool) public lotSettled;
    address[3] public operators = [address(0xa1), address(0xa2), address(0xa3)];
    address public constant PAYER = address(0xb0);

    function start(Bond bond_, Asset asset_) external {
        bond = bond_;
        asset = asset_;
        for (uint256 i; i < 3; ++i) {
            asset.mint(operators[i], 1e15);
            VM.prank(operators[i]);
            asset.approve(address(bond), type(uint256).max);
        }
        asset.mint(PAYER, 1e15);
        VM.prank(PAYER);
        asset.approve(address(bond), type(uint256).max);
    }

    function postOperator(uint256 who, uint64 amount) external {
        amount = amount % 1e12 + 1;
        VM.prank(operators[who % 3]);
        bond.postOperator(amount);
        posted += amount;
    }

    function notice(uint256 who, uint88 shares) external {
        address o = operators[who % 3];
        (uint128 has,,) = bond.parts(bond.generation(), o);
        if (has == 0) return;
        VM.prank(o);
        bond.giveNotice(uint88(shares % has + 1));
    }

    function withdraw(uint256 who, uint32 later) external {
        VM.warp(block.timestamp + 14 days + later % 14 days);
        VM.prank(operators[who % 3]);
        returned += bond.withdraw();
    }

    function mintLot(uint64 amount) external {
        amount = amount % 1e11 + 1000;
        bytes32 id = keccak256(abi.encode(lots.length + 1));
        // Somebody posts first, and takes it back after another one's bond was pledged.
        VM.prank(operators[0]);
        bond.postLot(id, 1);
        VM.prank(PAYER);
        bond.postLot(id, amount);
        posted += amount + 1;
        uint256 m = uint256(amount) * 10 / 11;
        bond.pledge(id, PAYER, (m * 11 + 9) / 10, 0);
        units[id] = m;
        exposure += m;
        lots.push(id);
        VM.prank(operators[0]);
        returned += bond.withdrawLot(id);
    }

    function postAndTakeBack(bytes32 salt, uint64 amount) external {
        amount = amount % 1e11 + 1;
        bytes32 id = keccak256(abi.encode("never", salt));
        VM.prank(PAYER);
        bond.postLot(id, amount);
        posted += amount;
        if (uint256(salt) % 2 == 0) {
            VM.prank(PAYER);
            returned += bond.withdrawLot(id);
        }
    }

    function finish(uint256 which, uint64 short) external {
        if (lots.length == 0) return;
        bytes32 id = lots[which % lots.length];
        if (lotSettled[id]) return;
        uint256 s = short % (units[id] + 1);
        bond.forfeit(id, s * 11 / 10);
        exposure -= s;
        units[id] -= s;
        lotSettled[id] = true;
    }

    function takeBackLot(uint256 which) external {
        if (lots.length == 0) return;
        VM.prank(PAYER);
        returned += bond.withdrawLot(lots[which % lots.length]);
    }

    function payRedemption(uint256 which, uint64 sats) external {
        if (lots.length == 0) return;
        bytes32 id = lots[which % lots.length];
        if (!lotSettled[id]) return;
        uint256 s = sats % (units[id] + 1);
        units[id] -= s;
        exposure -= s;
    }

    function slash(uint256 which, uint64 sats) external {
        if (lots.length == 0) return;
        bytes32 id = lots[which % lots.length];
        if (!lotSettled[id]) return;
        uint256 s = sats % (units[id] + 1);
        uint256 owed = s * 11 / 10;
        uint256 taken = bond.draw(owed);
        if (taken < owed) taken += bond.forfeit(id, owed - taken);
        if (taken < owed) poor = true;
        units[id] -= s;
        exposure -= s;
        if (taken != 0) bond.payPot(address(0xc0), uint64(taken));
        paidOut += taken;
    }

    function payPot(uint64 amount) external {
        amount = uint64(amount % (uint256(bond.pots()) + 1));
        if (amount == 0) return;
        bond.payPot(address(0xc0), amount);
        paidOut += amount;
    }

    function donate(uint64 amount) external {
        asset.mint(address(this), amount);
    }

    function lotCount() external view returns (uint256) {
        return lots.length;
    }
}

/// @title Invariants of the bond
contract BondTest {
    BondHandler private handler;
    Bond private bond;
    Asset private asset;

    function setUp() public {
        handler = new BondHandler();
        asset = new Asset(8);
        address[] memory operators = new address[](1);
        operators[0] = address(1);
        Committee committee =
            new Committee(operators, 1, [address(1), address(2), address(3)], address(0xf0));
        bond = new Bond(address(asset), address(handler), committee);
        handler.start(bond, asset);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_booksAreTheBalance() public view {
        require(
            asset.balanceOf(address(bond))
                == uint256(bond.operatorBond()) + bond.pledged() + bond.unpledged() + bond.pots()
        );
    }

    function invariant_bondsCoverTheExposure() public view {
        if (handler.poor()) return;
        require((uint256(bond.operatorBond()) + bond.pledged()) * 10 >= handler.exposure() * 11);
    }

    function invariant_pledgedIsTheLots() public view {
        uint256 sum;
        for (uint256 i; i < handler.lotCount(); ++i) {
            (address payer, uint64 amount) = bond.lotBonds(handler.lots(i));
            require(payer == handler.PAYER());
            sum += amount;
        }
        require(sum == bond.pledged());
    }

    function invariant_sharesAddUp() public view {
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            (uint128 shares,,) = bond.parts(bond.generation(), handler.operators(i));
            sum += shares;
        }
        require(sum == bond.totalShares());
    }

    function invariant_sharesAreWorthSomething() public view {
        require((bond.totalShares() == 0) == (bond.operatorBond() == 0));
    }

    function invariant_nobodyGetsMoreThanWasPosted() public view {
        require(handler.returned() + handler.paidOut() <= handler.posted());
        require(asset.balanceOf(address(bond)) == handler.posted() - handler.returned() - handler.paidOut());
    }

    function invariant_surplusIsWhatIsLeft() public view {
        uint256 held = uint256(bond.operatorBond()) + bond.pledged();
        require(bond.surplus() <= held);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bip340} from "../src/Bip340.sol";
import {CheckpointRelay} from "../src/CheckpointRelay.sol";
import {Payoff, SeriesKey} from "../src/Terms.sol";

/// @title Laws of the arithmetic, on random numbers
contract MathTest {
    CheckpointRelay private relay;

    function setUp() public {
        bytes memory header = new bytes(80);
        // Regtest's genesis block is a header with work.
        header = hex"0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000";
        relay = new CheckpointRelay(header, 0, 1296688602, (1 << 255) - 1, false, bytes32(uint256(1)));
    }

    function testFuzz_compactFormNeverGrows(uint256 target) public view {
        target = target % ((1 << 255) - (1 << 24)) + (1 << 24);
        uint256 bits = relay.toBits(target);
        uint256 cut = relay.toTarget(bits);
        require(cut <= target && relay.toBits(cut) == bits, "round trip");
        require(target - cut < target >> 14, "cut too much");
    }

    function testFuzz_retargetStaysInRange(uint256 target, uint256 span) public view {
        target = target % ((1 << 250) - (1 << 30)) + (1 << 30);
        uint256 bits = relay.toBits(target);
        target = relay.toTarget(bits);
        uint256 next = relay.toTarget(relay.retarget(bits, span));
        require(next <= target * 4 && next >= (target / 4) - (target >> 14), "range");
        require(relay.retarget(bits, span) <= relay.retarget(bits, 14 days * 4), "monotone");
    }

    function testFuzz_randomSignatureIsRefused(uint256 px, uint256 rx, uint256 s, bytes32 m) public view {
        require(!Bip340.verify(px, rx, s, m), "accepted");
    }

    function testFuzz_hintedNonceMustBeOnTheCurve(uint256 rx, uint256 ry) public pure {
        if (Bip340.isEvenPoint(rx, ry)) {
            require(ry % 2 == 0 && mulmod(ry, ry, Bip340.P) == addmod(mulmod(mulmod(rx, rx, Bip340.P), rx, Bip340.P), 7, Bip340.P));
        }
    }

    function testFuzz_sidesAddUp(SeriesKey calldata k, uint32 notional, uint64 value) public view {
        try this.payouts(k, notional, value) returns (uint256 long, uint256 short, uint256 total) {
            require(long + short == total && long <= total, "sum");
        } catch {}
    }

    function payouts(SeriesKey calldata k, uint32 notional, uint64 value)
        external
        pure
        returns (uint256 long, uint256 short, uint256 total)
    {
        uint256 d = Payoff.distance(k, value);
        total = uint256(notional) * (k.hi - k.lo) / 1000;
        long = Payoff.amount(notional, d, total, true);
        short = Payoff.amount(notional, d, total, false);
    }
}

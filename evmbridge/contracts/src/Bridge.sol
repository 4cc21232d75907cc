// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BridgeState, Config} from "./BridgeState.sol";
import {Checked} from "./Checked.sol";
import {Minting} from "./Minting.sol";
import {SeriesToken} from "./SeriesToken.sol";
import {Settlement} from "./Settlement.sol";
import {Inclusion, Proof} from "./Spv.sol";
import {Payment, Redemption} from "./Terms.sol";
import {
    BadBatch,
    BadRecord,
    BadScript,
    BadUnits,
    BelowMinimum,
    FeeOutOfRange,
    NotFinal,
    NotOpen,
    NotPayer,
    ShortPayment,
    TooEarly,
    TooLate,
    UnknownLot,
    UnknownRedemption
} from "./Errors.sol";

/// @title One side of a contract as a token, and back to bitcoin
/// @notice Facts come from Bitcoin by proof and from operators by attestation. Nobody, deployer and guardians
/// included, can move funds, change code, or stop settlement, redemption or slashing. What can hurt a holder
/// all the same is in the bridge's trust statement. This part redeems.
contract Bridge is Minting, Settlement {
    using Checked for uint256;

    /// @notice How long operators have to pay.
    uint256 private constant PAY = 72 hours;
    uint256 private constant MIN_REDEMPTION = 10_000;
    /// @dev What a redemption adds to the queue: a vault of one coin pays 100 in the six or seven blocks after which its
    /// change can be spent.
    uint256 private constant PACE = 40;
    uint256 private constant MAX_BATCH = 100;
    /// @notice Least claim that can be redeemed, in satoshi.
    uint256 public immutable minRedemption;

    /// @param c The deployment.
    constructor(Config memory c) BridgeState(c) {
        minRedemption = 2 * c.minFee > MIN_REDEMPTION ? 2 * c.minFee : MIN_REDEMPTION;
    }

    /// @notice Burns units of the caller for their part of the bitcoin, to be paid within 72 hours after those before
    /// it, and of the pot, paid at once. What rounding leaves goes to the redemption that empties the supply. Where
    /// nothing is to be had, units can be burned for nothing.
    /// @param id A series that is open, or a lot that is final.
    /// @param lot True for a lot.
    /// @param amount How many units.
    /// @param script Where to pay: P2PKH, P2SH, P2WPKH, P2WSH or P2TR. With none the bitcoin is left to the others, as
    /// one may who has too little to be paid.
    /// @param maxFee What the payment may fall short by: `minFee` to half of the claim.
    /// @return rid The redemption, 0 if no bitcoin is due.
    function redeem(bytes32 id, bool lot, uint64 amount, bytes calldata script, uint64 maxFee)
        external
        returns (bytes32 rid)
    {
        (uint256 supply, uint256 sats, uint256 pot) = lot ? _lotTotals(id) : _seriesTotals(id);
        Claims storage c = claims[id];
        uint256 burned = uint256(c.burned) + amount;
        if (amount == 0 || burned > supply) revert BadUnits();
        bool empties = burned == supply;
        bool pays = sats != 0 && script.length != 0;
        uint256 claim = empties ? sats - c.sats : sats * amount / supply;
        uint256 cash = empties ? pot - c.pot : pot * amount / supply;
        if (!pays) {
            if (empties) totals.vault -= uint64(claim); // now it is owed to nobody
            else claim = 0;
        }
        c.burned = burned.u64();
        c.sats = (c.sats + claim).u64();
        c.pot = (c.pot + cash).u64();
        if (lot) _burnLots(id, amount);
        else SeriesToken(book.get(id).token).burn(msg.sender, amount);
        if (pays) rid = _request(Redemption(id, lot, msg.sender, amount, uint64(claim), maxFee, 0, 0, script));
        _payPot(msg.sender, cash);
    }

    /// @notice Redeems what was proven of a lot after it had been declared missing: it belongs to who paid the lot's
    /// bond. The amount of units in the redemption is 0.
    /// @param lotId The lot.
    /// @param script Where to pay.
    /// @param maxFee What the payment may fall short by.
    /// @return rid The redemption.
    function reclaim(bytes32 lotId, bytes calldata script, uint64 maxFee) external returns (bytes32 rid) {
        Lot storage lot_ = lots[lotId];
        if (lot_.state != LOT_FINAL || lot_.kind != KIND_MISSING) revert NotOpen();
        if (block.timestamp < lot_.since + CONTEST) revert TooEarly();
        if (msg.sender != bond.payerOf(lotId)) revert NotPayer();
        uint64 sats = lot_.sats - claims[lotId].due;
        claims[lotId].due = lot_.sats; // of a missing lot: what was reclaimed
        rid = _request(Redemption(lotId, true, msg.sender, 0, sats, maxFee, 0, 0, script));
    }

    /// @notice Proves a batch of payments: output i pays redemption i, the next one commits to all of them. Those that
    /// are proven or compensated already are passed over.
    /// @param p Proof of the transaction.
    /// @param r The redemptions in the outputs' order, 1 to 100.
    function proveRedemptions(Proof calldata p, Redemption[] calldata r) external {
        uint256 m = r.length;
        if (m == 0 || m > MAX_BATCH) revert BadBatch();
        bytes32[] memory rids = new bytes32[](m);
        bytes32[] memory scripts = new bytes32[](m);
        uint256 total;
        for (uint256 i; i < m; ++i) {
            bytes32 rid = keccak256(abi.encode(r[i]));
            uint256 state = redemptions[rid] & 0xff;
            if (state == 0) revert UnknownRedemption();
            if (state == Payment.REQUESTED) {
                total += r[i].sats;
                redemptions[rid] = Payment.PAID; // until the record is written: one may be listed twice
            }
            (rids[i], scripts[i]) = (rid, keccak256(r[i].script));
        }
        if (total == 0) revert UnknownRedemption();
        (Inclusion memory inc, uint256[] memory values,) = spv.batch(p, scripts, domainSeparator(), rids, total);
        for (uint256 i; i < m; ++i) {
            uint64 sats = r[i].sats;
            bytes32 rid = rids[i];
            if (values[i] + r[i].maxFee < sats) revert ShortPayment();
            if (redemptions[rid] != Payment.PAID) continue;
            redemptions[rid] = Payment.record(rid, sats, inc.blockHash, inc.height) | (block.timestamp << 8) | Payment.PAID;
            emit RedemptionPaid(rid, inc.txid);
        }
        totals.vault = (totals.vault - total).u64();
    }

    /// @notice Compensates a redemption that was not proven paid in time: 110 % of its satoshi out of the operators'
    /// bond, of a lot's redemption then out of the lot's bond. What they lack stays owed; call again when there is more.
    /// @param r The redemption.
    function slash(Redemption calldata r) external {
        _slash(r, r.lot ? r.id : bytes32(0));
    }

    /// @notice Compensates out of a lot's bond what the operators' bond cannot: until it is released, the bond of a lot
    /// stands for the redemptions of its series too.
    /// @param r The redemption, of units of a series.
    /// @param lotId A lot of that series.
    function slashLot(Redemption calldata r, bytes32 lotId) external {
        uint256 index = lots[lotId].series;
        if (index == 0 || r.lot || _seriesIds[index - 1] != r.id) revert UnknownLot();
        _slash(r, lotId);
    }

    function _contestPayment(bytes32 rid, uint256 sats, bytes32 blockHash, uint32 height) internal override {
        uint256 packed = redemptions[rid];
        if (packed & 0xff != Payment.PAID || (packed >> 112) << 112 != Payment.record(rid, sats, blockHash, height)) revert BadRecord();
        if (block.timestamp > ((packed >> 8) & type(uint40).max) + CONTEST) revert TooLate();
        // Operators who paid in time get a day to prove it anew.
        redemptions[rid] = ((block.timestamp + CONTEST) << 8) | Payment.REQUESTED;
        totals.vault = (totals.vault + sats).u64();
    }

    /// @dev Stores a request. Whatever could not be completed later is refused here.
    function _request(Redemption memory r) private returns (bytes32 rid) {
        if (r.sats < minRedemption) revert BelowMinimum();
        if (r.maxFee < minFee || r.maxFee > r.sats / 2) revert FeeOutOfRange();
        if (!_isPayable(r.script)) revert BadScript();
        // A flood puts off its own deadlines and those behind it, none before it.
        uint256 turn = totals.queue;
        if (turn < block.timestamp) turn = block.timestamp;
        totals.queue = (turn + PACE).u64();
        r.deadline = uint64(turn + PAY);
        r.nonce = totals.nonce++;
        bytes memory request = abi.encode(r);
        rid = keccak256(request);
        redemptions[rid] = Payment.REQUESTED;
        emit RedemptionRequested(rid, r.owner, request);
    }

    /// @dev Takes what is owed out of the operators' bond and then a lot's, writes what is left, and pays.
    function _slash(Redemption calldata r, bytes32 lotId) private {
        bytes32 rid = keccak256(abi.encode(r));
        uint256 packed = redemptions[rid];
        uint256 owed;
        uint256 sats = r.sats;
        if (packed & 0xff == Payment.REQUESTED) {
            uint256 from = (packed >> 8) & type(uint40).max;
            if (block.timestamp <= (from > r.deadline ? from : r.deadline)) revert TooEarly();
            owed = sats * 11 / 10;
        } else if (packed & 0xff == Payment.OWED) {
            owed = (packed >> 48) & type(uint64).max;
            sats = owed * 10 / 11;
        } else {
            revert UnknownRedemption();
        }
        uint256 taken = bond.draw(owed);
        if (taken < owed && lotId != 0) taken += _forfeit(lotId, owed - taken);
        uint256 left = owed - taken;
        redemptions[rid] = left == 0 ? Payment.SLASHED : (left << 48) | Payment.OWED;
        // Satoshi that are compensated stay in the vault and are owed to nobody.
        totals.vault -= uint64(sats - left * 10 / 11);
        emit Slashed(rid, uint64(taken), uint64(left));
        _payPot(r.owner, taken);
    }

    function _lotTotals(bytes32 id) private view returns (uint256 supply, uint256 sats, uint256 pot) {
        Lot storage lot_ = lots[id];
        if (!_isFinal(lot_)) revert NotFinal();
        supply = lot_.units - lot_.wrapped;
        pot = lot_.pot - _share(lot_, lot_.pot);
        if (lot_.kind != KIND_MISSING) sats = lot_.sats - _share(lot_, lot_.sats);
    }

    function _seriesTotals(bytes32 id) private view returns (uint256, uint256, uint256) {
        Series storage s = _series[id];
        if (!s.open) revert NotOpen();
        return (s.supply, s.sats, s.pot);
    }

    /// @dev The five templates, byte for byte.
    function _isPayable(bytes memory script) private pure returns (bool) {
        uint256 n = script.length;
        if (n < 22 || n > 34) return false;
        uint256 head = uint256(bytes32(script)) >> 232; // the first three bytes
        if (n == 22) return head >> 8 == 0x0014;
        if (n == 34) return head >> 8 == 0x0020 || head >> 8 == 0x5120;
        if (n == 23) return head >> 8 == 0xa914 && script[22] == 0x87;
        return n == 25 && head == 0x76a914 && script[23] == 0x88 && script[24] == 0xac;
    }
}

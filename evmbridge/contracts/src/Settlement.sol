// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BridgeState} from "./BridgeState.sol";
import {Checked} from "./Checked.sol";
import {SeriesFacts} from "./SeriesBook.sol";
import {Inclusion, Proof} from "./Spv.sol";
import {CetSet, Terms} from "./Terms.sol";
import {BadRecord, NotFinal, NotOpen, NotPriced, TooEarly, TooLate} from "./Errors.sol";

/// @title Spend, settlement, opening, contest
abstract contract Settlement is BridgeState {
    using Checked for uint256;

    /// @notice Proves the transaction that spends a lot's funding output. A CET of the attested set and the refund are
    /// what they are; any other that pays at least the price is a cooperative close, else a violation. A lot that
    /// pays what is due is final at once; for another one the bond is settled after the time for contests.
    /// @param t The lot.
    /// @param p Proof of the spending transaction.
    /// @param first First outcome of the CET's run; of no meaning for another transaction.
    /// @param last Last outcome of the run.
    /// @param leaf The CET's place in the tree under cetRoot.
    /// @param branch Its branch there.
    function proveSpend(
        Terms calldata t,
        Proof calldata p,
        uint64 first,
        uint64 last,
        uint256 leaf,
        bytes32[] calldata branch
    ) external {
        (bytes32 id, Lot storage lot) = _lotOf(t);
        uint8 state = lot.state;
        bool late = state == LOT_FINAL && lot.kind == KIND_MISSING && lot.since == 0;
        // What was proven is not proven again, or anybody could put off the end of the time for contests for ever.
        bool again = state == LOT_SPENT && lot.kind != KIND_CET;
        if (state != LOT_LIVE && state != LOT_FROZEN && !again && !late) revert NotOpen();
        SeriesFacts memory f = book.get(t.seriesId);
        (bytes32 txid, uint64 sats) = _proveSpend(t, p, id, f.long_);
        if (again) {
            totals.vault -= lot.sats;
            totals.live += lot.sats;
        }
        totals.vault = (uint256(totals.vault) + sats).u64();
        lot.sats = sats;
        lot.since = block.timestamp.u40();
        if (late) {
            emit LotSpent(id, KIND_MISSING, sats, txid);
            return;
        }
        uint256 due = _due(t, f);
        bool priced = f.pricedAt != 0;
        uint8 kind = KIND_VIOLATED;
        if (txid == t.refundTxid) kind = KIND_REFUND;
        else if (CetSet.contains(t.cetRoot, first, last, txid, leaf, branch)) kind = KIND_CET;
        else if (priced && sats >= due) kind = KIND_COOP;
        // A proof that was given without its branch may be given again with it, and not the other way round.
        if (again && kind != KIND_CET) revert NotOpen();
        lot.kind = kind;
        emit LotSpent(id, kind, sats, txid);
        if (priced && sats != due) emit Alarm(id, uint64(due), sats);
        if (sats >= due && (priced || kind == KIND_REFUND)) {
            _series[t.seriesId].lastFinal = block.timestamp.u40();
            _finish(t.seriesId, id, lot, due);
        } else {
            lot.state = LOT_SPENT;
            totals.live -= sats; // the vault has them now; what the bond owes is open
        }
    }

    /// @notice Settles what a lot's bond owes: for a spend that paid less than due, after the time for contests; for a
    /// lot without a proof, 14 days after pricing or the refund's lock time; for a frozen lot after 48 hours.
    /// 110 % of what is short, as far as there is bond, goes to the holders.
    /// @param t The lot.
    function settle(Terms calldata t) external {
        (bytes32 id, Lot storage lot) = _lotOf(t);
        SeriesFacts memory f = book.get(t.seriesId);
        bool priced = f.pricedAt != 0;
        bool waited = block.timestamp >= (priced ? f.pricedAt : f.refundLocktime) + WAIT;
        uint8 state = lot.state;
        if (state == LOT_SPENT) {
            if (block.timestamp < lot.since + CONTEST) revert TooEarly();
        } else if (state == LOT_FROZEN || state == LOT_LIVE) {
            if (state == LOT_FROZEN ? block.timestamp < lot.since + FREEZE : !waited) revert TooEarly();
            lot.kind = KIND_MISSING;
            lot.since = 0;
        } else {
            revert NotOpen();
        }
        if (!priced && !waited) revert NotPriced();
        uint256 sats = lot.sats;
        uint256 due = _due(t, f);
        // Without a price, an attested CET is right by itself; a wrong one is a matter for the fraud contract.
        if (!priced && lot.kind == KIND_CET) due = sats;
        if (lot.kind == KIND_VIOLATED && sats >= due) lot.kind = KIND_COOP;
        if (due > sats) lot.pot = _forfeit(id, (due - sats) * 11 / 10);
        totals.live += uint64(sats); // taken off when the spend was proven; _finish takes off all units
        _finish(t.seriesId, id, lot, due);
    }

    /// @notice Opens a series for redemption, once: every lot is final and nothing can be contested any more.
    /// @param seriesId The series.
    function open(bytes32 seriesId) external {
        Series storage s = _series[seriesId];
        SeriesFacts memory f = book.get(seriesId);
        if (f.token == address(0) || s.open) revert NotOpen();
        if (f.pricedAt == 0 && block.timestamp < f.refundLocktime) revert NotPriced();
        if (s.lots != 0) revert NotFinal();
        if (block.timestamp < s.lastFinal + CONTEST) revert TooEarly();
        s.open = true;
        emit SeriesOpened(seriesId, s.supply, s.sats, s.pot);
    }

    /// @notice Refutes a proof whose block is no longer in the best chain, within 24 hours. A lot is frozen and waits for
    /// a new proof; a redemption waits for its payment again.
    /// @param kind 0 for a lot, 1 for a redemption.
    /// @param record For a lot abi.encode(lotId, outpointSide, blockHash, height), for a redemption
    /// abi.encode(rid, sats, blockHash, height).
    /// @param chain Headers from the block that has that height now up to a checkpoint.
    /// @param hops How far behind the tip that checkpoint may be.
    function contest(uint8 kind, bytes calldata record, bytes calldata chain, uint256 hops) external {
        (bytes32 id, uint256 second, bytes32 blockHash, uint32 height) =
            abi.decode(record, (bytes32, uint256, bytes32, uint32));
        spv.refute(blockHash, height, chain, hops);
        emit Contested(kind, id);
        if (kind == 0) _contestLot(id, bytes32(second), blockHash, height);
        else if (kind == 1) _contestPayment(id, second, blockHash, height);
        else revert BadRecord();
    }

    /// @dev Takes the proof of a redemption's payment back.
    function _contestPayment(bytes32 rid, uint256 sats, bytes32 blockHash, uint32 height) internal virtual;

    function _contestLot(bytes32 id, bytes32 slot, bytes32 blockHash, uint32 height) private {
        if (records[slot] == 0 || records[slot] != _record(id, blockHash, height)) revert BadRecord();
        Lot storage lot = lots[id];
        if (block.timestamp >= lot.since + CONTEST) revert TooLate();
        uint8 state = lot.state;
        uint64 sats = lot.sats;
        totals.vault -= sats;
        lot.sats = 0;
        bool missing = state == LOT_FINAL && lot.kind == KIND_MISSING;
        lot.since = missing ? 0 : block.timestamp.u40();
        if (missing) return; // it stays so, with nothing proven late
        bytes32 seriesId = _seriesIds[lot.series - 1];
        Series storage s = _series[seriesId];
        if (state == LOT_SPENT) {
            totals.live += sats;
        } else if (state == LOT_FINAL) {
            // Only a lot without shortfall gets here within the time for contests, so there is no pot to take back.
            totals.live += lot.units;
            s.lots += 1;
            s.sats -= _share(lot, sats);
            claims[seriesId].due -= _share(lot, lot.due);
        } else if (state != LOT_LIVE) {
            revert NotOpen();
        }
        lot.state = LOT_FROZEN;
        lot.kind = 0;
        emit LotFrozen(id);
    }

    /// @dev A lot's payment is settled: its wrapped units' share goes to the series.
    function _finish(bytes32 seriesId, bytes32 id, Lot storage lot, uint256 due) private {
        lot.state = LOT_FINAL;
        lot.due = due.u64();
        totals.live -= lot.units;
        Series storage s = _series[seriesId];
        s.lots -= 1;
        s.sats += _share(lot, lot.sats);
        s.pot += _share(lot, lot.pot);
        claims[seriesId].due += _share(lot, due);
        emit LotFinal(id, lot.kind, lot.sats, lot.pot);
    }

    function _proveSpend(Terms calldata t, Proof calldata p, bytes32 id, bool long_)
        private
        returns (bytes32 txid, uint64 sats)
    {
        (Inclusion memory inc, uint256 paid) =
            spv.spend(p, t.fundingTxid, t.fundingVout, keccak256(t.vaultScript), t.collateral, id);
        records[_outpoint(t, long_)] = _record(id, inc.blockHash, inc.height);
        // More than the units can claim is nobody's.
        return (inc.txid, paid > t.collateral ? t.collateral : uint64(paid));
    }
}

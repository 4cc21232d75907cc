// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BridgeState} from "./BridgeState.sol";
import {Checked} from "./Checked.sol";
import {SeriesFacts} from "./SeriesBook.sol";
import {Inclusion, Proof} from "./Spv.sol";
import {Terms} from "./Terms.sol";
import {
    BadScript,
    BadSeries,
    BadUnits,
    CapExceeded,
    Expired,
    NotOpen,
    NotOwner,
    OutpointUsed,
    TooLate,
    ValueTooLow,
    WrongTransaction
} from "./Errors.sol";

/// @title Mint, wrap, release, pause
abstract contract Minting is BridgeState {
    using Checked for uint256;

    uint256 private constant FORTNIGHT = 14 days;
    uint256 private constant BEFORE_EXPIRY = 24 hours;
    uint256 private constant PPM = 1e6;
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)");
    bytes32 private constant ATTEST_TYPE = keccak256("Attest(bytes32 lotId,address to,uint64 expiry)");

    /// @notice Mints the units of a lot: its funding is proven and deep, enough operators attest it, its bond is
    /// posted. Anyone may call.
    /// @param t The lot.
    /// @param p Proof of the funding transaction.
    /// @param fundingScript Script of the funding output.
    /// @param to Who gets the units; the attestation names him.
    /// @param wrap_ True for units of the series at once. There is no way back from them, so only their owner may ask.
    /// @param payer Whose bond is pledged: who posted enough for this lot.
    /// @param expiry Until when the attestation holds, Unix time.
    /// @param sigs The operators' signatures of Attest(lotId, to, expiry), 65 bytes each (r, s, v), by ascending signer.
    function mint(
        Terms calldata t,
        Proof calldata p,
        bytes calldata fundingScript,
        address to,
        bool wrap_,
        address payer,
        uint64 expiry,
        bytes calldata sigs
    ) external {
        if (block.timestamp > expiry) revert Expired();
        if (to == address(0)) revert BadScript();
        if (wrap_ && msg.sender != to) revert NotOwner();
        bytes memory terms = _encode(t);
        bytes32 id = keccak256(terms);
        SeriesFacts memory f = book.get(t.seriesId);
        _checkTerms(t, f);
        bytes32 slot = _outpoint(t, f.long_);
        if (records[slot] != 0) revert OutpointUsed();
        bytes32 message = keccak256(abi.encode(ATTEST_TYPE, id, to, expiry));
        committee.check(keccak256(abi.encodePacked("\x19\x01", domainSeparator(), message)), sigs);
        _proveFunding(t, p, fundingScript, id, slot);
        uint32 index = _admit(t.seriesId, f.expiry, id, payer, t.collateral);
        lots[id] = Lot(LOT_LIVE, 0, index, block.timestamp.u40(), t.collateral, wrap_ ? t.collateral : 0, 0, 0, 0);
        emit LotMinted(id, t.seriesId, to, wrap_, terms);
        if (wrap_) {
            _series[t.seriesId].supply += t.collateral;
            _mintSeries(f.token, to, t.collateral);
        } else {
            lotToken.mint(to, uint256(id), t.collateral);
        }
    }

    /// @notice Proves the funding of a frozen lot anew.
    /// @param t The lot.
    /// @param p Proof of the funding transaction.
    /// @param fundingScript Script of the funding output.
    function proveFunding(Terms calldata t, Proof calldata p, bytes calldata fundingScript) external {
        (bytes32 id, Lot storage lot) = _lotOf(t);
        if (lot.state != LOT_FROZEN) revert NotOpen();
        _proveFunding(t, p, fundingScript, id, _outpoint(t, book.get(t.seriesId).long_));
        lot.state = LOT_LIVE;
        lot.since = block.timestamp.u40();
        emit LotProven(id);
    }

    /// @notice Turns units of a live lot into units of its series, which share the risk of all its lots. There is no
    /// way back.
    /// @param lotId The lot.
    /// @param amount How many units.
    function wrap(bytes32 lotId, uint64 amount) external {
        Lot storage lot = lots[lotId];
        if (lot.state != LOT_LIVE) revert NotOpen();
        lot.wrapped += amount;
        bytes32 id = _seriesIds[lot.series - 1];
        _series[id].supply += amount;
        emit LotWrapped(lotId, msg.sender, amount);
        _burnLots(lotId, amount);
        _mintSeries(book.get(id).token, msg.sender, amount);
    }

    /// @notice Burns all units of a live lot, none of which may be wrapped. From then on its contract may end in any
    /// way, and its bond is free.
    /// @param t The lot.
    function release(Terms calldata t) external {
        (bytes32 id, Lot storage lot) = _lotOf(t);
        if (lot.state != LOT_LIVE) revert NotOpen();
        if (lot.wrapped != 0) revert BadUnits();
        Series storage s = _series[t.seriesId];
        lot.state = LOT_RELEASED;
        s.lots -= 1;
        s.minted -= t.collateral;
        totals.live -= t.collateral;
        _maturing[book.get(t.seriesId).expiry / FORTNIGHT] -= t.collateral;
        emit LotReleased(id);
        _burnLots(id, t.collateral);
    }

    /// @notice What operators sign under: a name, a version, this chain, this contract, and the relay's anchor.
    /// @return The EIP-712 domain separator.
    function domainSeparator() public view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE, keccak256("Alkimiya bridge"), keccak256("1"), block.chainid, address(this), _anchor)
        );
    }

    /// @dev Everything about the terms that needs no proof.
    function _checkTerms(Terms calldata t, SeriesFacts memory f) private view {
        if (f.token == address(0) || f.pricedAt != 0 || _series[t.seriesId].open) revert BadSeries();
        if (block.timestamp + BEFORE_EXPIRY >= f.expiry) revert TooLate();
        uint256 milli = uint256(t.notional) * f.range;
        if (milli == 0 || milli % 1000 != 0 || milli / 1000 != t.collateral) revert BadUnits();
        if (t.refundSats > t.collateral || t.refundSats * PPM < uint256(f.minRefundPpm) * t.collateral) revert BadUnits();
        if (t.vaultScript.length != 34 || bytes2(t.vaultScript[0:2]) != 0x5120) revert BadScript();
    }

    function _proveFunding(Terms calldata t, Proof calldata p, bytes calldata fundingScript, bytes32 id, bytes32 slot)
        private
    {
        (Inclusion memory inc, uint256 value, bytes32 script) = spv.output(p, t.fundingVout, t.collateral);
        if (inc.txid != t.fundingTxid) revert WrongTransaction();
        if (script != keccak256(fundingScript)) revert BadScript();
        if (value < t.collateral) revert ValueTooLow();
        records[slot] = _record(id, inc.blockHash, inc.height);
    }

    /// @dev Caps and bonds. The operators' bond must cover what matures within fourteen days of the new lot; the
    /// fortnights before, of and after its expiry hold all of that.
    function _admit(bytes32 seriesId, uint256 expiry, bytes32 id, address payer, uint64 units)
        private
        returns (uint32 index)
    {
        Totals storage g = totals;
        Series storage s = _series[seriesId];
        index = s.index;
        if (index == 0) {
            _seriesIds.push(seriesId);
            s.index = index = _seriesIds.length.u32();
        }
        s.lots += 1;
        s.minted += units;
        g.live += units;
        if (s.minted > seriesCap || uint256(g.live) + g.vault > totalCap) revert CapExceeded();
        uint256 n = expiry / FORTNIGHT;
        uint64 here = _maturing[n] + units;
        _maturing[n] = here;
        uint256 near = uint256(_maturing[n - 1]) + here + _maturing[n + 1];
        bond.pledge(id, payer, (uint256(units) * 11 + 9) / 10, (near * 11 + 9) / 10);
    }
}

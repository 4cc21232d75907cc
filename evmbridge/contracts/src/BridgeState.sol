// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bond} from "./Bond.sol";
import {Checked} from "./Checked.sol";
import {Committee} from "./Committee.sol";
import {LotToken} from "./LotToken.sol";
import {SeriesBook, SeriesFacts} from "./SeriesBook.sol";
import {SeriesToken} from "./SeriesToken.sol";
import {Spv} from "./Spv.sol";
import {Payoff, Terms} from "./Terms.sol";
import {BadConfig, CapExceeded, UnknownLot} from "./Errors.sol";

/// @notice What a deployment is made of; nothing of it can be changed later.
/// @param spv Proofs of inclusion.
/// @param book The series.
/// @param lotToken The units of lots.
/// @param committee Operators and guardians.
/// @param bond The bonds.
/// @param seriesCap Most units that one series may have.
/// @param totalCap Most satoshi that all lots and the vault may hold together.
/// @param minFee Least that a redemption must allow for miner fees, 500 satoshi to a million: a real fee in a bad
/// market, or operators cannot pay what they are slashed for. It is at most half of a claim, so it bounds that too.
struct Config {
    Spv spv;
    SeriesBook book;
    LotToken lotToken;
    Committee committee;
    Bond bond;
    uint64 seriesCap;
    uint64 totalCap;
    uint64 minFee;
}

/// @title What the bridge remembers
/// @notice State, events and the rules that more than one part of the bridge needs. Amounts are satoshi.
abstract contract BridgeState {
    using Checked for uint256;

    /// @notice A proof is final after this time, and can be contested before.
    uint256 internal constant CONTEST = 24 hours;
    /// @notice How long a frozen lot waits for a new proof.
    uint256 internal constant FREEZE = 48 hours;
    /// @notice From so long after pricing (or, never priced, after the refund's lock time) on, a lot without a proof
    /// is missing.
    uint256 internal constant WAIT = 14 days;

    // States of a lot. In SPENT the spend is proven, and what the bond owes is not settled.
    uint8 internal constant LOT_LIVE = 1;
    uint8 internal constant LOT_FROZEN = 2;
    uint8 internal constant LOT_SPENT = 3;
    uint8 internal constant LOT_FINAL = 4;
    uint8 internal constant LOT_RELEASED = 5;
    // How a lot ended.
    uint8 internal constant KIND_CET = 1;
    uint8 internal constant KIND_REFUND = 2;
    uint8 internal constant KIND_COOP = 3;
    uint8 internal constant KIND_VIOLATED = 4;
    uint8 internal constant KIND_MISSING = 5;

    /// @notice The sums of a series; each group of fields is one slot.
    struct Series {
        bool open;
        uint32 index; // in seriesIds, from 1; 0 before the first lot
        uint32 lots; // not final
        uint40 lastFinal;
        uint64 sats;
        uint64 pot;
        uint64 supply; // wrapped units
        uint64 minted; // units of all its lots
    }

    /// @notice A lot; each group of fields is one slot.
    struct Lot {
        uint8 state;
        uint8 kind;
        uint32 series;
        uint40 since; // the last proof, mint or contest; 0 if missing and nothing is proven
        uint64 units;
        uint64 wrapped;
        uint64 sats;
        uint64 pot;
        uint64 due;
    }

    /// @notice What was claimed of a lot or series. `due` is, of a series, what its final lots should have paid, and of a
    /// missing lot what was reclaimed.
    struct Claims {
        uint64 burned;
        uint64 sats;
        uint64 pot;
        uint64 due;
    }

    /// @notice Sums over everything.
    struct Totals {
        uint64 vault; // proven to the vault and not proven paid
        uint64 live; // units of lots that are not final
        uint64 nonce;
        uint64 queue; // until when the redemptions so far keep a vault of one coin busy
    }

    /// @notice Proofs of inclusion.
    Spv public immutable spv;
    /// @notice Operators and guardians.
    Committee public immutable committee;
    /// @notice The bonds.
    Bond public immutable bond;
    /// @notice The units of lots.
    LotToken public immutable lotToken;
    /// @notice The series: what they pay, their tokens, their price.
    SeriesBook public immutable book;
    /// @notice Most units that one series may have.
    uint64 public immutable seriesCap;
    /// @notice Most satoshi that all lots and the vault may hold together.
    uint64 public immutable totalCap;
    /// @notice Least that a redemption must allow for miner fees.
    uint64 public immutable minFee;
    bytes32 internal immutable _anchor;

    mapping(bytes32 seriesId => Series) internal _series;
    /// @notice The lots.
    mapping(bytes32 lotId => Lot) public lots;
    /// @notice What was claimed of lots and series.
    mapping(bytes32 id => Claims) public claims;
    /// @notice By outpoint and side: the hash of the lot and of the block that last proved something of it. It is
    /// never cleared, so no outpoint is minted twice.
    mapping(bytes32 outpointSide => bytes32 record) public records;
    /// @notice Redemptions: state (8 bits) | time (40) | amount still owed (64) | hash of the proof (144).
    mapping(bytes32 rid => uint256 packed) public redemptions;
    /// @dev The ids of all series that have lots; lots name theirs by its place here.
    bytes32[] internal _seriesIds;
    /// @notice Sums over everything.
    Totals public totals;
    /// @dev Units that mature in a fortnight.
    mapping(uint256 fortnight => uint64) internal _maturing;

    /// @notice Units of a lot exist. `terms` is its ABI encoding.
    event LotMinted(bytes32 indexed lotId, bytes32 indexed seriesId, address indexed to, bool wrapped, bytes terms);
    /// @notice Units of a lot became units of its series.
    event LotWrapped(bytes32 indexed lotId, address indexed holder, uint64 amount);
    /// @notice All units of a lot are burned; its contract may end in any way.
    event LotReleased(bytes32 indexed lotId);
    /// @notice The spend of a lot's funding output is proven.
    event LotSpent(bytes32 indexed lotId, uint8 kind, uint64 sats, bytes32 txid);
    /// @notice What a lot pays is settled: satoshi in the vault and bond in the pot.
    event LotFinal(bytes32 indexed lotId, uint8 kind, uint64 sats, uint64 pot);
    /// @notice A proof about a lot was refuted; it waits for a new one.
    event LotFrozen(bytes32 indexed lotId);
    /// @notice A frozen lot's funding is proven again.
    event LotProven(bytes32 indexed lotId);
    /// @notice A lot's spend pays something else than its price.
    event Alarm(bytes32 indexed lotId, uint64 due, uint64 sats);
    /// @notice The units of a series can be redeemed.
    event SeriesOpened(bytes32 indexed seriesId, uint64 supply, uint64 sats, uint64 pot);
    /// @notice Units were burned for bitcoin. `redemption` is its ABI encoding.
    event RedemptionRequested(bytes32 indexed rid, address indexed owner, bytes redemption);
    /// @notice A redemption's payment is proven.
    event RedemptionPaid(bytes32 indexed rid, bytes32 txid);
    /// @notice A proof was refuted: kind 0 about a lot, 1 about a redemption.
    event Contested(uint8 kind, bytes32 indexed id);
    /// @notice A redemption was compensated; `owed` is what the bonds lacked.
    event Slashed(bytes32 indexed rid, uint64 paid, uint64 owed);

    /// @param c The deployment.
    constructor(Config memory c) {
        if (c.seriesCap > c.totalCap || address(c.bond) == address(0)) revert BadConfig();
        if (address(c.book) == address(0) || address(c.lotToken) == address(0) || address(c.committee) == address(0)) revert BadConfig();
        (spv, book, lotToken, committee, bond) = (c.spv, c.book, c.lotToken, c.committee, c.bond);
        if (c.minFee < 500 || c.minFee > 1e6) revert BadConfig();
        (seriesCap, totalCap, minFee) = (c.seriesCap, c.totalCap, c.minFee);
        bytes32 anchor = c.spv.relay().anchor();
        _anchor = anchor;
        // A bucket holds at most the cap, and no proof may ever need more than 100 blocks.
        if (c.spv.required(c.totalCap, c.spv.relay().checkpoint(anchor) & 0xffffffff) > 100) revert CapExceeded();
    }

    /// @notice What the bonds must cover: satoshi proven in the vault and not proven paid, and units of lots that are
    /// not final.
    /// @return Satoshi.
    function exposure() external view returns (uint256) {
        return uint256(totals.vault) + totals.live;
    }

    /// @notice Says whether a lot is released, or final beyond contest.
    /// @param lotId The lot.
    /// @return True if it is.
    function lotSettled(bytes32 lotId) external view returns (bool) {
        return lots[lotId].state == LOT_RELEASED || _isFinal(lots[lotId]);
    }

    /// @notice Says whether a lot was ever minted.
    /// @param lotId The lot.
    /// @return True if it was.
    function isLot(bytes32 lotId) external view returns (bool) {
        return lots[lotId].state != 0;
    }

    /// @notice What the lots of a series came to.
    /// @param seriesId The series.
    /// @return opened True once it is open for redemption.
    /// @return supply Its units.
    /// @return sats Their satoshi, of final lots.
    /// @return due What those lots should have paid.
    function seriesTotals(bytes32 seriesId) external view returns (bool opened, uint64 supply, uint64 sats, uint64 due) {
        Series storage s = _series[seriesId];
        return (s.open, s.supply, s.sats, claims[seriesId].due);
    }

    function _isFinal(Lot storage lot) internal view returns (bool) {
        return lot.state == LOT_FINAL && (lot.kind == KIND_MISSING || block.timestamp >= lot.since + CONTEST);
    }

    /// @dev The part of a lot's satoshi (or pot) that belongs to its wrapped units.
    function _share(Lot storage lot, uint256 amount) internal view returns (uint64) {
        return uint64(amount * lot.wrapped / lot.units); // wrapped is at most units
    }

    /// @dev What a lot should pay on the chain: by the price, or the refund.
    function _due(Terms calldata t, SeriesFacts memory f) internal pure returns (uint256 due) {
        due = f.pricedAt == 0 ? t.refundSats : Payoff.amount(t.notional, f.distance, t.collateral, f.long_);
        if (due < Payoff.DUST) due = 0;
    }

    function _outpoint(Terms calldata t, bool long_) internal pure returns (bytes32) {
        return keccak256(abi.encode(t.fundingTxid, t.fundingVout, long_));
    }

    function _record(bytes32 lotId, bytes32 blockHash, uint32 height) internal pure returns (bytes32) {
        return keccak256(abi.encode(lotId, blockHash, height));
    }

    /// @dev The lot of the terms; reverts unless it was minted.
    function _lotOf(Terms calldata t) internal view returns (bytes32 id, Lot storage lot) {
        id = keccak256(_encode(t));
        lot = lots[id];
        if (lot.state == 0) revert UnknownLot();
    }

    // One place for each call and encoding that several functions need: the bridge must fit into one contract.

    function _encode(Terms calldata t) internal pure returns (bytes memory) {
        return abi.encode(t);
    }

    function _burnLots(bytes32 id, uint256 amount) internal {
        lotToken.burn(msg.sender, uint256(id), amount);
    }

    function _mintSeries(address token, address to, uint256 amount) internal {
        SeriesToken(token).mint(to, amount);
    }

    function _forfeit(bytes32 id, uint256 amount) internal returns (uint64) {
        return bond.forfeit(id, amount);
    }

    function _payPot(address to, uint256 amount) internal {
        if (amount != 0) bond.payPot(to, amount.u64());
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Checked} from "./Checked.sol";
import {OracleVerifier} from "./OracleVerifier.sol";
import {ISeriesSource, SeriesInfo, SeriesToken} from "./SeriesToken.sol";
import {Payoff, SeriesKey} from "./Terms.sol";
import {BadConfig, BadSeries, NotOpen} from "./Errors.sol";

/// @notice The bridge as the book sees it.
interface ISeriesTotals {
    /// @notice What the lots of a series came to.
    /// @param id The series.
    /// @return open True once it is open for redemption.
    /// @return supply Its units.
    /// @return sats Their satoshi, of final lots.
    /// @return due What those lots should have paid.
    function seriesTotals(bytes32 id) external view returns (bool open, uint64 supply, uint64 sats, uint64 due);
}

/// @notice A series. pricedAt is 0 before the price, token is 0 if there is none.
/// @param token Its ERC-20.
/// @param range hi - lo.
/// @param minRefundPpm Least share of a lot's units that its refund pays, in millionths.
/// @param long_ True for the long side.
/// @param refundLocktime Lock time of the refunds, Unix time.
/// @param expiry The end of its last day, Unix time.
/// @param pricedAt When it was priced.
/// @param distance How far the settled sum is from where the long side gets nothing.
struct SeriesFacts {
    address token;
    uint40 range;
    uint24 minRefundPpm;
    bool long_;
    uint40 refundLocktime;
    uint40 expiry;
    uint40 pricedAt;
    uint40 distance;
}

/// @title The series: what they pay, their tokens, their price
/// @notice Part of the bridge in a contract of its own. Anyone may create a series and price it;
/// nothing of a series changes but that it is priced once.
contract SeriesBook is ISeriesSource {
    using Checked for uint256;

    uint256 private constant MIN_REFUND_DELAY = 14 days;
    uint256 private constant MAX_ORACLES = 7;
    uint256 private constant PPM = 1e6;

    /// @notice The bridge.
    address public immutable bridge;
    /// @notice Oracle events.
    OracleVerifier public immutable oracle;
    mapping(bytes32 id => SeriesFacts) private _facts;

    /// @notice A series exists. `key` is its ABI encoding.
    event SeriesCreated(bytes32 indexed seriesId, address token, bytes key);
    /// @notice A series is priced.
    event SeriesPriced(bytes32 indexed seriesId, uint64 value, uint64 distance);

    /// @param oracle_ Oracle events.
    /// @param bridge_ The bridge, which may be deployed later.
    constructor(OracleVerifier oracle_, address bridge_) {
        if (address(oracle_) == address(0) || bridge_ == address(0)) revert BadConfig();
        bridge = bridge_;
        oracle = oracle_;
    }

    /// @notice Creates a series and, by CREATE2 from its id, its token. Doing it again changes nothing.
    /// @param k The series' key.
    /// @return id The hash of the key.
    /// @return token Its ERC-20.
    function createSeries(SeriesKey calldata k) external returns (bytes32 id, address token) {
        id = keccak256(abi.encode(k));
        token = _facts[id].token;
        if (token != address(0)) return (id, token);
        _check(k);
        SeriesInfo memory info =
            SeriesInfo(id, k.firstDay, k.lastDay, k.lo, k.hi, k.shape == Payoff.PUT_LIKE, k.long_);
        token = address(new SeriesToken{salt: id}(bridge, info));
        _facts[id] = SeriesFacts({
            token: token,
            range: uint256(k.hi - k.lo).u40(),
            minRefundPpm: uint24(k.minRefundPpm), // at most PPM
            long_: k.long_,
            refundLocktime: k.refundLocktime,
            expiry: _expiry(k).u40(),
            pricedAt: 0,
            distance: 0
        });
        emit SeriesCreated(id, token, abi.encode(k));
    }

    /// @notice Prices a series by the value that enough of its oracles attested.
    /// @param k The series' key.
    function price(SeriesKey calldata k) external {
        bytes32 id = keccak256(abi.encode(k));
        SeriesFacts storage s = _facts[id];
        if (s.token == address(0)) revert BadSeries();
        if (s.pricedAt != 0) revert NotOpen();
        uint64 value = oracle.agreed(k.events, k.threshold);
        uint256 distance = Payoff.distance(k, value);
        s.distance = distance.u40();
        s.pricedAt = block.timestamp.u40();
        emit SeriesPriced(id, value, uint64(distance));
    }

    /// @notice What is known of a series.
    /// @param id The series.
    /// @return The facts.
    function get(bytes32 id) external view returns (SeriesFacts memory) {
        return _facts[id];
    }

    /// @inheritdoc ISeriesSource
    function stateOf(bytes32 id) external view returns (uint8) {
        SeriesFacts storage s = _facts[id];
        (bool open,,,) = ISeriesTotals(bridge).seriesTotals(id);
        if (open) return 3;
        return s.pricedAt != 0 ? 2 : s.token != address(0) ? 1 : 0;
    }

    /// @inheritdoc ISeriesSource
    function payoutPerUnit(bytes32 id) external view returns (uint64) {
        SeriesFacts storage s = _facts[id];
        (bool open, uint64 supply, uint64 sats,) = ISeriesTotals(bridge).seriesTotals(id);
        if (open) return supply == 0 ? 0 : (uint256(sats) * 1e8 / supply).u64();
        if (s.pricedAt == 0) return 0;
        return (uint256(s.long_ ? s.distance : s.range - s.distance) * 1e8 / s.range).u64();
    }

    /// @inheritdoc ISeriesSource
    function backingRatio(bytes32 id) external view returns (uint256) {
        (,, uint64 sats, uint64 due) = ISeriesTotals(bridge).seriesTotals(id);
        return due == 0 ? 1e18 : uint256(sats) * 1e18 / due;
    }

    function _check(SeriesKey calldata k) private pure {
        uint256 n = k.events.length;
        if (n == 0 || n > MAX_ORACLES || k.threshold == 0 || k.threshold > n) revert BadSeries();
        for (uint256 i = 1; i < n; ++i) {
            if (k.events[i] <= k.events[i - 1]) revert BadSeries();
        }
        if (k.shape > Payoff.PUT_LIKE || k.hi <= k.lo || k.quantBits > Payoff.MAX_QUANT_BITS) revert BadSeries();
        if (uint256(k.base) + k.hi > type(uint32).max) revert BadSeries(); // an event has at most 32 digits
        if (k.lastDay < k.firstDay || k.minRefundPpm > PPM) revert BadSeries();
        if (k.refundLocktime < _expiry(k) + MIN_REFUND_DELAY) revert BadSeries();
    }

    function _expiry(SeriesKey calldata k) private pure returns (uint256) {
        return (uint256(k.lastDay) + 1) * 1 days;
    }
}

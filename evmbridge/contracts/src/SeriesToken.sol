// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {NotBridge} from "./Errors.sol";

/// @title What products built on series tokens may rely on
interface ISeries {
    /// @notice The series' id: the hash of its key.
    /// @return The id.
    function seriesKey() external view returns (bytes32);
    /// @notice The end of the last day of the window.
    /// @return Unix time.
    function expiry() external view returns (uint64);
    /// @notice The series' state.
    /// @return 1 live, 2 priced, 3 open for redemption.
    function state() external view returns (uint8);
    /// @notice What 1e8 units are paid: by the price once there is one, and once open by what is there.
    /// @return satsPer1e8 Satoshi, 0 before the price.
    function payoutPerUnit() external view returns (uint64 satsPer1e8);
    /// @notice Proven satoshi per satoshi due, over all wrapped lots that are final.
    /// @return wad 1e18 is full backing.
    function backingRatio() external view returns (uint256 wad);
}

/// @notice The book as its tokens see it.
interface ISeriesSource {
    /// @notice The state of a series.
    /// @param id Its id.
    /// @return 1 live, 2 priced, 3 open.
    function stateOf(bytes32 id) external view returns (uint8);
    /// @notice What 1e8 units of a series are paid.
    /// @param id Its id.
    /// @return Satoshi.
    function payoutPerUnit(bytes32 id) external view returns (uint64);
    /// @notice Proven satoshi per satoshi due in a series.
    /// @param id Its id.
    /// @return 1e18 is full backing.
    function backingRatio(bytes32 id) external view returns (uint256);
}

/// @notice What a series token says of itself.
/// @param id The series' id.
/// @param firstDay First day of the window.
/// @param lastDay Last day of the window.
/// @param lo Lower bound, counter units.
/// @param hi Upper bound, counter units.
/// @param put True if put-like.
/// @param long_ True for the long side.
struct SeriesInfo {
    bytes32 id;
    uint32 firstDay;
    uint32 lastDay;
    uint64 lo;
    uint64 hi;
    bool put;
    bool long_;
}

/// @title The units of one series
/// @notice ERC-20 with EIP-2612, 8 decimals: 1 base unit is 1 satoshi of maximum payout. No fee, no rebase, no
/// list of anybody, no hook; only the bridge mints and burns.
contract SeriesToken is ERC20, ISeries {
    /// @notice The bridge.
    address public immutable bridge;
    /// @notice The book of series.
    ISeriesSource public immutable book;
    bytes32 private immutable _id;
    uint32 private immutable _firstDay;
    uint32 private immutable _lastDay;
    uint64 private immutable _lo;
    uint64 private immutable _hi;
    bool private immutable _put;
    bool private immutable _long;

    /// @notice The deployer is the book.
    /// @param bridge_ The bridge.
    /// @param info The series.
    constructor(address bridge_, SeriesInfo memory info) {
        bridge = bridge_;
        book = ISeriesSource(msg.sender);
        _id = info.id;
        _firstDay = info.firstDay;
        _lastDay = info.lastDay;
        _lo = info.lo;
        _hi = info.hi;
        _put = info.put;
        _long = info.long_;
    }

    /// @notice Makes units. Only the bridge may.
    /// @param to Who gets them.
    /// @param amount How many.
    function mint(address to, uint256 amount) external {
        if (msg.sender != bridge) revert NotBridge();
        _mint(to, amount);
    }

    /// @notice Destroys units. Only the bridge may, for the holder who calls it.
    /// @param from Whose.
    /// @param amount How many.
    function burn(address from, uint256 amount) external {
        if (msg.sender != bridge) revert NotBridge();
        _burn(from, amount);
    }

    /// @inheritdoc ISeries
    function seriesKey() external view returns (bytes32) {
        return _id;
    }

    /// @inheritdoc ISeries
    function expiry() external view returns (uint64) {
        return (uint64(_lastDay) + 1) * 1 days;
    }

    /// @inheritdoc ISeries
    function state() external view returns (uint8) {
        return book.stateOf(_id);
    }

    /// @inheritdoc ISeries
    function payoutPerUnit() external view returns (uint64) {
        return book.payoutPerUnit(_id);
    }

    /// @inheritdoc ISeries
    function backingRatio() external view returns (uint256) {
        return book.backingRatio(_id);
    }

    /// @inheritdoc ERC20
    function name() public view override returns (string memory) {
        return string.concat(
            string.concat("Alkimiya ", _long ? "long " : "short ", _put ? "put-like " : "call-like "),
            string.concat("days ", LibString.toString(_firstDay), "-", LibString.toString(_lastDay)),
            string.concat(" sum ", LibString.toString(_lo), "-", LibString.toString(_hi))
        );
    }

    /// @inheritdoc ERC20
    function symbol() public view override returns (string memory) {
        string memory hash = LibString.slice(LibString.toHexStringNoPrefix(uint256(_id), 32), 0, 6);
        return string.concat("ALK", _put ? "P" : "C", _long ? "L-" : "S-", LibString.toString(_lastDay), "-", hash);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 8;
    }

    /// @dev No standing allowance for anybody.
    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC6909} from "solady/src/tokens/ERC6909.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {BadConfig, NotBridge} from "./Errors.sol";

/// @title The units of all lots
/// @notice ERC-6909; a token's id is its lot's id. 1 unit is 1 satoshi of maximum payout. Only the bridge mints and
/// burns.
contract LotToken is ERC6909 {
    /// @notice The bridge.
    address public immutable bridge;

    /// @param bridge_ The bridge, which may be deployed later.
    constructor(address bridge_) {
        if (bridge_ == address(0)) revert BadConfig();
        bridge = bridge_;
    }

    /// @notice Makes units. Only the bridge may.
    /// @param to Who gets them.
    /// @param id The lot.
    /// @param amount How many.
    function mint(address to, uint256 id, uint256 amount) external {
        if (msg.sender != bridge) revert NotBridge();
        _mint(to, id, amount);
    }

    /// @notice Destroys units. Only the bridge may, for the holder who calls it.
    /// @param from Whose.
    /// @param id The lot.
    /// @param amount How many.
    function burn(address from, uint256 id, uint256 amount) external {
        if (msg.sender != bridge) revert NotBridge();
        _burn(from, id, amount);
    }

    /// @inheritdoc ERC6909
    function name(uint256 id) public pure override returns (string memory) {
        return string.concat("Alkimiya lot ", LibString.toHexString(id, 32));
    }

    /// @inheritdoc ERC6909
    function symbol(uint256 id) public pure override returns (string memory) {
        return string.concat("ALKLOT-", LibString.slice(LibString.toHexStringNoPrefix(id, 32), 0, 6));
    }

    /// @inheritdoc ERC6909
    function decimals(uint256) public pure override returns (uint8) {
        return 8;
    }

    /// @inheritdoc ERC6909
    function tokenURI(uint256) public pure override returns (string memory) {
        return "";
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {Checked} from "./Checked.sol";
import {Committee} from "./Committee.sol";
import {NotBridge, NotPayer, NotFinal, BadAsset, BadConfig, BondTooLow, TooEarly, OutOfRange, MintIsHalted} from "./Errors.sol";

/// @notice The bridge as the bond sees it.
interface IBonded {
    /// @notice What must be covered: satoshi proven in the vault and not proven paid, and units of lots not final.
    /// @return Satoshi.
    function exposure() external view returns (uint256);
    /// @notice Says whether a lot's bond is needed no longer for the lot itself.
    /// @param lotId The lot.
    /// @return True if it is released, or final beyond contest.
    function lotSettled(bytes32 lotId) external view returns (bool);
}

/// @title The operators' and the lots' bonds
/// @notice One asset of 8 decimals that stands for bitcoin, fixed at deployment. At any time
/// operators' bond + bonds of minted lots >= 110 % of the bridge's exposure, unless a slash found too little.
/// Balances are this contract's own books: tokens that are sent here otherwise belong to nobody.
contract Bond {
    uint256 private constant NOTICE = 14 days;
    uint256 private constant NOTICE_LASTS = 14 days;

    /// @notice The bond of a minted lot.
    /// @param payer Who posted it and gets back what is left.
    /// @param amount What is there.
    struct LotBond {
        address payer;
        uint64 amount;
    }

    /// @notice An operator's part of the operators' bond.
    /// @param shares Its shares.
    /// @param notice How many of them notice was given of.
    struct Part {
        uint128 shares;
        uint88 notice;
        uint40 noticeAt;
    }

    /// @notice The asset.
    address public immutable asset;
    /// @notice The bridge.
    IBonded public immutable bridge;
    /// @notice Operators and guardians.
    Committee public immutable committee;

    /// @notice The operators' bond.
    uint64 public operatorBond;
    /// @notice The bonds of minted lots.
    uint64 public pledged;
    /// @notice What is posted and not pledged.
    uint64 public unpledged;
    /// @notice What is owed to holders out of forfeited bonds.
    uint64 public pots;
    /// @notice The sum of all shares in the operators' bond, and which generation they are of: when a slash
    /// takes everything, the shares become void and a new generation begins.
    uint128 public totalShares;
    uint64 public generation;

    /// @notice The bonds of minted lots.
    mapping(bytes32 lotId => LotBond) public lotBonds;
    /// @notice What anybody posted for a lot and is not pledged: the lot's mint names whose it takes, so that nobody
    /// stands in another's way.
    mapping(bytes32 lotId => mapping(address payer => uint64)) public posted;
    /// @notice The parts of operators by generation.
    mapping(uint64 gen => mapping(address operator => Part)) public parts;

    /// @notice A bond was posted; lotId is 0 for the operators' bond.
    event BondPosted(bytes32 indexed lotId, address indexed payer, uint64 amount);
    /// @notice A bond, or a part of one, went back to who posted it.
    event BondReleased(bytes32 indexed lotId, address indexed payer, uint64 amount);
    /// @notice An operator gave notice.
    event NoticeGiven(address indexed operator, uint128 shares, uint64 from);
    /// @notice A bond went to holders; lotId is 0 for the operators' bond.
    event Forfeited(bytes32 indexed lotId, uint64 amount);

    modifier onlyBridge() {
        if (msg.sender != address(bridge)) revert NotBridge();
        _;
    }

    /// @param asset_ A token of 8 decimals.
    /// @param bridge_ The bridge, which may be deployed later.
    /// @param committee_ The operators and guardians.
    constructor(address asset_, address bridge_, Committee committee_) {
        if (bridge_ == address(0) || address(committee_) == address(0)) revert BadConfig();
        (bool ok, bytes memory answer) = asset_.staticcall(abi.encodeWithSignature("decimals()"));
        if (!ok || answer.length != 32 || abi.decode(answer, (uint256)) != 8) revert BadAsset();
        asset = asset_;
        bridge = IBonded(bridge_);
        committee = committee_;
    }

    /// @notice Adds to the operators' bond; the caller gets shares of it.
    /// @param amount How much of the asset.
    function postOperator(uint64 amount) external {
        if (amount == 0) revert OutOfRange();
        uint256 shares = totalShares == 0 ? amount : uint256(amount) * totalShares / operatorBond;
        if (shares == 0) revert OutOfRange();
        Part storage part = parts[generation][msg.sender];
        part.shares = Checked.u128(part.shares + shares);
        totalShares = Checked.u128(totalShares + shares);
        operatorBond = Checked.u64(uint256(operatorBond) + amount);
        emit BondPosted(0, msg.sender, amount);
        _take(amount);
    }

    /// @notice Announces that the caller wants shares back. It replaces an earlier notice.
    /// @param shares How many.
    function giveNotice(uint88 shares) external {
        Part storage part = parts[generation][msg.sender];
        if (shares > part.shares) revert BondTooLow();
        part.notice = shares;
        part.noticeAt = Checked.u40(block.timestamp);
        emit NoticeGiven(msg.sender, shares, uint64(block.timestamp + NOTICE));
    }

    /// @notice Pays back the shares that the caller gave notice of, from 14 to 28 days after it, as far as the rest
    /// covers the bridge's exposure.
    /// @return amount What was paid.
    function withdraw() external returns (uint64 amount) {
        if (committee.halted()) revert MintIsHalted();
        Part storage part = parts[generation][msg.sender];
        uint256 shares = part.notice;
        uint256 from = part.noticeAt + NOTICE;
        if (shares == 0 || block.timestamp < from || block.timestamp > from + NOTICE_LASTS) revert TooEarly();
        amount = uint64(shares * operatorBond / totalShares); // not more than operatorBond
        if (amount == 0 || amount > surplus()) revert BondTooLow();
        part.shares -= uint128(shares);
        part.notice = 0;
        totalShares -= uint128(shares);
        operatorBond -= amount;
        emit BondReleased(0, msg.sender, amount);
        _give(msg.sender, amount);
    }

    /// @notice Posts bond for a lot, which may be pledged from then on. Once a lot is minted only its payer may add.
    /// @param lotId The lot, minted or not.
    /// @param amount How much of the asset.
    function postLot(bytes32 lotId, uint64 amount) external {
        if (amount == 0 || lotId == 0) revert OutOfRange();
        LotBond storage b = lotBonds[lotId];
        if (b.payer == address(0)) {
            posted[lotId][msg.sender] = Checked.u64(uint256(posted[lotId][msg.sender]) + amount);
            unpledged = Checked.u64(uint256(unpledged) + amount);
        } else {
            if (b.payer != msg.sender) revert NotPayer();
            b.amount = Checked.u64(uint256(b.amount) + amount);
            pledged = Checked.u64(uint256(pledged) + amount);
        }
        emit BondPosted(lotId, msg.sender, amount);
        _take(amount);
    }

    /// @notice Pays back what the caller posted for a lot: at any time what is not pledged; what is, once the lot is
    /// settled, as far as the rest covers the bridge's exposure.
    /// @param lotId The lot.
    /// @return amount What was paid.
    function withdrawLot(bytes32 lotId) external returns (uint64 amount) {
        amount = posted[lotId][msg.sender];
        if (amount != 0) {
            posted[lotId][msg.sender] = 0;
            unpledged -= amount;
        } else {
            LotBond storage b = lotBonds[lotId];
            if (b.payer != msg.sender) revert NotPayer();
            if (!bridge.lotSettled(lotId)) revert NotFinal();
            uint256 most = surplus();
            amount = b.amount < most ? b.amount : uint64(most);
            if (amount == 0) revert BondTooLow();
            b.amount -= amount;
            pledged -= amount;
        }
        emit BondReleased(lotId, msg.sender, amount);
        _give(msg.sender, amount);
    }

    /// @notice Binds what somebody posted for a lot to its mint. Only the bridge may, once for a lot.
    /// @param lotId The lot.
    /// @param payer Whose bond it is; that he posted it is his consent.
    /// @param lotNeed What he must have posted at least.
    /// @param operatorNeed What the operators' bond must hold at least.
    function pledge(bytes32 lotId, address payer, uint256 lotNeed, uint256 operatorNeed) external onlyBridge {
        uint64 amount = posted[lotId][payer];
        if (amount < lotNeed || operatorBond < operatorNeed) revert BondTooLow();
        posted[lotId][payer] = 0;
        lotBonds[lotId] = LotBond(payer, amount);
        unpledged -= amount;
        pledged = Checked.u64(uint256(pledged) + amount);
    }

    /// @notice Moves a lot's bond, as far as it goes, to the holders' pot. Only the bridge may.
    /// @param lotId The lot.
    /// @param amount How much is owed.
    /// @return taken How much was there.
    function forfeit(bytes32 lotId, uint256 amount) external onlyBridge returns (uint64 taken) {
        LotBond storage b = lotBonds[lotId];
        taken = amount < b.amount ? uint64(amount) : b.amount;
        b.amount -= taken;
        pledged -= taken;
        pots = Checked.u64(uint256(pots) + taken);
        emit Forfeited(lotId, taken);
    }

    /// @notice Pays out of the pot. Only the bridge may.
    /// @param to Who gets it.
    /// @param amount How much.
    function payPot(address to, uint64 amount) external onlyBridge {
        pots -= amount;
        _give(to, amount);
    }

    /// @notice Moves the operators' bond, as far as it goes, to the pot. Only the bridge may.
    /// @param amount How much is owed.
    /// @return taken How much was there.
    function draw(uint256 amount) external onlyBridge returns (uint64 taken) {
        taken = amount < operatorBond ? uint64(amount) : operatorBond;
        operatorBond -= taken;
        pots = Checked.u64(uint256(pots) + taken);
        if (operatorBond == 0 && totalShares != 0) {
            totalShares = 0;
            ++generation;
        }
        emit Forfeited(0, taken);
    }

    /// @notice Whose bond a lot was minted with.
    /// @param lotId The lot.
    /// @return The payer, 0 before the mint.
    function payerOf(bytes32 lotId) external view returns (address) {
        return lotBonds[lotId].payer;
    }

    /// @notice What the bonds hold beyond 110 % of the bridge's exposure.
    /// @return Base units of the asset; 0 if they hold less.
    function surplus() public view returns (uint256) {
        uint256 held = uint256(operatorBond) + pledged;
        uint256 need = (bridge.exposure() * 11 + 9) / 10;
        return held > need ? held - need : 0;
    }

    /// @dev Takes tokens from the caller, after all books are written; a token that delivers less or more is refused.
    function _take(uint256 amount) private {
        uint256 before = SafeTransferLib.balanceOf(asset, address(this));
        SafeTransferLib.safeTransferFrom(asset, msg.sender, address(this), amount);
        if (SafeTransferLib.balanceOf(asset, address(this)) != before + amount) revert BadAsset();
    }

    function _give(address to, uint256 amount) private {
        uint256 before = SafeTransferLib.balanceOf(asset, address(this));
        SafeTransferLib.safeTransfer(asset, to, amount);
        if (SafeTransferLib.balanceOf(asset, address(this)) + amount != before) revert BadAsset();
    }
}

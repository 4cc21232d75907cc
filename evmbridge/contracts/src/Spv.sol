// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CheckpointRelay} from "./CheckpointRelay.sol";
import {Checked} from "./Checked.sol";
import {BtcTx} from "./BtcTx.sol";
import {BadBatch, BadConfig, BadMerkle, BadRecord, DepthMismatch, NotASpend, Size64, TooShallow} from "./Errors.sol";

/// @notice A transaction and how it is in the chain.
/// @param chain Headers from its block up to a checkpoint of the relay, both included.
/// @param hops How far behind the tip that checkpoint may be, in checkpoints.
/// @param rawTx The transaction without witness.
/// @param siblings Its Merkle branch.
/// @param index Its place in the block; not 0, which is the coinbase's.
/// @param coinbaseMid The inner SHA256 of the coinbase without witness; its SHA256 is the coinbase's txid.
/// @param coinbaseSiblings The coinbase's Merkle branch.
struct Proof {
    bytes chain;
    uint256 hops;
    bytes rawTx;
    bytes32[] siblings;
    uint256 index;
    bytes32 coinbaseMid;
    bytes32[] coinbaseSiblings;
}

/// @notice Where a proven transaction is.
/// @param txid Its txid, internal byte order.
/// @param blockHash Its block's hash, internal byte order.
/// @param height Its block's height.
/// @param conf Its confirmations on the relay's best chain.
struct Inclusion {
    bytes32 txid;
    bytes32 blockHash;
    uint32 height;
    uint32 conf;
}

/// @title Proofs that a transaction is in the best chain
/// @notice A proof brings its own headers, so the relay needs no header of every block. Kept is only, for each caller, how
/// much value rests on what it has proven. Depth by value: see `required`.
contract Spv {
    using Checked for uint256;

    /// @notice Fewest confirmations of anything.
    uint256 public constant MIN_CONF = 6;
    uint256 private constant COIN_SUBSIDY = 50e8;

    uint256 private constant BUCKET = 144;

    /// @dev Values proven in one bucket of 144 heights, for each kind of proof.
    struct Proven {
        uint64 funded;
        uint64 spent;
        uint64 paid;
    }

    /// @notice The relay whose best chain counts.
    CheckpointRelay public immutable relay;
    /// @notice Blocks between two halvings of the subsidy.
    uint256 public immutable halvingInterval;
    bytes32 private immutable _batchTag;

    mapping(address caller => mapping(uint256 bucket => Proven)) private _proven;
    mapping(address caller => mapping(bytes32 outputs => bytes32)) private _payees;

    /// @notice Binds the proofs to a relay.
    /// @param relay_ The relay.
    /// @param halvingInterval_ The network's halving interval: 210,000, on regtest 150.
    constructor(CheckpointRelay relay_, uint256 halvingInterval_) {
        if (address(relay_) == address(0) || halvingInterval_ == 0) revert BadConfig();
        relay = relay_;
        halvingInterval = halvingInterval_;
        _batchTag = sha256("alk/batch/v1");
    }

    /// @notice Verifies a proof, without judging its confirmations.
    /// @param p The proof.
    /// @return Where the transaction is.
    function prove(Proof calldata p) external view returns (Inclusion memory) {
        return _prove(p);
    }

    /// @notice Verifies the proof of a funding transaction, counts its value, and returns one of its outputs.
    /// @param p The proof.
    /// @param vout The output's index.
    /// @param worth Satoshi that rest on the proof.
    /// @return inc Where the transaction is.
    /// @return value The output's amount.
    /// @return script The keccak256 of its script.
    function output(Proof calldata p, uint256 vout, uint256 worth)
        external
        returns (Inclusion memory inc, uint256 value, bytes32 script)
    {
        inc = _prove(p);
        (value, script) = BtcTx.output(p.rawTx, vout);
        Proven storage sums = _proven[msg.sender][inc.height / BUCKET];
        sums.funded = _deep(inc, sums.funded, worth);
    }

    /// @notice Verifies the proof of a transaction that spends an outpoint, and counts its value.
    /// @param p The proof.
    /// @param txid The outpoint's txid.
    /// @param vout The outpoint's index.
    /// @param script The keccak256 of a script.
    /// @param worth Satoshi that rest on the proof.
    /// @param payee Who is paid by the outputs: the first one that the caller names for this transaction and script, and
    /// nobody else. 0 if that does not matter.
    /// @return inc Where the transaction is.
    /// @return paid The sum of its outputs with that script; 0 if they pay another one.
    function spend(Proof calldata p, bytes32 txid, uint256 vout, bytes32 script, uint256 worth, bytes32 payee)
        external
        returns (Inclusion memory inc, uint256 paid)
    {
        inc = _prove(p);
        bool spends;
        (spends, paid) = BtcTx.scan(p.rawTx, txid, vout, script);
        if (!spends) revert NotASpend();
        if (payee != 0) {
            bytes32 outputs = keccak256(abi.encode(inc.txid, script));
            bytes32 known = _payees[msg.sender][outputs];
            if (known == 0) _payees[msg.sender][outputs] = payee;
            else if (known != payee) paid = 0;
        }
        Proven storage sums = _proven[msg.sender][inc.height / BUCKET];
        sums.spent = _deep(inc, sums.spent, worth);
    }

    /// @notice Verifies the proof of a batch of payments, and counts its value: outputs to given scripts, then the
    /// commitment to what they pay in one of OP_RETURN and 32 bytes, then anything.
    /// @param p The proof.
    /// @param scripts The keccak256 of each payment's script, in order.
    /// @param domain The domain separator of the deployment.
    /// @param rids The redemptions' ids, in the same order.
    /// @param worth Satoshi that rest on the proof.
    /// @return inc Where the transaction is.
    /// @return values The payments' amounts.
    /// @return rest The keccak256 of the script of each output after the commitment.
    function batch(Proof calldata p, bytes32[] calldata scripts, bytes32 domain, bytes32[] calldata rids, uint256 worth)
        external
        returns (Inclusion memory inc, uint256[] memory values, bytes32[] memory rest)
    {
        inc = _prove(p);
        bytes32 data;
        (values, data, rest) = BtcTx.batch(p.rawTx, scripts);
        Proven storage sums = _proven[msg.sender][inc.height / BUCKET];
        sums.paid = _deep(inc, sums.paid, worth);
        if (data != sha256(abi.encodePacked(_batchTag, _batchTag, domain, rids))) revert BadBatch();
    }

    /// @notice Reverts with BadRecord unless the best chain has another block at a height.
    /// @param blockHash The block that is said to be there no longer.
    /// @param height The height.
    /// @param chain Headers from the block that is there up to a checkpoint of the relay.
    /// @param hops How far behind the tip that checkpoint may be.
    function refute(bytes32 blockHash, uint32 height, bytes calldata chain, uint256 hops) external view {
        (bytes32 current,, uint32 its,) = relay.confirmations(chain, hops);
        if (its != height || current == blockHash) revert BadRecord();
    }

    /// @notice The value that a caller has proven in a bucket of 144 heights.
    /// @param caller The caller.
    /// @param height A height in the bucket.
    /// @return By kind of proof: funding, spend, payment.
    function proven(address caller, uint256 height) external view returns (uint64, uint64, uint64) {
        Proven storage sums = _proven[caller][height / BUCKET];
        return (sums.funded, sums.spent, sums.paid);
    }

    /// @dev Adds a value to what was proven before of its kind in the same 144 heights, and demands the depth for all of
    /// it: else one private fork of six blocks would prove any number of things.
    function _deep(Inclusion memory inc, uint64 sum, uint256 worth) private view returns (uint64) {
        worth += sum;
        uint256 need = required(worth, inc.height);
        if (inc.conf < need) revert TooShallow(need, inc.conf);
        return worth.u64();
    }

    /// @dev A transaction of 64 bytes is refused, so that an inner node cannot pose as one. The coinbase must be
    /// proven at the same depth, so that a transaction of 64 bytes cannot pose as an inner node: a coinbase
    /// begins with a version, a count and 32 zero bytes, which no hash the prover can open equals.
    function _prove(Proof calldata p) private view returns (Inclusion memory inclusion) {
        if (p.rawTx.length == 64) revert Size64();
        if (p.index == 0) revert BadMerkle();
        if (p.siblings.length != p.coinbaseSiblings.length) revert DepthMismatch();
        bytes32 root;
        (inclusion.blockHash, root, inclusion.height, inclusion.conf) = relay.confirmations(p.chain, p.hops);
        inclusion.txid = BtcTx.hash256(p.rawTx);
        if (BtcTx.merkleRoot(inclusion.txid, p.siblings, p.index) != root) revert BadMerkle();
        if (BtcTx.merkleRoot(sha256(abi.encodePacked(p.coinbaseMid)), p.coinbaseSiblings, 0) != root) revert BadMerkle();
    }

    /// @notice The subsidy of a block.
    /// @param height Its height.
    /// @return Satoshi.
    function subsidy(uint256 height) public view returns (uint256) {
        return COIN_SUBSIDY >> (height / halvingInterval);
    }

    /// @notice How many confirmations proofs need that are worth a value together: as many as make a fork that
    /// fakes them cost twice the value in subsidies forgone, and at least six.
    /// @param value Satoshi: this proof's and those of the proofs before it in the same 144 blocks.
    /// @param height The height of the block.
    /// @return The number of confirmations; the largest number there is if the subsidy is 0.
    function required(uint256 value, uint256 height) public view returns (uint256) {
        uint256 reward = subsidy(height);
        if (reward == 0) return type(uint256).max;
        uint256 need = (2 * value + reward - 1) / reward;
        return need < MIN_CONF ? MIN_CONF : need;
    }
}

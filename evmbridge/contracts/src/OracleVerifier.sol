// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bip340} from "./Bip340.sol";
import {Checked} from "./Checked.sol";
import {
    UnknownEvent,
    BadNonceList,
    BadAnnouncement,
    BadAttestation,
    AlreadyAttested,
    ValuesDiffer
} from "./Errors.sol";

/// @title Oracle events and what was attested of them
/// @notice An event is registered with the oracle's own announcement, so its nonces are the oracle's: if a
/// registrant could pick them he could forge an attestation by a k-sum search. A value is then shown by
/// one equation, sum(s_i) G = sum(R_i) + sum(e_i) P, over all digits of one oracle. Oracles are never summed.
contract OracleVerifier {
    uint256 private constant MAX_DIGITS = 32;
    uint256 private constant P = Bip340.P;
    uint256 private constant N = Bip340.N;

    /// @notice Nothing is known of the event.
    uint8 public constant UNKNOWN = 0;
    /// @notice It is announced.
    uint8 public constant REGISTERED = 1;
    /// @notice One value is attested.
    uint8 public constant ATTESTED = 2;
    /// @notice Two values are; it counts for nothing any more.
    uint8 public constant EQUIVOCATED = 3;

    struct Event {
        address nonceSum; // the address of the sum of all nonces
        uint32 value;
        uint32 maturity;
        uint8 digits;
        uint8 state;
        uint256 px;
        bytes32 nonces; // keccak256 of their x coordinates
    }

    mapping(bytes32 key => Event) private _events;
    bytes32 private immutable _announcementTag;
    bytes32 private immutable _zero;
    bytes32 private immutable _one;

    /// @notice An event is registered.
    /// @param key Its key here.
    /// @param px x coordinate of the oracle's key.
    /// @param digits The number of its digits.
    /// @param maturity Its maturity, Unix time.
    event EventRegistered(bytes32 indexed key, uint256 indexed px, uint16 digits, uint32 maturity);
    /// @notice An event is attested.
    /// @param key Its key here.
    /// @param value The value.
    event Attested(bytes32 indexed key, uint64 value);
    /// @notice An oracle attested two values of one event; whoever has both attestations has its secret key.
    /// @param key The event's key here.
    /// @param first The value shown first.
    /// @param second The other one.
    event Equivocated(bytes32 indexed key, uint64 first, uint64 second);

    constructor() {
        _announcementTag = sha256("DLC/oracle/announcement/v0");
        bytes32 tag = sha256("DLC/oracle/attestation/v0");
        _zero = sha256(abi.encodePacked(tag, tag, "0"));
        _one = sha256(abi.encodePacked(tag, tag, "1"));
    }

    /// @notice Registers an event. Registering it again changes nothing.
    /// @param px x coordinate of the oracle's key.
    /// @param eventTlv The event as announced, with its TLV header: base 2, unsigned, precision 0.
    /// @param ry y coordinates of its nonces, even, in the event's order.
    /// @param sig The announcement's signature: rx, ry (even) and s.
    /// @return key keccak256(px, sha256(eventTlv)).
    function registerEvent(uint256 px, bytes calldata eventTlv, uint256[] calldata ry, uint256[3] calldata sig)
        external
        returns (bytes32 key)
    {
        key = keccak256(abi.encodePacked(px, sha256(eventTlv)));
        if (_events[key].state != UNKNOWN) return key;
        bytes32 tag = _announcementTag;
        if (!Bip340.verifyHinted(px, sig[0], sig[1], sig[2], sha256(abi.encodePacked(tag, tag, eventTlv)))) {
            revert BadAnnouncement();
        }
        (uint256 pos, uint256 digits, uint32 maturity) = _parse(eventTlv);
        if (ry.length != digits) revert BadNonceList();
        bytes calldata rx = eventTlv[pos:pos + 32 * digits];
        _events[key] = Event({
            nonceSum: _sum(rx, ry),
            value: 0,
            maturity: maturity,
            digits: uint8(digits),
            state: REGISTERED,
            px: px,
            nonces: keccak256(rx)
        });
        emit EventRegistered(key, px, uint16(digits), maturity);
    }

    /// @notice Shows the value of an event.
    /// @param key The event.
    /// @param value The value, below 2^digits.
    /// @param sSum The sum of the signatures' scalars mod n.
    /// @param rx x coordinates of the nonces, in the event's order.
    function attest(bytes32 key, uint64 value, uint256 sSum, uint256[] calldata rx) external {
        Event storage e = _events[key];
        uint8 state = e.state;
        if (state == UNKNOWN) revert UnknownEvent();
        if (state != REGISTERED) revert AlreadyAttested();
        _check(e, value, sSum, rx);
        e.value = Checked.u32(value);
        e.state = ATTESTED;
        emit Attested(key, value);
    }

    /// @notice Shows a second value of an event, which no longer counts from then on.
    /// @param key The event.
    /// @param value2 The second value.
    /// @param sSum2 The sum of its signatures' scalars mod n.
    /// @param rx x coordinates of the nonces, in the event's order.
    function proveEquivocation(bytes32 key, uint64 value2, uint256 sSum2, uint256[] calldata rx) external {
        Event storage e = _events[key];
        if (e.state != ATTESTED) revert UnknownEvent();
        if (value2 == e.value) revert AlreadyAttested();
        _check(e, value2, sSum2, rx);
        e.state = EQUIVOCATED;
        emit Equivocated(key, e.value, value2);
    }

    /// @notice What is known of an event.
    /// @param key The event.
    /// @return state UNKNOWN, REGISTERED, ATTESTED or EQUIVOCATED.
    /// @return value The value shown first.
    /// @return digits The number of digits.
    /// @return maturity Its maturity, Unix time.
    function get(bytes32 key) external view returns (uint8 state, uint64 value, uint16 digits, uint32 maturity) {
        Event storage e = _events[key];
        return (e.state, e.value, e.digits, e.maturity);
    }

    /// @notice The oracle of an event.
    /// @param key The event.
    /// @return px x coordinate of its key, 0 if the event is unknown.
    function oracleOf(bytes32 key) external view returns (uint256 px) {
        return _events[key].px;
    }

    /// @notice The value that enough oracles attested.
    /// @param keys Events, one of each oracle; a second one of the same oracle does not count.
    /// @param threshold How many must agree.
    /// @return The first value in the list's order that so many attested; reverts with ValuesDiffer if none is.
    function agreed(bytes32[] calldata keys, uint256 threshold) external view returns (uint64) {
        uint256 n = keys.length;
        uint256[] memory oracles = new uint256[](n);
        uint64[] memory values = new uint64[](n);
        uint256[] memory votes = new uint256[](n);
        for (uint256 i; i < n; ++i) {
            Event storage e = _events[keys[i]];
            if (e.state != ATTESTED) continue;
            (oracles[i], values[i]) = (e.px, e.value);
            for (uint256 j; j < i; ++j) {
                if (oracles[j] == oracles[i]) oracles[i] = 0; // px is never 0
            }
            if (oracles[i] == 0) continue;
            for (uint256 j; j <= i; ++j) {
                if (oracles[j] != 0 && values[j] == values[i] && ++votes[j] >= threshold) return values[i];
            }
        }
        revert ValuesDiffer();
    }

    function _check(Event storage e, uint64 value, uint256 sSum, uint256[] calldata rx) private view {
        uint256 digits = e.digits;
        if (rx.length != digits || keccak256(abi.encodePacked(rx)) != e.nonces) revert BadNonceList();
        if (value >> digits != 0) revert BadAttestation();
        uint256 px = e.px;
        bytes32 zero = _zero;
        bytes32 one = _one;
        uint256 sum;
        for (uint256 i; i < digits; ++i) {
            sum = addmod(sum, Bip340.challenge(rx[i], px, (value >> (digits - 1 - i)) & 1 == 0 ? zero : one), N);
        }
        address a = Bip340.commitment(px, sSum, sum);
        if (a == address(0) || a != e.nonceSum) revert BadAttestation();
    }

    /// @dev Reads an event of the form that is settled here: tlv 55330 with the nonces, the maturity, a digit descriptor
    /// (tlv 55306: base 2, unsigned, any unit, precision 0, as many digits as nonces) and an event id. `at` is where
    /// the first nonce begins.
    function _parse(bytes calldata t) private pure returns (uint256 pos, uint256 digits, uint32 maturity) {
        uint256 end;
        (pos, end) = _record(t, 0, 0xd822);
        if (end != t.length) revert BadNonceList();
        digits = _number(t, pos, 2);
        pos += 2;
        if (digits == 0 || digits > MAX_DIGITS) revert BadNonceList();
        uint256 o = pos + 32 * digits;
        maturity = uint32(_number(t, o, 4));
        (o, end) = _record(t, o + 4, 0xd80a);
        if (_number(t, o, 3) != 0x000200) revert BadNonceList(); // base 2, unsigned
        o = _text(t, o + 3);
        if (_number(t, o, 4) != 0 || _number(t, o + 4, 2) != digits || o + 6 != end) revert BadNonceList();
        if (_text(t, end) != t.length) revert BadNonceList();
    }

    /// @dev A record of a type in its three-byte form, fd and `kind`, at o: where its value begins and ends.
    function _record(bytes calldata t, uint256 o, uint256 kind) private pure returns (uint256 start, uint256 end) {
        if (_number(t, o, 3) != 0xfd0000 | kind) revert BadNonceList();
        (end, start) = _bigSize(t, o + 3);
        end += start;
        if (end > t.length) revert BadNonceList();
    }

    function _text(bytes calldata t, uint256 o) private pure returns (uint256 end) {
        (end, o) = _bigSize(t, o);
        end += o;
        if (end > t.length) revert BadNonceList();
    }

    /// @dev A BigSize of one or three bytes, minimal; an event is at most 4,096 bytes long.
    function _bigSize(bytes calldata t, uint256 o) private pure returns (uint256 v, uint256 next) {
        v = _number(t, o, 1);
        if (v < 0xfd) return (v, o + 1);
        if (v != 0xfd) revert BadNonceList();
        v = _number(t, o + 1, 2);
        if (v < 0xfd) revert BadNonceList();
        next = o + 3;
    }

    /// @dev Big-endian number of 1 to 4 bytes.
    function _number(bytes calldata t, uint256 o, uint256 size) private pure returns (uint256 v) {
        if (o + size > t.length) revert BadNonceList();
        assembly ("memory-safe") {
            v := shr(sub(256, shl(3, size)), calldataload(add(t.offset, o)))
        }
    }

    /// @dev The address of the sum of the points with x coordinates rx and even y coordinates ry. An addition that
    /// the formulas do not cover, or a sum at infinity, reverts: an oracle meets neither by chance.
    function _sum(bytes calldata rx, uint256[] calldata ry) private view returns (address) {
        uint256 x;
        uint256 y;
        uint256 z = 1;
        for (uint256 i; i < ry.length; ++i) {
            uint256 x2 = uint256(bytes32(rx[32 * i:32 * i + 32]));
            uint256 y2 = ry[i];
            if (!Bip340.isEvenPoint(x2, y2)) revert BadNonceList();
            if (i == 0) (x, y) = (x2, y2);
            else (x, y, z) = _add(x, y, z, x2, y2);
        }
        uint256 zi = Bip340.power(z, P - 2);
        uint256 zz = mulmod(zi, zi, P);
        return Bip340.addressOf(mulmod(x, zz, P), mulmod(y, mulmod(zi, zz, P), P));
    }

    /// @dev (x, y, z) in Jacobian coordinates plus (x2, y2); neither is infinity. With equal x coordinates the sum is a
    /// double or infinity, and reverts.
    function _add(uint256 x, uint256 y, uint256 z, uint256 x2, uint256 y2)
        private
        pure
        returns (uint256 x3, uint256 y3, uint256 z3)
    {
        unchecked {
            uint256 zz = mulmod(z, z, P);
            uint256 h = addmod(mulmod(x2, zz, P), P - x, P);
            if (h == 0) revert BadNonceList();
            uint256 r = addmod(mulmod(y2, mulmod(z, zz, P), P), P - y, P);
            uint256 hh = mulmod(h, h, P);
            uint256 hhh = mulmod(h, hh, P);
            uint256 v = mulmod(x, hh, P);
            x3 = addmod(addmod(mulmod(r, r, P), P - hhh, P), P - addmod(v, v, P), P);
            y3 = addmod(mulmod(r, addmod(v, P - x3, P), P), P - mulmod(y, hhh, P), P);
            z3 = mulmod(z, h, P);
        }
    }
}

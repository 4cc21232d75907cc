// Package policy is what the owner of a node agrees to without being asked, and
// what he never agrees to: a TOML file with limits, allow-lists, bounds and
// rules, all optional.
//
// It judges offers and closes that are valid by the protocol; what is valid
// says dlc/contract. It keeps no state: how much is locked or open already is
// told by the caller.
//
// Invariant: a file with an unknown key, or a value out of range, is refused as
// a whole and changes nothing; and no rule lets through what a limit forbids.
package policy

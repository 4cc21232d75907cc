package api

import (
	"encoding/json"
	"errors"
)

// Errors that both sides know; the client's come wrapped with the oracle's address.
var (
	// ErrNotFound: the oracle has no such event, attestation, day or index; an
	// attestation may appear later.
	ErrNotFound = errors.New("the oracle has nothing of that name")
	// ErrQuery: a parameter of the request is out of range.
	ErrQuery = errors.New("request out of range")
)

// Limits of the lists in one answer.
const (
	// DefaultLimit is how many items a list has if the request does not say.
	DefaultLimit = 100
	// MaxLimit is how many it may ask for.
	MaxLimit = 1000
	// MaxLog is how many entries of a log come in one answer.
	MaxLog = 500
	// MaxBlocks is how many blocks of a series come in one answer.
	MaxBlocks = 1000
)

// Info describes an oracle.
type Info struct {
	Version string `json:"version"`
	Network string `json:"network"`
	// Key is the key that announces; Keys are all, the oldest first.
	Key  Bytes     `json:"key"`
	Keys []KeyInfo `json:"keys"`
	// Time is the oracle's clock, Unix seconds.
	Time    int64       `json:"time"`
	Chain   ChainInfo   `json:"chain"`
	Indices []IndexInfo `json:"indices"`
	// Federation is what the oracle's operator has configured, nil if nothing.
	Federation *FederationInfo `json:"federation,omitempty"`
	// Signing says whether the oracle attests now; Reasons say why not.
	Signing bool     `json:"signing"`
	Reasons []string `json:"reasons"`
	Alarms  []Alarm  `json:"alarms"`
}

// KeyInfo is one of an oracle's keys.
type KeyInfo struct {
	Key Bytes `json:"key"`
	// Announces is false of a key that was replaced and attests only what it has
	// announced.
	Announces bool `json:"announces"`
	// Mark is the key's high-water mark (attest.Mark), empty before the first
	// attestation.
	Mark Bytes `json:"mark"`
	// Successor and Endorsement are set of a key that was replaced: the new key and
	// the old one's signature on it.
	Successor   Bytes `json:"successor,omitempty"`
	Endorsement Bytes `json:"endorsement,omitempty"`
}

// ChainInfo is the tip of the oracle's node. Hash is in the order people write.
type ChainInfo struct {
	Height int32  `json:"height"`
	Hash   string `json:"hash"`
	Time   int64  `json:"time"`
}

// IndexInfo is one of the indices an oracle attests.
type IndexInfo struct {
	ID string `json:"id"`
	// Kind is "hp1" for an index computed from the chain, "reported" for one whose
	// values the operator's source reports.
	Kind string `json:"kind"`
	// ParameterHash identifies the index's definition, Parameters is the canonical
	// JSON that it hashes.
	ParameterHash Bytes           `json:"parameter_hash"`
	Parameters    json.RawMessage `json:"parameters"`
	Unit          string          `json:"unit"`
	Legs          []string        `json:"legs"`
	FirstDay      uint32          `json:"first_day"`
	DayDigits     int             `json:"day_digits"`
	CumDigits     int             `json:"cum_digits"`
	// Horizon is how many days after the last closed one are announced.
	Horizon uint32 `json:"horizon"`
	// Closed, Announced and Attested are the last days for which that is done; they
	// are FirstDay-1 before the first.
	Closed    uint32 `json:"closed_through"`
	Announced uint32 `json:"announced_through"`
	Attested  uint32 `json:"attested_through"`
}

// FederationInfo is a set of oracles and how many must agree.
type FederationInfo struct {
	Threshold int          `json:"threshold"`
	Members   []MemberInfo `json:"members"`
}

// MemberInfo is another oracle of a federation, as this one sees it.
type MemberInfo struct {
	Key Bytes  `json:"key"`
	URL string `json:"url"`
	// Seen is when it last answered, Unix seconds; 0 for never.
	Seen int64 `json:"seen"`
	// Mark is the highest mark seen of it.
	Mark Bytes `json:"mark"`
	// Error is why it is not followed, "" if it is.
	Error string `json:"error,omitempty"`
}

// Alarm is something that the oracle's operator and its readers should know.
type Alarm struct {
	// Code is one of a closed set: see the package oracle.
	Code string `json:"code"`
	// Subject is what it is about: an index, an oracle's key, or "".
	Subject string `json:"subject"`
	// Text says it to people.
	Text string `json:"text"`
	// Since is when it began, Unix seconds.
	Since int64 `json:"since"`
}

// Event is one event in the answers of /v1/event and /v1/events.
type Event struct {
	ID  string `json:"id"`
	Key Bytes  `json:"key"`
	// Maturity is in Unix seconds.
	Maturity uint32 `json:"maturity"`
	Unit     string `json:"unit"`
	Digits   int    `json:"digits"`
	// Value is what was attested, decimal, "" if nothing was.
	Value string `json:"value"`
	// Announcement and Attestation are the TLVs; a list leaves them out unless it
	// is asked for them. Attestation is empty if there is none.
	Announcement Bytes `json:"announcement,omitempty"`
	Attestation  Bytes `json:"attestation,omitempty"`
}

// Events is a page of events in the order of their ids.
type Events struct {
	Events []Event `json:"events"`
	// Next is the parameter after of the next page, "" on the last one.
	Next string `json:"next"`
}

// Day is the published record of a closed day, with the canonical JSON that
// PRODUCT.md 2.6 describes.
type Day struct {
	Day    uint32          `json:"day"`
	Record json.RawMessage `json:"record"`
}

// Days is a page of days, ascending.
type Days struct {
	Index string `json:"index"`
	Days  []Day  `json:"days"`
	// Next is the parameter from of the next page, 0 on the last one.
	Next uint32 `json:"next"`
}

// Blocks is a part of the per-block series of an index.
type Blocks struct {
	Index  string            `json:"index"`
	Blocks []json.RawMessage `json:"blocks"`
}

// Log is a part of the attestations of one key in the order in which they were made.
type Log struct {
	Key Bytes `json:"key"`
	// From is the place of the first entry, from 0.
	From    uint64     `json:"from"`
	Entries []LogEntry `json:"entries"`
	// Mark is the key's newest mark, which commits to all entries (attest.Mark);
	// empty before the first attestation.
	Mark Bytes `json:"mark"`
}

// LogEntry is one attestation of a log, with its announcement, as TLVs.
type LogEntry struct {
	Announcement Bytes `json:"announcement"`
	Attestation  Bytes `json:"attestation"`
}

// BlockAt is the block that an oracle's node has at a height; Hash is "" if the
// node's chain is not so high.
type BlockAt struct {
	Tip    ChainInfo `json:"tip"`
	Height int32     `json:"height"`
	Hash   string    `json:"hash"`
}

// Problem is the answer to a request that failed.
type Problem struct {
	// Error says why, Reason is a word for programs.
	Error  string `json:"error"`
	Reason string `json:"reason"`
}

package contract

// Kind names an event's type, for the transition table and for logs.
type Kind uint8

// The kinds, one for each event type.
const (
	KindUserOffer Kind = iota
	KindUserApprove
	KindUserWithdraw
	KindUserClose
	KindUserApproveClose
	KindUserDeclineClose
	KindPeerOffer
	KindPeerAccept
	KindPeerSign
	KindPeerFunded
	KindPeerReject
	KindPeerResume
	KindPeerCloseOffer
	KindPeerCloseAccept
	KindPeerCloseComplete
	KindOwnSignaturesReady
	KindOwnFailure
	KindPeerVerified
	KindCETReady
	KindCloseSigned
	KindCloseFailed
	KindAttestationReceived
	KindTick
	KindDisconnected
	KindRestarted
	KindBlockConnected
	KindBlockDisconnected
	KindFundingSeen
	KindInputSpent
	KindFundingSpent
	KindUnconfirmed
	KindUserRelease
	KindCETFailed
	kindCount
)

var kindNames = [kindCount]string{
	"UserOffer", "UserApprove", "UserWithdraw", "UserClose", "UserApproveClose", "UserDeclineClose",
	"PeerOffer", "PeerAccept", "PeerSign", "PeerFunded", "PeerReject", "PeerResume",
	"PeerCloseOffer", "PeerCloseAccept", "PeerCloseComplete",
	"OwnSignaturesReady", "OwnFailure", "PeerVerified", "CETReady", "CloseSigned", "CloseFailed",
	"AttestationReceived", "Tick", "Disconnected", "Restarted", "BlockConnected", "BlockDisconnected",
	"FundingSeen", "InputSpent", "FundingSpent", "Unconfirmed", "UserRelease", "CETFailed",
}

// String returns the event type's name.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "unknown"
}

// KindOf returns the kind of an event.
func KindOf(e Event) Kind {
	if e == nil {
		return kindCount
	}
	return e.kind()
}

func (UserOffer) kind() Kind           { return KindUserOffer }
func (UserApprove) kind() Kind         { return KindUserApprove }
func (UserWithdraw) kind() Kind        { return KindUserWithdraw }
func (UserClose) kind() Kind           { return KindUserClose }
func (UserApproveClose) kind() Kind    { return KindUserApproveClose }
func (UserDeclineClose) kind() Kind    { return KindUserDeclineClose }
func (PeerOffer) kind() Kind           { return KindPeerOffer }
func (PeerAccept) kind() Kind          { return KindPeerAccept }
func (PeerSign) kind() Kind            { return KindPeerSign }
func (PeerFunded) kind() Kind          { return KindPeerFunded }
func (PeerReject) kind() Kind          { return KindPeerReject }
func (PeerResume) kind() Kind          { return KindPeerResume }
func (PeerCloseOffer) kind() Kind      { return KindPeerCloseOffer }
func (PeerCloseAccept) kind() Kind     { return KindPeerCloseAccept }
func (PeerCloseComplete) kind() Kind   { return KindPeerCloseComplete }
func (OwnSignaturesReady) kind() Kind  { return KindOwnSignaturesReady }
func (OwnFailure) kind() Kind          { return KindOwnFailure }
func (PeerVerified) kind() Kind        { return KindPeerVerified }
func (CETReady) kind() Kind            { return KindCETReady }
func (CloseSigned) kind() Kind         { return KindCloseSigned }
func (CloseFailed) kind() Kind         { return KindCloseFailed }
func (AttestationReceived) kind() Kind { return KindAttestationReceived }
func (Tick) kind() Kind                { return KindTick }
func (Disconnected) kind() Kind        { return KindDisconnected }
func (Restarted) kind() Kind           { return KindRestarted }
func (BlockConnected) kind() Kind      { return KindBlockConnected }
func (BlockDisconnected) kind() Kind   { return KindBlockDisconnected }
func (FundingSeen) kind() Kind         { return KindFundingSeen }
func (InputSpent) kind() Kind          { return KindInputSpent }
func (FundingSpent) kind() Kind        { return KindFundingSpent }
func (Unconfirmed) kind() Kind         { return KindUnconfirmed }
func (UserRelease) kind() Kind         { return KindUserRelease }
func (CETFailed) kind() Kind           { return KindCETFailed }

func (e PeerAccept) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerSign) from() ([33]byte, []byte)          { return e.Peer, e.Message }
func (e PeerFunded) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerReject) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerResume) from() ([33]byte, []byte)        { return e.Peer, nil }
func (e PeerCloseOffer) from() ([33]byte, []byte)    { return e.Peer, e.Message }
func (e PeerCloseAccept) from() ([33]byte, []byte)   { return e.Peer, e.Message }
func (e PeerCloseComplete) from() ([33]byte, []byte) { return e.Peer, e.Message }

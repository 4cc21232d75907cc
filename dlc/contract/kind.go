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
	switch e.(type) {
	case UserOffer:
		return KindUserOffer
	case UserApprove:
		return KindUserApprove
	case UserWithdraw:
		return KindUserWithdraw
	case UserClose:
		return KindUserClose
	case UserApproveClose:
		return KindUserApproveClose
	case UserDeclineClose:
		return KindUserDeclineClose
	case PeerOffer:
		return KindPeerOffer
	case PeerAccept:
		return KindPeerAccept
	case PeerSign:
		return KindPeerSign
	case PeerFunded:
		return KindPeerFunded
	case PeerReject:
		return KindPeerReject
	case PeerResume:
		return KindPeerResume
	case PeerCloseOffer:
		return KindPeerCloseOffer
	case PeerCloseAccept:
		return KindPeerCloseAccept
	case PeerCloseComplete:
		return KindPeerCloseComplete
	case OwnSignaturesReady:
		return KindOwnSignaturesReady
	case OwnFailure:
		return KindOwnFailure
	case PeerVerified:
		return KindPeerVerified
	case CETReady:
		return KindCETReady
	case CloseSigned:
		return KindCloseSigned
	case CloseFailed:
		return KindCloseFailed
	case AttestationReceived:
		return KindAttestationReceived
	case Tick:
		return KindTick
	case Disconnected:
		return KindDisconnected
	case Restarted:
		return KindRestarted
	case BlockConnected:
		return KindBlockConnected
	case BlockDisconnected:
		return KindBlockDisconnected
	case FundingSeen:
		return KindFundingSeen
	case InputSpent:
		return KindInputSpent
	case FundingSpent:
		return KindFundingSpent
	case Unconfirmed:
		return KindUnconfirmed
	case UserRelease:
		return KindUserRelease
	case CETFailed:
		return KindCETFailed
	}
	return kindCount
}

func (UserOffer) isEvent()           {}
func (UserApprove) isEvent()         {}
func (UserWithdraw) isEvent()        {}
func (UserClose) isEvent()           {}
func (UserApproveClose) isEvent()    {}
func (UserDeclineClose) isEvent()    {}
func (PeerOffer) isEvent()           {}
func (PeerAccept) isEvent()          {}
func (PeerSign) isEvent()            {}
func (PeerFunded) isEvent()          {}
func (PeerReject) isEvent()          {}
func (PeerResume) isEvent()          {}
func (PeerCloseOffer) isEvent()      {}
func (PeerCloseAccept) isEvent()     {}
func (PeerCloseComplete) isEvent()   {}
func (OwnSignaturesReady) isEvent()  {}
func (OwnFailure) isEvent()          {}
func (PeerVerified) isEvent()        {}
func (CETReady) isEvent()            {}
func (CloseSigned) isEvent()         {}
func (CloseFailed) isEvent()         {}
func (AttestationReceived) isEvent() {}
func (Tick) isEvent()                {}
func (Disconnected) isEvent()        {}
func (Restarted) isEvent()           {}
func (BlockConnected) isEvent()      {}
func (BlockDisconnected) isEvent()   {}
func (FundingSeen) isEvent()         {}
func (InputSpent) isEvent()          {}
func (FundingSpent) isEvent()        {}
func (Unconfirmed) isEvent()         {}
func (UserRelease) isEvent()         {}
func (CETFailed) isEvent()           {}

func (e PeerAccept) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerSign) from() ([33]byte, []byte)          { return e.Peer, e.Message }
func (e PeerFunded) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerReject) from() ([33]byte, []byte)        { return e.Peer, e.Message }
func (e PeerResume) from() ([33]byte, []byte)        { return e.Peer, nil }
func (e PeerCloseOffer) from() ([33]byte, []byte)    { return e.Peer, e.Message }
func (e PeerCloseAccept) from() ([33]byte, []byte)   { return e.Peer, e.Message }
func (e PeerCloseComplete) from() ([33]byte, []byte) { return e.Peer, e.Message }

package contract_test

import (
	"errors"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// bridgings are the ways in which sides of a contract can pay vaults.
var bridgings = map[string][2][]byte{
	"the offerer's":  {[]byte("vault o"), nil},
	"the accepter's": {nil, []byte("vault a")},
	"both":           {[]byte("vault o"), []byte("vault a")},
}

// bridged returns two parties with an active contract of which sides pay vaults.
func bridged(t *testing.T, vaults [2][]byte) *world {
	t.Helper()
	w := newBridgedWorld(t, vaults)
	w.open()
	w.mine(3)
	w.want(contract.Active)
	return w
}

// Both parties learn from the messages which sides pay a vault, and neither
// closes by the key path: not at a price, not at the attested payout, not after a
// restart. The CET settles.
func TestAContractThatPaysAVaultSettlesByItsCETAlone(t *testing.T) {
	for name, vaults := range bridgings {
		t.Run(name, func(t *testing.T) {
			w := bridged(t, vaults)
			for _, p := range w.parties {
				deal, err := contract.DealOf(p.mem.state)
				if err != nil {
					t.Fatal(err)
				}
				for role, vault := range vaults {
					if got := deal.Vault(contract.Role(role)); string(got) != string(vault) {
						t.Errorf("%s: the vault of the %s is %q", p.name, contract.Role(role), got)
					}
				}
				p.crash()
				if !p.mem.state.Bridged {
					t.Fatalf("%s forgot that it is bridged", p.name)
				}
				if err := p.send(contract.UserClose{Clock: p.clock(), VO: 250_000, VA: 250_000, FeeRate: 3}); !errors.Is(err, contract.ErrIllegal) {
					t.Errorf("%s proposes an exit: %v", p.name, err)
				}
			}
			w.mineAt(maturity + 10)
			w.attest(9, 0)
			w.attest(9, 1)
			w.want(contract.Attested)
			w.tick(121)
			w.want(contract.Settling)
			w.mine(6)
			w.want(contract.Closed)
			for _, p := range w.parties {
				if s := p.mem.state; s.Spend.Kind != contract.SpentByCET || len(s.Claims) != 0 {
					t.Errorf("%s: spent by %v with %d claims", p.name, s.Spend.Kind, len(s.Claims))
				}
			}
		})
	}
}

// A peer that breaks the rule gets no signature: its proposal is refused as
// bad_close and opens no attempt.
func TestThePeerCannotCloseWhatPaysAVault(t *testing.T) {
	for name, vaults := range bridgings {
		for role := range 2 {
			s := bridged(t, vaults).parties[role].mem.state
			offer := wire.CloseOffer{
				ContractID: s.ContractID, Attempt: uint32(s.Role.Other()), Kind: wire.CloseExit,
				OffererValue: 250_000, AccepterValue: 250_000, FeeRate: 3,
			}
			copy(offer.PubNonce[:33], s.Peer[:])
			copy(offer.PubNonce[33:], s.Peer[:])
			next, effects, err := contract.Step(s, contract.PeerCloseOffer{Clock: s.Clock, Peer: s.Peer, Estimate: 3, Message: offer.Encode()})
			if err != nil || next.Session.Open() || len(next.Claims) != 0 || len(effects) != 1 {
				t.Fatalf("%s, as %s: %v, %v", name, s.Role, effects, err)
			}
			send, ok := effects[0].(contract.Send)
			if !ok {
				t.Fatalf("%s, as %s: %v", name, s.Role, effects)
			}
			message, err := wire.Decode(send.Data)
			reject, ok := message.(*wire.Reject)
			if err != nil || !ok || reject.Code != wire.RejectBadClose {
				t.Errorf("%s, as %s: answered %+v, %v", name, s.Role, message, err)
			}
		}
	}
}

// After the release both close as if there had never been a bridge; the release
// survives a crash, and cannot be said twice or of what is no bridge's.
func TestAReleasedContractClosesAgain(t *testing.T) {
	w := bridged(t, bridgings["both"])
	for _, p := range w.parties {
		if err := p.send(contract.UserRelease{Clock: p.clock()}); err != nil {
			t.Fatal(err)
		}
		p.crash()
		if err := p.send(contract.UserRelease{Clock: p.clock()}); !errors.Is(err, contract.ErrIllegal) {
			t.Errorf("%s: released twice: %v", p.name, err)
		}
	}
	w.settle()
	w.mineAt(maturity + 10)
	w.attest(9, 0)
	w.attest(9, 1)
	w.want(contract.Closing)
	plain := active(t).parties[0]
	if err := plain.send(contract.UserRelease{Clock: plain.clock()}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("what is no bridge's: %v", err)
	}
}

// A contract restored from its backup is as bridged as it was, and a release has
// to be said again.
func TestARestoredContractIsStillBridged(t *testing.T) {
	for name, vaults := range bridgings {
		p := bridged(t, vaults).parties[1]
		s := p.mem.state
		r, err := contract.RecoveryOf(s, p.disk.messages[s.AcceptHash], p.disk.messages[s.SignHash], nil)
		if err != nil {
			t.Fatal(err)
		}
		restored, _, err := contract.Restore(r)
		if err != nil || !restored.Bridged {
			t.Errorf("%s: restored as %v: %v", name, restored.Bridged, err)
		}
	}
}

package wire_test

import (
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

func blob(low, high int) *rapid.Generator[[]byte] { return rapid.SliceOfN(rapid.Byte(), low, high) }

func drawHash(t *rapid.T, name string) [32]byte { return [32]byte(blob(32, 32).Draw(t, name)) }

func drawSig(t *rapid.T) [64]byte { return [64]byte(blob(64, 64).Draw(t, "sig")) }

func drawNonce(t *rapid.T) [66]byte { return [66]byte(blob(66, 66).Draw(t, "pubnonce")) }

func drawAmount(t *rapid.T, name string) btcutil.Amount {
	return btcutil.Amount(rapid.Int64Range(0, 21e14).Draw(t, name))
}

// drawExtra draws unknown odd records above those that any message knows.
func drawExtra(t *rapid.T) []tlv.Record {
	var records []tlv.Record
	next := uint64(5)
	for range rapid.IntRange(0, 4).Draw(t, "records") {
		next += 2 * rapid.Uint64Range(1, 1<<40).Draw(t, "step")
		records = append(records, tlv.Record{Type: next, Value: blob(0, 20).Draw(t, "value")})
	}
	return records
}

// drawVault draws the record of a vault, or none.
func drawVault(t *rapid.T) []byte {
	if rapid.Bool().Draw(t, "bridged") {
		return blob(1, 600).Draw(t, "vault")
	}
	return nil
}

func drawList(t *rapid.T) []byte { return list(rapid.IntRange(0, 40).Draw(t, "signatures")) }

func drawWitness(t *rapid.T) [][]byte {
	return rapid.SliceOfN(blob(0, 80), 0, wire.MaxWitnessItems).Draw(t, "witness")
}

func drawWitnesses(t *rapid.T) [][][]byte {
	stacks := [][][]byte{}
	for range rapid.IntRange(0, wire.MaxInputs).Draw(t, "stacks") {
		stacks = append(stacks, drawWitness(t))
	}
	return stacks
}

func drawParty(t *rapid.T) wire.Party {
	p := wire.Party{
		KeyID: [16]byte(blob(16, 16).Draw(t, "key_id")), Internal: [33]byte(blob(33, 33).Draw(t, "I")), Contract: [33]byte(blob(33, 33).Draw(t, "C")),
		Collateral: drawAmount(t, "collateral"), Payout: blob(0, 40).Draw(t, "payout"), PayoutSerial: rapid.Uint64().Draw(t, "payout_serial"),
		Change: blob(0, 40).Draw(t, "change"), ChangeSerial: rapid.Uint64().Draw(t, "change_serial"), Inputs: []wire.Input{},
	}
	for range rapid.IntRange(0, wire.MaxInputs).Draw(t, "inputs") {
		p.Inputs = append(p.Inputs, wire.Input{
			Serial: rapid.Uint64().Draw(t, "serial"), PrevTx: blob(0, 300).Draw(t, "prevtx"), Vout: rapid.Uint32().Draw(t, "vout"),
		})
	}
	return p
}

func drawOffer(t *rapid.T) *wire.Offer {
	m := &wire.Offer{
		TempID: drawHash(t, "temp_id"), Terms: blob(0, 300).Draw(t, "terms"), Announcements: [][]byte{}, InfoHash: drawHash(t, "info_hash"), Party: drawParty(t),
		FundSerial: rapid.Uint64().Draw(t, "fund_serial"), FundFeeRate: rapid.Uint32().Draw(t, "fund_feerate"), CETFeeRate: rapid.Uint32().Draw(t, "cet_feerate"),
		CETLocktime: rapid.Uint32().Draw(t, "cet_locktime"), RefundLocktime: rapid.Uint32().Draw(t, "refund_locktime"), Expiry: rapid.Uint32().Draw(t, "expiry"),
		QuoteID: drawHash(t, "quote_id"), Extra: drawExtra(t),
	}
	for range rapid.IntRange(0, wire.MaxOracles).Draw(t, "announcements") {
		m.Announcements = append(m.Announcements, announcement(rapid.IntRange(0, 4_090).Draw(t, "bytes")))
	}
	m.Vault = drawVault(t)
	if rapid.Bool().Draw(t, "taken") {
		m.Take = &wire.Take{Order: blob(0, 200).Draw(t, "order"), Take: blob(0, 200).Draw(t, "take")}
	}
	return m
}

func drawOrders(t *rapid.T) *wire.Orders {
	m := &wire.Orders{RequestID: drawHash(t, "request_id"), Orders: rapid.SliceOfN(blob(0, 100), 0, 20).Draw(t, "orders"), Extra: drawExtra(t)}
	if rapid.Bool().Draw(t, "remaining") {
		m.Remaining = rapid.SliceOfN(rapid.Uint32(), len(m.Orders), len(m.Orders)).Draw(t, "left")
	}
	return m
}

func drawHello(t *rapid.T) *wire.Hello {
	m := &wire.Hello{Chain: drawHash(t, "chain"), Schemes: blob(0, 255).Draw(t, "schemes"), MaxList: rapid.Uint32().Draw(t, "max_list"), Indexes: []wire.IndexParameters{}, Extra: drawExtra(t)}
	for _, id := range rapid.SliceOfNDistinct(rapid.StringN(0, 32, 255), 0, 20, rapid.ID).Draw(t, "ids") {
		m.Indexes = append(m.Indexes, wire.IndexParameters{ID: id, Parameters: drawHash(t, "parameters")})
	}
	return m
}

func drawCloseAccept(t *rapid.T) *wire.CloseAccept {
	m := &wire.CloseAccept{ContractID: drawHash(t, "contract_id"), Attempt: rapid.Uint32().Draw(t, "attempt"), PubNonce: drawNonce(t), Partial: drawHash(t, "partial"), Extra: drawExtra(t)}
	if rapid.Bool().Draw(t, "cancel") {
		m.Cancel = &wire.CancelInput{PrevTx: blob(0, 200).Draw(t, "prevtx"), Vout: rapid.Uint32().Draw(t, "vout"), Change: blob(0, 40).Draw(t, "change"), Witness: drawWitness(t)}
	}
	return m
}

func drawRecord(t *rapid.T) *wire.Record {
	parts := [][]byte{drawOffer(t).Encode(), (&wire.Accept{List: drawList(t)}).Encode(), (&wire.Sign{List: drawList(t)}).Encode()}
	for i := rapid.IntRange(0, 3).Draw(t, "parts"); i < 3; i++ {
		parts[i] = []byte{}
	}
	return &wire.Record{Offer: parts[0], Accept: parts[1], Sign: parts[2], Extra: drawExtra(t)}
}

var generators = map[wire.Type]func(*rapid.T) wire.Message{
	wire.TypeHello: func(t *rapid.T) wire.Message { return drawHello(t) },
	wire.TypePing: func(t *rapid.T) wire.Message {
		return &wire.Ping{Data: [8]byte(blob(8, 8).Draw(t, "data")), Extra: drawExtra(t)}
	},
	wire.TypePong: func(t *rapid.T) wire.Message {
		return &wire.Pong{Data: [8]byte(blob(8, 8).Draw(t, "data")), Extra: drawExtra(t)}
	},
	wire.TypeSegmentStart: func(t *rapid.T) wire.Message {
		return &wire.SegmentStart{Total: rapid.Uint32().Draw(t, "total"), Data: blob(0, 100).Draw(t, "data")}
	},
	wire.TypeSegmentChunk: func(t *rapid.T) wire.Message { return &wire.SegmentChunk{Data: blob(0, 100).Draw(t, "data")} },
	wire.TypeOrdersRequest: func(t *rapid.T) wire.Message {
		return &wire.OrdersRequest{
			RequestID: drawHash(t, "request_id"), Product: payout.Instrument(rapid.Uint8Range(0, 6).Draw(t, "product")),
			Index: rapid.SampledFrom([]string{"", "hp1/tot", "é/本"}).Draw(t, "index"), Side: order.Side(rapid.Uint8Range(0, 2).Draw(t, "side")),
			Limit: rapid.Uint16().Draw(t, "limit"), After: drawHash(t, "after"), Extra: drawExtra(t),
		}
	},
	wire.TypeOrders: func(t *rapid.T) wire.Message { return drawOrders(t) },
	wire.TypeOffer:  func(t *rapid.T) wire.Message { return drawOffer(t) },
	wire.TypeAccept: func(t *rapid.T) wire.Message {
		return &wire.Accept{TempID: drawHash(t, "temp_id"), OfferHash: drawHash(t, "offer_hash"), Party: drawParty(t), Refund: drawSig(t), List: drawList(t), Vault: drawVault(t), Extra: drawExtra(t)}
	},
	wire.TypeSign: func(t *rapid.T) wire.Message {
		return &wire.Sign{ContractID: drawHash(t, "contract_id"), AcceptHash: drawHash(t, "accept_hash"), Refund: drawSig(t), List: drawList(t), Witnesses: drawWitnesses(t), Extra: drawExtra(t)}
	},
	wire.TypeFunded: func(t *rapid.T) wire.Message {
		return &wire.Funded{ContractID: drawHash(t, "contract_id"), SignHash: drawHash(t, "sign_hash"), Witnesses: drawWitnesses(t), Extra: drawExtra(t)}
	},
	wire.TypeReject: func(t *rapid.T) wire.Message {
		return &wire.Reject{
			ID: drawHash(t, "id"), Refused: wire.Type(rapid.Uint16().Draw(t, "type")), Code: wire.RejectCode(rapid.Uint16Range(1, 30).Draw(t, "code")),
			Detail: blob(0, 255).Draw(t, "detail"), Extra: drawExtra(t),
		}
	},
	wire.TypeCloseOffer: func(t *rapid.T) wire.Message {
		return &wire.CloseOffer{
			ContractID: drawHash(t, "contract_id"), Attempt: rapid.Uint32().Draw(t, "attempt"), Kind: wire.CloseKind(rapid.Uint8Range(0, 1).Draw(t, "kind")),
			OffererValue: drawAmount(t, "v_o"), AccepterValue: drawAmount(t, "v_a"), FeeRate: rapid.Uint32().Draw(t, "feerate"), PubNonce: drawNonce(t), Extra: drawExtra(t),
		}
	},
	wire.TypeCloseAccept: func(t *rapid.T) wire.Message { return drawCloseAccept(t) },
	wire.TypeCloseComplete: func(t *rapid.T) wire.Message {
		return &wire.CloseComplete{ContractID: drawHash(t, "contract_id"), Attempt: rapid.Uint32().Draw(t, "attempt"), Signature: drawSig(t), Extra: drawExtra(t)}
	},
	wire.TypeResume: func(t *rapid.T) wire.Message {
		m := &wire.Resume{Contracts: []wire.ResumeEntry{}, Extra: drawExtra(t)}
		for range rapid.IntRange(0, 30).Draw(t, "contracts") {
			m.Contracts = append(m.Contracts, wire.ResumeEntry{TempID: drawHash(t, "temp_id"), Have: wire.Have(rapid.Uint8Range(0, 15).Draw(t, "have"))})
		}
		return m
	},
	wire.TypeRecover: func(t *rapid.T) wire.Message { return &wire.Recover{Extra: drawExtra(t)} },
	wire.TypeRecord:  func(t *rapid.T) wire.Message { return drawRecord(t) },
	wire.TypeEvidence: func(t *rapid.T) wire.Message {
		return &wire.Evidence{Proof: blob(0, 300).Draw(t, "proof"), Extra: drawExtra(t)}
	},
	wire.TypeOrderCancel: func(t *rapid.T) wire.Message {
		return &wire.OrderCancel{Cancel: blob(0, 300).Draw(t, "cancel"), Extra: drawExtra(t)}
	},
	wire.TypeRFQ: func(t *rapid.T) wire.Message {
		return &wire.RFQ{Request: blob(0, 300).Draw(t, "rfq"), Extra: drawExtra(t)}
	},
	50_001: func(t *rapid.T) wire.Message { return &wire.Unknown{Kind: 50_001, Body: blob(0, 100).Draw(t, "body")} },
}

func TestDecodeAfterEncodeIsTheIdentity(t *testing.T) {
	for kind, draw := range generators {
		t.Run(kind.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := draw(t)
				require.Equal(t, kind, m.Type())
				encoded := m.Encode()
				back, err := wire.Decode(encoded)
				require.NoError(t, err)
				require.Equal(t, m, back)
				require.Equal(t, encoded, back.Encode())
			})
		})
	}
}

func TestEveryTypeHasAGeneratorAndASample(t *testing.T) {
	sampled := map[wire.Type]bool{}
	for _, m := range samples() {
		sampled[m.Type()] = true
	}
	known := 0
	for n := range 1 << 16 {
		kind := wire.Type(n)
		if !kind.Known() {
			continue
		}
		known++
		require.True(t, sampled[kind], kind.String())
		require.Contains(t, generators, kind)
		require.Equal(t, uint16(1), uint16(kind)%2, "types are odd")
	}
	require.Equal(t, 21, known)
}

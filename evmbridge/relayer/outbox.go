package relayer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/internal/records"
)

// Prefixes of the keys.
const (
	prefixCall  = "call/"  // id -> to ‖ data
	prefixNonce = "nonce/" // nonce -> id
	prefixTx    = "tx/"    // nonce ‖ attempt -> signed transaction
	prefixDone  = "done/"  // id -> how it ended: 0, 1 or 2, as a CallState
)

// CallState is what became of a call.
type CallState uint8

// The states of a call. The first three are written to disk by their numbers.
const (
	// Refused: it is in a finalized block, and the contract refused it.
	Refused CallState = iota
	// Accepted: it is in a finalized block, and had its effect.
	Accepted
	// Withdrawn: it was given up before anything of it was sent.
	Withdrawn
	// Waiting: nothing of it was sent.
	Waiting
	// Sent: a transaction carries it.
	Sent
	// Absent: there is no such call.
	Absent
)

// String returns the state's name in lower case.
func (s CallState) String() string {
	names := []string{"refused", "accepted", "withdrawn", "waiting", "sent", "absent"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// Call is something to be done, and how far it is.
type Call struct {
	ID    string
	To    common.Address
	State CallState
	// Tx is the last transaction that carries it, zero if there is none on disk.
	Tx common.Hash

	data []byte
}

// ErrOutbox means that a record of the outbox cannot be read.
var ErrOutbox = errors.New("outbox record cannot be read")

// call is something to be done on the EVM chain.
type call struct {
	id   string
	to   common.Address
	data []byte
}

// attempt is a signed transaction.
type attempt struct {
	nonce  uint64
	number uint64
	tx     *types.Transaction
}

// Outbox is what the relayer has promised itself to do, on disk. Its methods are safe
// for concurrent use; Open makes one.
type Outbox struct{ db *records.DB }

// Open opens or creates an outbox in dir, sealed with key. It fails as records.Open
// does.
func Open(dir string, key [32]byte) (*Outbox, error) {
	db, err := records.Open(records.Options{Dir: dir, Key: key})
	if err != nil {
		return nil, fmt.Errorf("outbox %w", err)
	}
	return &Outbox{db: db}, nil
}

// Close syncs and closes the outbox.
func (o *Outbox) Close() error { return o.db.Close() }

// Enqueue adds a call under an id of the caller's. The same id again with the same
// call does nothing; with another one it is records.ErrImmutable.
func (o *Outbox) Enqueue(id string, to common.Address, data []byte) error {
	err := o.db.Update(func(t *records.Txn) error {
		return t.PutOnce(records.Key(prefixCall, []byte(id)), append(to.Bytes(), data...))
	})
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", id, err)
	}
	return nil
}

// Withdraw gives a call up of which nothing was sent, and reports whether it did.
func (o *Outbox) Withdraw(id string) (done bool, err error) {
	err = o.db.Update(func(t *records.Txn) error {
		c, err := read(t, id)
		if err != nil || c.State != Waiting {
			return err
		}
		done = true
		return t.PutOnce(records.Key(prefixDone, []byte(id)), []byte{byte(Withdrawn)})
	})
	if err != nil {
		return false, fmt.Errorf("withdraw %s: %w", id, err)
	}
	return done, nil
}

// Lookup returns a call; its state is Absent if there is none of that id.
func (o *Outbox) Lookup(id string) (c Call, err error) {
	err = o.db.View(func(t *records.Txn) error {
		c, err = read(t, id)
		return err
	})
	return c, err
}

// Calls returns the calls whose ids begin with a prefix, by their ids; without all, only
// those that wait or are sent.
func (o *Outbox) Calls(prefix string, all bool) (calls []Call, err error) {
	err = o.db.View(func(t *records.Txn) error {
		calls = nil
		var ids []string
		if err := t.Scan([]byte(prefixCall+prefix), nil, func(rest, _ []byte) error {
			ids = append(ids, prefix+string(rest))
			return nil
		}); err != nil {
			return err
		}
		for _, id := range ids {
			c, err := read(t, id)
			if err != nil {
				return err
			}
			if all || c.State == Waiting || c.State == Sent {
				calls = append(calls, c)
			}
		}
		return nil
	})
	return calls, err
}

// read returns a call as it is on disk.
func read(t *records.Txn, id string) (Call, error) {
	c := Call{ID: id, State: Absent}
	raw, err := t.Get(records.Key(prefixCall, []byte(id)))
	if errors.Is(err, records.ErrNotFound) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if len(raw) < common.AddressLength {
		return c, fmt.Errorf("call %s: %w", id, ErrOutbox)
	}
	c.To, c.data = common.BytesToAddress(raw[:common.AddressLength]), raw[common.AddressLength:]
	mark, err := t.Get(records.Key(prefixDone, []byte(id)))
	if err == nil && len(mark) == 1 && mark[0] <= byte(Withdrawn) {
		c.State = CallState(mark[0])
		return c, nil
	}
	if !errors.Is(err, records.ErrNotFound) {
		return c, errors.Join(ErrOutbox, err)
	}
	c.State = Waiting
	return c, t.Scan([]byte(prefixNonce), nil, func(nonce, owner []byte) error {
		if string(owner) != id {
			return nil
		}
		c.State = Sent
		return t.Scan(records.Key(prefixTx, nonce), nil, func(_, raw []byte) error {
			var tx types.Transaction
			if err := tx.UnmarshalBinary(raw); err != nil {
				return fmt.Errorf("transaction of %s: %w", id, ErrOutbox)
			}
			c.Tx = tx.Hash()
			return nil
		})
	})
}

// Done reports how a call ended: known once it is final, ok if the contract accepted it.
func (o *Outbox) Done(id string) (ok, known bool, err error) {
	err = o.db.View(func(t *records.Txn) error {
		raw, err := t.Get(records.Key(prefixDone, []byte(id)))
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		known, ok = err == nil, len(raw) == 1 && raw[0] == byte(Accepted)
		return err
	})
	return ok, known, err
}

// waiting returns the calls that are not done, in the order of their ids, and the
// transactions of those that have a nonce, by ascending attempt.
func (o *Outbox) waiting() (calls []call, nonces map[string]uint64, attempts map[uint64][]attempt, err error) {
	nonces, attempts = map[string]uint64{}, map[uint64][]attempt{}
	err = o.db.View(func(t *records.Txn) error {
		calls = nil
		if err := t.Scan([]byte(prefixCall), nil, func(id, value []byte) error {
			if len(value) < common.AddressLength {
				return fmt.Errorf("call %s: %w", id, ErrOutbox)
			}
			if _, err := t.Get(records.Key(prefixDone, id)); err == nil || !errors.Is(err, records.ErrNotFound) {
				return err
			}
			calls = append(calls, call{
				id: string(id), to: common.BytesToAddress(value[:common.AddressLength]),
				data: append([]byte{}, value[common.AddressLength:]...),
			})
			return nil
		}); err != nil {
			return err
		}
		if err := t.Scan([]byte(prefixNonce), nil, func(nonce, id []byte) error {
			nonces[string(id)] = binary.BigEndian.Uint64(nonce)
			return nil
		}); err != nil {
			return err
		}
		return t.Scan([]byte(prefixTx), nil, func(key, raw []byte) error {
			var tx types.Transaction
			const size = 16
			if len(key) != size || tx.UnmarshalBinary(raw) != nil {
				return fmt.Errorf("transaction %x: %w", key, ErrOutbox)
			}
			a := attempt{nonce: binary.BigEndian.Uint64(key), number: binary.BigEndian.Uint64(key[8:]), tx: &tx}
			attempts[a.nonce] = append(attempts[a.nonce], a)
			return nil
		})
	})
	return calls, nonces, attempts, err
}

// record stores a signed transaction of a call, and with the first one that its nonce
// is taken.
func (o *Outbox) record(id string, a attempt) error {
	raw, err := a.tx.MarshalBinary()
	if err != nil {
		return fmt.Errorf("encode transaction: %w", err)
	}
	err = o.db.Update(func(t *records.Txn) error {
		if err := t.PutOnce(records.Key(prefixNonce, records.Number(a.nonce)), []byte(id)); err != nil {
			return err
		}
		return t.PutOnce(records.Key(prefixTx, records.Number(a.nonce), records.Number(a.number)), raw)
	})
	if err != nil {
		return fmt.Errorf("record transaction of %s: %w", id, err)
	}
	return nil
}

// finish notes that a call is final, and forgets its transactions. Its nonce stays
// taken.
func (o *Outbox) finish(id string, attempts []attempt, ok bool) error {
	err := o.db.Update(func(t *records.Txn) error {
		mark := []byte{byte(Refused)}
		if ok {
			mark[0] = byte(Accepted)
		}
		if err := t.PutOnce(records.Key(prefixDone, []byte(id)), mark); err != nil {
			return err
		}
		for _, a := range attempts {
			if err := t.Delete(records.Key(prefixTx, records.Number(a.nonce), records.Number(a.number))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish %s: %w", id, err)
	}
	return nil
}

// nextNonce returns the nonce after the last one taken, and at least least.
func (o *Outbox) nextNonce(least uint64) (next uint64, err error) {
	err = o.db.View(func(t *records.Txn) error {
		last, err := t.Last([]byte(prefixNonce))
		if errors.Is(err, records.ErrNotFound) {
			next = least
			return nil
		}
		if err != nil {
			return err
		}
		next = max(binary.BigEndian.Uint64(last)+1, least)
		return nil
	})
	return next, err
}

// Fees are what a transaction offers, in wei per gas.
type Fees struct{ Cap, Tip *big.Int }

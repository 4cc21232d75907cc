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
	prefixDone  = "done/"  // id -> 1 if it succeeded, 0 if the contract refused it
)

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

// Done reports how a call ended: known once it is final, ok if the contract accepted it.
func (o *Outbox) Done(id string) (ok, known bool, err error) {
	err = o.db.View(func(t *records.Txn) error {
		raw, err := t.Get(records.Key(prefixDone, []byte(id)))
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		known, ok = err == nil, len(raw) == 1 && raw[0] == 1
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
		mark := []byte{0}
		if ok {
			mark[0] = 1
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

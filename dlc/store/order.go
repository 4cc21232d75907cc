package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/records"
)

// Order is an own order of the book.
type Order struct {
	// ID is the order's id; Record its signed bytes.
	ID     [32]byte `json:"id"`
	Record []byte   `json:"record"`
	// Nonce is that of the record.
	Nonce uint64 `json:"nonce"`
	// Size is h_max and Remaining what is left of it, TH/s.
	Size      uint32 `json:"size"`
	Remaining uint32 `json:"remaining"`
	// Cancelled: no take is accepted any more.
	Cancelled bool `json:"cancelled"`
}

// take is a used take: it stays used when its size is given back.
type take struct {
	Contract  [32]byte `json:"contract"`
	Size      uint32   `json:"size"`
	GivenBack bool     `json:"given_back"`
}

// PutOrder keeps a new own order with all of its size left. The same record
// again changes nothing; another one under the id is ErrImmutable.
func (s *Store) PutOrder(id [32]byte, record []byte, nonce uint64, size uint32) error {
	err := s.db.Update(func(txn *records.Txn) error {
		old, err := getOrder(txn, id)
		switch {
		case errors.Is(err, ErrNotFound):
			return putJSON(txn, join(prefixOrder, id[:]), Order{ID: id, Record: record, Nonce: nonce, Size: size, Remaining: size})
		case err != nil:
			return err
		case string(old.Record) != string(record):
			return ErrImmutable
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("put order %x: %w", id[:4], err)
	}
	return nil
}

// Order returns an own order; ErrNotFound.
func (s *Store) Order(id [32]byte) (Order, error) {
	var o Order
	err := s.db.View(func(txn *records.Txn) (err error) {
		o, err = getOrder(txn, id)
		return err
	})
	if err != nil {
		return o, fmt.Errorf("order %x: %w", id[:4], err)
	}
	return o, nil
}

// Remaining returns what a take of an order may still have, TH/s: 0 if there
// is no such order, it is cancelled, or the take is used.
func (s *Store) Remaining(orderID, takeID [32]byte) (uint32, error) {
	var left uint32
	err := s.db.View(func(txn *records.Txn) error {
		o, err := getOrder(txn, orderID)
		if err != nil || o.Cancelled {
			return err
		}
		_, err = txn.Get(join(prefixTake, orderID[:], takeID[:]))
		if errors.Is(err, ErrNotFound) {
			left = o.Remaining
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, fmt.Errorf("order %x: %w", orderID[:4], err)
	}
	return left, nil
}

// Orders calls f for every own order, in the order of ids; f must not write to
// the store.
func (s *Store) Orders(f func(Order) error) error {
	return s.db.View(func(txn *records.Txn) error {
		return txn.Scan(join(prefixOrder), nil, func(_, raw []byte) error {
			var o Order
			if err := json.Unmarshal(raw, &o); err != nil {
				return fmt.Errorf("%w: order: %w", ErrCorrupt, err)
			}
			return f(o)
		})
	})
}

// CancelOrders cancels the orders with the given ids and all with a nonce
// below belowNonce, and returns how many that were. An unknown id is no error.
func (s *Store) CancelOrders(ids [][32]byte, belowNonce uint64) (int, error) {
	var cancelled int
	err := s.db.Update(func(txn *records.Txn) error {
		var hit []Order
		err := txn.Scan(join(prefixOrder), nil, func(_, raw []byte) error {
			var o Order
			if err := json.Unmarshal(raw, &o); err != nil {
				return fmt.Errorf("%w: order: %w", ErrCorrupt, err)
			}
			listed := o.Nonce < belowNonce
			for _, id := range ids {
				listed = listed || id == o.ID
			}
			if listed && !o.Cancelled {
				hit = append(hit, o)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, o := range hit {
			o.Cancelled = true
			if err := putJSON(txn, join(prefixOrder, o.ID[:]), o); err != nil {
				return err
			}
		}
		cancelled = len(hit)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("cancel orders: %w", err)
	}
	return cancelled, nil
}

// DropOrder deletes an own order of which nothing was ever taken, so that
// quotes which nobody took do not stay for ever; an unknown id is no error. It
// is ErrImmutable if there was a take, which must be found again when its
// contract gives the size back.
func (s *Store) DropOrder(id [32]byte) error {
	err := s.db.Finish(func(txn *records.Txn) error {
		var taken bool
		err := txn.Scan(join(prefixTake, id[:]), nil, func(_, _ []byte) error {
			taken = true
			return nil
		})
		if err != nil {
			return err
		}
		if taken {
			return ErrImmutable
		}
		return txn.Delete(join(prefixOrder, id[:]))
	})
	if err != nil {
		return fmt.Errorf("drop order %x: %w", id[:4], err)
	}
	return nil
}

// takeOrder lowers what is left and uses up the take, in the transaction that
// stores the accept.
func takeOrder(txn *records.Txn, key [32]byte, e contract.TakeOrder) error {
	o, err := getOrder(txn, e.OrderID)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%w: no such order", ErrUnavailable)
	}
	if err != nil {
		return err
	}
	at := join(prefixTake, e.OrderID[:], e.TakeID[:])
	switch _, err := txn.Get(at); {
	case err == nil:
		return fmt.Errorf("%w: the take is used", ErrUnavailable)
	case !errors.Is(err, ErrNotFound):
		return err
	case o.Cancelled:
		return fmt.Errorf("%w: cancelled", ErrUnavailable)
	case e.Size == 0 || e.Size > o.Remaining:
		return fmt.Errorf("%w: %d of %d TH/s left", ErrUnavailable, e.Size, o.Remaining)
	}
	o.Remaining -= e.Size
	if err := putJSON(txn, at, take{Contract: key, Size: e.Size}); err != nil {
		return err
	}
	return putJSON(txn, join(prefixOrder, o.ID[:]), o)
}

// giveBack undoes takeOrder's size once. The take stays used, so that its
// replay finds nothing.
func giveBack(txn *records.Txn, e contract.GiveBack) error {
	at := join(prefixTake, e.OrderID[:], e.TakeID[:])
	raw, err := txn.Get(at)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var t take
	if err := json.Unmarshal(raw, &t); err != nil {
		return fmt.Errorf("%w: take: %w", ErrCorrupt, err)
	}
	if t.GivenBack {
		return nil
	}
	t.GivenBack = true
	o, err := getOrder(txn, e.OrderID)
	if err != nil {
		return err
	}
	o.Remaining += t.Size
	if err := putJSON(txn, at, t); err != nil {
		return err
	}
	return putJSON(txn, join(prefixOrder, o.ID[:]), o)
}

func getOrder(txn *records.Txn, id [32]byte) (Order, error) {
	var o Order
	raw, err := txn.Get(join(prefixOrder, id[:]))
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return o, fmt.Errorf("%w: order: %w", ErrCorrupt, err)
	}
	return o, nil
}

func putJSON(txn *records.Txn, key []byte, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return txn.Put(key, raw)
}

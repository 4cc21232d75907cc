package operator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/records"
)

// Prefixes of the keys.
const (
	prefixPackage = "package/" // lot id -> pre-signed contract
	prefixBatch   = "batch/"   // txid -> payment
	prefixSigned  = "signed/"  // txid -> ids of the redemptions that it pays
)

// Store is an operator's memory of the contracts that it attested and the payments that
// it signed. Its methods are safe for concurrent use; Open makes one.
type Store struct {
	db *records.DB
	// reserving is held while a payment is judged by those before it and kept.
	reserving sync.Mutex
	// reserved counts, by txid, the reservations of this run that were not withdrawn.
	reserved map[chainhash.Hash]int
}

// Open opens or creates a store in dir, sealed with key. It fails as records.Open does.
func Open(dir string, key [32]byte) (*Store, error) {
	db, err := records.Open(records.Options{Dir: dir, Key: key})
	if err != nil {
		return nil, fmt.Errorf("operator %w", err)
	}
	return &Store{db: db, reserved: make(map[chainhash.Hash]int)}, nil
}

// Close syncs and closes the store.
func (s *Store) Close() error { return s.db.Close() }

// PutPackage keeps a lot's pre-signed contract. Another one of the same lot is
// records.ErrImmutable; they differ in nothing that matters.
func (s *Store) PutPackage(lot [32]byte, pkg []byte) error {
	err := s.db.Update(func(t *records.Txn) error {
		if _, err := t.Get(records.Key(prefixPackage, lot[:])); !errors.Is(err, records.ErrNotFound) {
			return err
		}
		return t.PutOnce(records.Key(prefixPackage, lot[:]), pkg)
	})
	if err != nil {
		return fmt.Errorf("keep contract of lot %x: %w", lot, err)
	}
	return nil
}

// Package returns a lot's pre-signed contract, or records.ErrNotFound.
func (s *Store) Package(lot [32]byte) (pkg []byte, err error) {
	err = s.db.View(func(t *records.Txn) error {
		pkg, err = t.Get(records.Key(prefixPackage, lot[:]))
		return err
	})
	return pkg, err
}

// Lots returns the lots whose contracts are kept.
func (s *Store) Lots() (lots [][32]byte, err error) {
	err = s.db.View(func(t *records.Txn) error {
		lots = nil
		return t.Scan([]byte(prefixPackage), nil, func(id, _ []byte) error {
			lots = append(lots, [32]byte(id))
			return nil
		})
	})
	return lots, err
}

// Payment is a batch that this operator signed.
type Payment struct {
	// Tx is without witness unless Complete.
	Tx       *wire.MsgTx
	Complete bool
	// Redemptions in the order of the outputs, Coins in that of the inputs.
	Redemptions []spv.Redemption
	Coins       []PaymentCoin
	// Height is Bitcoin's when it was signed, Rate its fee rate.
	Height uint32
	Rate   vault.FeeRate
}

// PaymentCoin is an input of a payment.
type PaymentCoin struct {
	Value int64
	Salt  [32]byte
}

type storedPayment struct {
	Tx          []byte
	Complete    bool
	Redemptions [][]byte
	Values      []int64
	Salts       [][]byte
	Height      uint32
	Rate        uint64
}

// Reserve keeps a payment that is about to be signed, if judge does not object to it
// by those that are kept; nothing is kept between. Who then does not let a signature
// leave withdraws it. What another one has signed, in this run or before, stays.
func (s *Store) Reserve(p Payment, judge func(before []Payment) error) (withdraw func() error, err error) {
	s.reserving.Lock()
	defer s.reserving.Unlock()
	before, err := s.Payments()
	if err != nil {
		return nil, err
	}
	if err := judge(before); err != nil {
		return nil, err
	}
	txid := p.Tx.TxHash()
	_, kept, err := s.Batch(txid)
	if err != nil {
		return nil, err
	}
	if err := s.PutPayment(p); err != nil {
		return nil, err
	}
	if kept && s.reserved[txid] == 0 {
		s.reserved[txid]++ // of an earlier run
	}
	s.reserved[txid]++
	return func() error {
		s.reserving.Lock()
		defer s.reserving.Unlock()
		if s.reserved[txid]--; s.reserved[txid] > 0 {
			return nil
		}
		return s.db.Update(func(t *records.Txn) error {
			return errors.Join(t.Delete(records.Key(prefixBatch, txid[:])), t.Delete(records.Key(prefixSigned, txid[:])))
		})
	}, nil
}

// Free calls unbind for each of some redemptions that no payment that is kept pays. Whoever
// binds one has reserved a payment of it before, so none loses what it relies on.
func (s *Store) Free(rids [][32]byte, unbind func(rid [32]byte) error) error {
	s.reserving.Lock()
	defer s.reserving.Unlock()
	kept, err := s.Payments()
	if err != nil {
		return err
	}
	relied := map[[32]byte]bool{}
	for _, p := range kept {
		for _, r := range p.Redemptions {
			relied[r.RID()] = true
		}
	}
	var problems []error
	for _, rid := range rids {
		if !relied[rid] {
			problems = append(problems, unbind(rid))
		}
	}
	return errors.Join(problems...)
}

// PutPayment keeps a payment. A complete one is not replaced by one that is not.
func (s *Store) PutPayment(p Payment) error {
	var raw bytes.Buffer
	if err := p.Tx.Serialize(&raw); err != nil {
		return fmt.Errorf("serialise payment: %w", err)
	}
	kept := storedPayment{Tx: raw.Bytes(), Complete: p.Complete, Height: p.Height, Rate: uint64(p.Rate)}
	var rids []byte
	for _, r := range p.Redemptions {
		rid := r.RID()
		kept.Redemptions, rids = append(kept.Redemptions, r.Encode()), append(rids, rid[:]...)
	}
	for _, c := range p.Coins {
		kept.Values, kept.Salts = append(kept.Values, c.Value), append(kept.Salts, c.Salt[:])
	}
	value, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("encode payment: %w", err)
	}
	txid := p.Tx.TxHash()
	key := records.Key(prefixBatch, txid[:])
	err = s.db.Update(func(t *records.Txn) error {
		before, err := t.Get(key)
		if err == nil {
			old, err := decodePayment(before)
			if err != nil || old.Complete {
				return err
			}
			if !p.Complete {
				return nil // signed again: its height stays
			}
		} else if !errors.Is(err, records.ErrNotFound) {
			return err
		}
		return errors.Join(t.Put(key, value), t.Put(records.Key(prefixSigned, txid[:]), rids))
	})
	if err != nil {
		return fmt.Errorf("keep payment %v: %w", txid, err)
	}
	return nil
}

// Batch implements relayer.Signed. It knows payments that were dropped, too: a
// reorganisation may bring one back, and anybody may ask for it at any time.
func (s *Store) Batch(txid chainhash.Hash) (rids [][32]byte, ok bool, err error) {
	var raw []byte
	err = s.db.View(func(t *records.Txn) error {
		raw, err = t.Get(records.Key(prefixSigned, txid[:]))
		return err
	})
	if errors.Is(err, records.ErrNotFound) {
		return nil, false, nil
	}
	if err == nil && len(raw)%32 != 0 {
		err = records.ErrCorrupt
	}
	if err != nil {
		return nil, false, fmt.Errorf("redemptions of payment %v: %w", txid, err)
	}
	for rid := range slices.Chunk(raw, 32) {
		rids = append(rids, [32]byte(rid))
	}
	return rids, true, nil
}

// DropPayment forgets a payment that can never confirm, or is as deep as need be; what it
// pays stays known.
func (s *Store) DropPayment(txid chainhash.Hash) error {
	return s.db.Update(func(t *records.Txn) error { return t.Delete(records.Key(prefixBatch, txid[:])) })
}

// Payments returns the payments that are kept.
func (s *Store) Payments() (all []Payment, err error) {
	err = s.db.View(func(t *records.Txn) error {
		all = nil
		return t.Scan([]byte(prefixBatch), nil, func(txid, raw []byte) error {
			p, err := decodePayment(raw)
			if err != nil {
				return fmt.Errorf("payment %x: %w", txid, err)
			}
			all = append(all, p)
			return nil
		})
	})
	return all, err
}

func decodePayment(raw []byte) (Payment, error) {
	var kept storedPayment
	if err := json.Unmarshal(raw, &kept); err != nil {
		return Payment{}, errors.Join(records.ErrCorrupt, err)
	}
	p := Payment{Tx: &wire.MsgTx{}, Complete: kept.Complete, Height: kept.Height, Rate: vault.FeeRate(kept.Rate)}
	if err := p.Tx.Deserialize(bytes.NewReader(kept.Tx)); err != nil || len(kept.Values) != len(kept.Salts) {
		return Payment{}, errors.Join(records.ErrCorrupt, err)
	}
	for _, encoded := range kept.Redemptions {
		r, err := spv.DecodeRedemption(encoded)
		if err != nil {
			return Payment{}, errors.Join(records.ErrCorrupt, err)
		}
		p.Redemptions = append(p.Redemptions, r)
	}
	for i, value := range kept.Values {
		c := PaymentCoin{Value: value}
		if copy(c.Salt[:], kept.Salts[i]) != len(c.Salt) {
			return Payment{}, records.ErrCorrupt
		}
		p.Coins = append(p.Coins, c)
	}
	return p, nil
}

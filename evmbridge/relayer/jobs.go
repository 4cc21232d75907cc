package relayer

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/records"
)

const prefixJob = "job/" // lot id -> job

// Job is a lot that shall be minted.
type Job struct {
	// Package is the pre-signed contract as it is handed to the operators.
	Package []byte
	Key     spv.SeriesKey
	Terms   spv.Terms
	// FundingScript is the funding output's.
	FundingScript []byte
	To            spv.Address
	// Wrap asks for units of the series, and is heeded if they are this account's: nobody else may
	// ask for it.
	Wrap bool
	// Payer is whose bond the lot is minted with; this account posts its own.
	Payer spv.Address
	// From is the Bitcoin height from which on the funding is looked for.
	From uint32
	// Expiry is until when the attestations hold, 0 before there are any.
	Expiry uint64
	// Attestations are the signatures so far.
	Attestations []Attestation
}

// Attestation is an operator's signature that a lot may be minted.
type Attestation struct {
	Signer spv.Address
	// Signature is r, s, v.
	Signature [65]byte
}

// stored is a job on disk.
type stored struct {
	Package, Key, Terms, FundingScript, To, Payer []byte
	Wrap                                          bool
	From                                          uint32
	Expiry                                        uint64
	Signers, Signatures                           [][]byte
}

// PutJob keeps a job, or what has become of it.
func (o *Outbox) PutJob(j Job) error {
	s := stored{
		Package: j.Package, Key: j.Key.Encode(), Terms: j.Terms.Encode(), FundingScript: j.FundingScript, To: j.To[:],
		Payer: j.Payer[:], Wrap: j.Wrap, From: j.From, Expiry: j.Expiry,
	}
	for _, a := range j.Attestations {
		s.Signers, s.Signatures = append(s.Signers, a.Signer[:]), append(s.Signatures, a.Signature[:])
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode job: %w", err)
	}
	id := j.Terms.ID()
	err = o.db.Update(func(t *records.Txn) error { return t.Put(records.Key(prefixJob, id[:]), raw) })
	if err != nil {
		return fmt.Errorf("keep job of lot %x: %w", id, err)
	}
	return nil
}

// DropJob forgets a job.
func (o *Outbox) DropJob(lot [32]byte) error {
	return o.db.Update(func(t *records.Txn) error { return t.Delete(records.Key(prefixJob, lot[:])) })
}

// Jobs returns the lots that are still to be minted, by their ids.
func (o *Outbox) Jobs() (jobs []Job, err error) {
	err = o.db.View(func(t *records.Txn) error {
		jobs = nil
		return t.Scan([]byte(prefixJob), nil, func(id, raw []byte) error {
			j, err := decodeJob(raw)
			if err != nil {
				return fmt.Errorf("job %x: %w", id, errors.Join(ErrOutbox, err))
			}
			jobs = append(jobs, j)
			return nil
		})
	})
	return jobs, err
}

func decodeJob(raw []byte) (Job, error) {
	var s stored
	if err := json.Unmarshal(raw, &s); err != nil {
		return Job{}, err
	}
	key, err := spv.DecodeSeriesKey(s.Key)
	if err != nil {
		return Job{}, err
	}
	terms, err := spv.DecodeTerms(s.Terms)
	if err != nil {
		return Job{}, err
	}
	j := Job{
		Package: s.Package, Key: key, Terms: terms, FundingScript: s.FundingScript,
		Wrap: s.Wrap, From: s.From, Expiry: s.Expiry,
	}
	if len(s.To) != len(j.To) || len(s.Payer) != len(j.Payer) || len(s.Signers) != len(s.Signatures) {
		return Job{}, ErrOutbox
	}
	j.To, j.Payer = spv.Address(s.To), spv.Address(s.Payer)
	for i, signer := range s.Signers {
		var a Attestation
		if copy(a.Signer[:], signer) != len(a.Signer) || copy(a.Signature[:], s.Signatures[i]) != len(a.Signature) {
			return Job{}, ErrOutbox
		}
		j.Attestations = append(j.Attestations, a)
	}
	return j, nil
}

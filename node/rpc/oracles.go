package rpc

import (
	"context"
	"encoding/hex"

	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type oracleService struct{ s *Server }

var _ alkv1connect.OracleServiceHandler = oracleService{}

func (h oracleService) ListOracles(ctx context.Context, _ *alkv1.ListOraclesRequest) (*alkv1.ListOraclesResponse, error) {
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &alkv1.ListOraclesResponse{}
	for _, o := range t.Oracles.Oracles() {
		out.Oracles = append(out.Oracles, encodeOracle(o))
	}
	return out, nil
}

func encodeOracle(o feed.Oracle) *alkv1.Oracle {
	return &alkv1.Oracle{Key: hex.EncodeToString(o.Key[:]), Name: o.Name, Url: o.URL, Dropped: o.Dropped}
}

func (h oracleService) AddOracle(ctx context.Context, req *alkv1.AddOracleRequest) (*alkv1.AddOracleResponse, error) {
	o := feed.Oracle{Name: req.GetName(), URL: req.GetUrl()}
	var err error
	if req.GetKey() != "" {
		if o.Key, err = decodeHash("oracle key", req.GetKey()); err != nil {
			return nil, err
		}
	}
	if req.GetKey() == "" && req.GetUrl() == "" {
		return nil, invalid("an oracle has a key or an address")
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if o, err = t.Oracles.AddOracle(ctx, o); err != nil {
		return nil, err
	}
	return &alkv1.AddOracleResponse{Oracle: encodeOracle(o)}, nil
}

func (h oracleService) RemoveOracle(ctx context.Context, req *alkv1.RemoveOracleRequest) (*alkv1.RemoveOracleResponse, error) {
	key, err := decodeHash("oracle key", req.GetKey())
	if err != nil {
		return nil, err
	}
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Oracles.RemoveOracle(key); err != nil {
		return nil, err
	}
	return &alkv1.RemoveOracleResponse{}, nil
}

// maxRecord is the longest announcement or attestation that is taken.
const maxRecord = 64 << 10

func (h oracleService) ImportRecord(ctx context.Context, req *alkv1.ImportRecordRequest) (*alkv1.ImportRecordResponse, error) {
	if n := len(req.GetRecord()); n == 0 || n > maxRecord {
		return nil, invalid("record of %d bytes, 1 to %d are possible", n, maxRecord)
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Oracles.Feed(ctx, req.GetRecord()); err != nil {
		return nil, err
	}
	return &alkv1.ImportRecordResponse{}, nil
}

func (h oracleService) ListEvidence(ctx context.Context, _ *alkv1.ListEvidenceRequest) (*alkv1.ListEvidenceResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	all, err := t.Views.Evidence(ctx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListEvidenceResponse{}
	for _, e := range all {
		proof, err := e.Verify()
		if err != nil {
			return nil, err
		}
		out.Evidence = append(out.Evidence, &alkv1.Evidence{
			Oracle: hex.EncodeToString(proof.Key[:]), Kind: proof.Kind.String(), Proof: e.Encode(),
		})
	}
	for _, a := range t.Oracles.Alarms() {
		out.Alarms = append(out.Alarms, &alkv1.IndexAlarm{Index: a.Index, Day: a.Day, Text: a.Text})
	}
	return out, nil
}

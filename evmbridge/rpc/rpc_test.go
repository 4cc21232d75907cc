package rpc_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/rpc"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
)

// Every method of the service is in the table of permissions, and nothing else.
func TestEveryMethodNeedsAPermission(t *testing.T) {
	table := rpc.Permissions()
	methods := bridgev1.File_alk_bridge_v1_bridge_proto.Services().ByName("BridgeService").Methods()
	for i := range methods.Len() {
		procedure := "/" + bridgev1connect.BridgeServiceName + "/" + string(methods.Get(i).Name())
		if len(table[procedure]) == 0 {
			t.Errorf("%s needs nothing", procedure)
		}
	}
	if len(table) != methods.Len() {
		t.Errorf("%d permissions for %d methods", len(table), methods.Len())
	}
}

// keeper admits who knows the word.
type keeper struct{}

var errWord = errors.New("word not known")

func (keeper) Admit(_ context.Context, _, _ string, h http.Header) error {
	if h.Get("Macaroon") != "word" {
		return errWord
	}
	return nil
}

// echo is a service with one method, which panics when it is asked for another series.
type echo struct {
	bridgev1connect.UnimplementedBridgeServiceHandler
}

func (echo) ListSeries(_ context.Context, r *bridgev1.ListSeriesRequest) (*bridgev1.ListSeriesResponse, error) {
	if r.GetSeriesId() != "" {
		panic("a fault")
	}
	return &bridgev1.ListSeriesResponse{Series: []*bridgev1.Series{{Id: "x"}}}, nil
}

func TestRequestsAreAdmittedBeforeTheyAreRead(t *testing.T) {
	identity, err := operator.NewIdentity([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := rpc.NewServer(rpc.Config{
		Listen: []string{address}, TLS: identity.Server(), Authority: keeper{}, Service: echo{}, Log: slog.New(slog.DiscardHandler),
	})
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	transport := &http.Transport{TLSClientConfig: identity.Client(identity.Fingerprint()), ForceAttemptHTTP2: true}
	client := bridgev1connect.NewBridgeServiceClient(&http.Client{Transport: transport}, "https://"+address)
	ask := func(word, series string) (*bridgev1.ListSeriesResponse, error) {
		ctx, info := connect.NewClientContext(t.Context())
		info.RequestHeader().Set("Macaroon", word)
		return client.ListSeries(ctx, &bridgev1.ListSeriesRequest{SeriesId: series})
	}
	if _, err := ask("other", ""); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("without the word: %v", err)
	}
	if answer, err := ask("word", ""); err != nil || len(answer.GetSeries()) != 1 {
		t.Errorf("with the word: %v", err)
	}
	if _, err := ask("word", "y"); connect.CodeOf(err) != connect.CodeInternal {
		t.Errorf("a panic: %v", err)
	}
	transport.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

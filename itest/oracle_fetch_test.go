package itest_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// fetch makes a request that must succeed and returns the body.
func fetch(t *testing.T, req *http.Request) []byte {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", req.URL, body)
	return body
}

package fake

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/btcsuite/btcwallet/snacl"
	"github.com/btcsuite/btcwallet/waddrmgr"
	"github.com/lightningnetwork/lnd/kvdb"

	"github.com/alkimiya/alkimiya/node/rpc"
)

// Where lnd's macaroons keep the key that the password opens.
const (
	keyBucket = "macrootkeys"
	keyName   = "enckey"
)

// NewAuthority returns a closed Authority for a Node in dir, with a database whose key costs
// little to derive: lnd's own cost is half a second of scrypt, for each test, under the race
// detector. The cost is stored with the key, so the Authority opens it as any other.
func NewAuthority(dir string) (*rpc.Authority, error) {
	db, err := kvdb.GetBoltBackend(&kvdb.BoltBackendConfig{
		DBPath: dir, DBFileName: rpc.MacaroonDBFile, NoFreelistSync: true, DBTimeout: time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("database of %s: %w", filepath.Join(dir, rpc.MacaroonDBFile), err)
	}
	err = kvdb.Update(db, func(tx kvdb.RwTx) error {
		bucket, err := tx.CreateTopLevelBucket([]byte(keyBucket))
		if err != nil || bucket.Get([]byte(keyName)) != nil {
			return err
		}
		password, cheap := []byte(Password), waddrmgr.FastScryptOptions
		key, err := snacl.NewSecretKey(&password, cheap.N, cheap.R, cheap.P)
		if err != nil {
			return err
		}
		return bucket.Put([]byte(keyName), key.Marshal())
	}, func() {})
	if err := errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("key of %s: %w", filepath.Join(dir, rpc.MacaroonDBFile), err)
	}
	return rpc.NewAuthority(dir), nil
}

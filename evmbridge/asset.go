package evmbridge

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// testContracts are the compiled contracts of the tests, as solc's combined JSON.
//
//go:embed testdata/contracts.json
var testContracts []byte

// PlayAsset returns the ABI, in JSON, and the code, in hexadecimal, of an ERC-20 whose
// constructor takes its number of decimals and which lets everybody mint: an asset of
// the bonds for chains on which nothing is worth anything.
func PlayAsset() (abi []byte, code string, err error) {
	var file struct {
		Contracts map[string]struct {
			ABI json.RawMessage `json:"abi"`
			Bin string          `json:"bin"`
		} `json:"contracts"`
	}
	if err := json.Unmarshal(testContracts, &file); err != nil {
		return nil, "", fmt.Errorf("read the contracts of tests: %w", err)
	}
	asset := file.Contracts["test/Asset.sol:Asset"]
	return asset.ABI, asset.Bin, nil
}

package evmbridge_test

import "errors"

// is is errors.Is that takes nil for success.
func is(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}

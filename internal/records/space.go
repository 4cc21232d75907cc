package records

import "fmt"

// requireSpace returns ErrDiskFull if less than least bytes are left.
func requireSpace(dir string, least uint64) error {
	free, err := available(dir)
	if err != nil {
		return err
	}
	if free < least {
		return fmt.Errorf("%w: %s has %d MiB left, %d are needed", ErrDiskFull, dir, free>>20, least>>20)
	}
	return nil
}

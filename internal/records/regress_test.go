package records_test

import "testing"

// A value was lost, and an older one came back, after a crash (badger 2000).
func TestRegressBadger2000(t *testing.T) { TestMissingFilesAreNoticed(t) }

// Bits that rot on the disk were read as they are (badger 1049).
func TestRegressBadger1049(t *testing.T) { TestFlippedBitsAreNoticed(t) }

//go:build !crashpoints

package crashpoint

// Enabled says that the program was built with crash points.
const Enabled = false

// Here marks a place. Names are constants like "engine/before-commit". It does
// nothing in this build; safe for concurrent use.
func Here(string) {}

// Package crashpoint kills the process at named places, so that tests can show
// what a crash there leaves behind (SECURITY.md P1).
//
// Programs built without the tag crashpoints contain no such place: Here does
// nothing and is compiled away. It is not a way to simulate errors.
//
// Its invariant: a point that fires ends the process as kill -9 does, at once
// and with no deferred function run.
package crashpoint

// Variable is the environment variable that names the point at which to die:
// its name, or "name:n" for the n-th time the process comes by, from 1.
const Variable = "ALK_CRASH"

// ListVariable is the environment variable that names a file to which the process
// adds each place it comes by, once, a line each.
const ListVariable = "ALK_CRASH_LIST"

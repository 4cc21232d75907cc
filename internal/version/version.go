// Package version says which build of the programs this is.
//
// It is not a compatibility number: peers, databases and the RPC negotiate
// their own versions. Its invariant: a build with the same Version and Commit
// comes from the same source, unless Commit ends in "-dirty".
package version

import (
	"runtime/debug"
	"sync"
)

// Version is the release, in semantic versioning; "-dev" marks the work before
// it. Commit is the git commit of the source, with "-dirty" behind it if the
// source was changed afterwards. The linker sets both in release builds
// (-X in the Makefile). Nothing writes them at run time, so they may be read
// concurrently.
var (
	Version = "0.1.0-dev"
	Commit  = ""
)

// shortCommit is how many hex digits of a commit are shown.
const shortCommit = 12

// String returns "<version> (commit <commit>)". A commit that the linker did
// not set is taken from what the go tool records in the binary, and is
// "unknown" if there is neither. It is safe for concurrent use.
func String() string {
	return format(Version, commit())
}

var commit = sync.OnceValue(func() string {
	if Commit != "" {
		return Commit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return fromSettings(info.Settings)
})

func fromSettings(settings []debug.BuildSetting) string {
	var revision string
	var dirty bool
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if len(revision) > shortCommit {
		revision = revision[:shortCommit]
	}
	if revision != "" && dirty {
		revision += "-dirty"
	}
	return revision
}

func format(version, commit string) string {
	if commit == "" {
		commit = "unknown"
	}
	return version + " (commit " + commit + ")"
}

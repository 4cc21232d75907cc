package version

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestCommitComesFromBuildSettings(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	cases := map[string]struct {
		settings []debug.BuildSetting
		want     string
	}{
		"no version control": {nil, ""},
		"clean":              {[]debug.BuildSetting{revision, {Key: "vcs.modified", Value: "false"}}, "0123456789ab"},
		"changed":            {[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}, revision}, "0123456789ab-dirty"},
		"changed, no commit": {[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := fromSettings(c.settings); got != c.want {
				t.Errorf("commit %q, want %q", got, c.want)
			}
		})
	}
}

func TestStringNamesVersionAndCommit(t *testing.T) {
	if got, want := format("1.2.3", "abc"), "1.2.3 (commit abc)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := format("1.2.3", ""), "1.2.3 (commit unknown)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := String(); !strings.HasPrefix(got, Version+" (commit ") {
		t.Errorf("%q does not start with the version %q", got, Version)
	}
}

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// How the lines begin that are counted: the harness says the first of a test
// that the short set leaves out, testkit and the harness say the second of a
// program or of data that is not there.
const (
	skipLong = "SKIP-LONG:"
	skipLoud = "SKIP-LOUD:"
)

// event is a line of `go test -json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// printer turns events into lines for people.
type printer struct {
	out io.Writer
	// said holds the output of each test and, under "", of its package,
	// until it is known whether it matters.
	said  map[[2]string][]string
	skips []string
	err   error
}

// follow prints what stream, the output of `go test -json`, tells, and returns
// the skips that are to be counted. It reads to the end whatever happens, so
// that go test never blocks; the error is the first of reading or writing.
func follow(stream io.Reader, out io.Writer) ([]string, error) {
	p := printer{out: out, said: map[[2]string][]string{}}
	reader := bufio.NewReader(stream)
	for {
		line, err := reader.ReadString('\n')
		if line != "" {
			p.line(line)
		}
		if errors.Is(err, io.EOF) {
			return p.skips, p.err
		}
		if err != nil {
			return p.skips, errors.Join(p.err, err)
		}
	}
}

func (p *printer) line(line string) {
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		p.print(line)
		return
	}
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		p.print(e.Output)
	case "output":
		p.said[key] = append(p.said[key], e.Output)
		p.note(e)
	case "pass", "skip":
		delete(p.said, key)
		if e.Test == "" {
			p.verdict(e)
		}
	case "fail":
		for _, text := range p.said[key] {
			p.print(text)
		}
		delete(p.said, key)
		if e.Test == "" {
			p.unfinished(e.Package)
			p.verdict(e)
		}
	}
}

// unfinished prints what tests said that have no verdict because the package
// died under them.
func (p *printer) unfinished(name string) {
	for key, texts := range p.said {
		if key[0] != name {
			continue
		}
		for _, text := range texts {
			p.print(text)
		}
		delete(p.said, key)
	}
}

func (p *printer) verdict(e event) {
	switch {
	case e.FailedBuild != "":
		p.print(fmt.Sprintf("FAIL    %s (does not build)\n", e.Package))
	case e.Action == "fail":
		p.print(fmt.Sprintf("FAIL    %s %.1fs\n", e.Package, e.Elapsed))
	case e.Action == "pass":
		p.print(fmt.Sprintf("ok      %s %.1fs\n", e.Package, e.Elapsed))
	}
}

// note keeps a skip that is to be counted. The line carries the file and line
// number of its caller in front.
func (p *printer) note(e event) {
	for _, mark := range []string{skipLong, skipLoud} {
		if at := strings.Index(e.Output, mark); at >= 0 {
			name := strings.TrimPrefix(e.Package, "github.com/alkimiya/alkimiya/")
			p.skips = append(p.skips, fmt.Sprintf("%s [%s %s]", strings.TrimSpace(e.Output[at:]), name, e.Test))
			return
		}
	}
}

func (p *printer) print(text string) {
	if _, err := io.WriteString(p.out, text); err != nil && p.err == nil {
		p.err = err
	}
}

// summarise prints the skips, each once, and their totals.
func summarise(skips []string, out io.Writer) error {
	skips = slices.Compact(slices.Sorted(slices.Values(skips)))
	var text strings.Builder
	totals := map[string]int{}
	for _, line := range skips {
		kind, _, _ := strings.Cut(line, ":")
		totals[kind+":"]++
		fmt.Fprintln(&text, line)
	}
	fmt.Fprintf(&text, "skipped: %d long (make itest runs them), %d for want of a program or data\n",
		totals[skipLong], totals[skipLoud])
	_, err := io.WriteString(out, text.String())
	return err
}

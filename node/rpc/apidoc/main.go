// Command apidoc writes docs/api.md from the comments of the .proto files and the
// tables of package rpc. gen.sh runs it; it is no part of any daemon.
//
// Its invariant: the same descriptors give the same bytes, and a service, method,
// message, field or enum value without a comment is an error.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/alkimiya/alkimiya/node/rpc"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: apidoc DESCRIPTORS > api.md")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "apidoc:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	raw, err := os.ReadFile(path) //nolint:gosec // the file that gen.sh made
	if err != nil {
		return err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(raw, &set); err != nil {
		return fmt.Errorf("read descriptors: %w", err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return err
	}
	var all []protoreflect.FileDescriptor
	files.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		all = append(all, f)
		return true
	})
	slices.SortFunc(all, func(a, b protoreflect.FileDescriptor) int { return strings.Compare(a.Path(), b.Path()) })
	w := &writer{out: bufio.NewWriter(os.Stdout)}
	w.head(all)
	for _, f := range all {
		for i := range f.Services().Len() {
			w.service(f.Services().Get(i))
		}
	}
	w.line("## Messages", "")
	for _, m := range messages(all) {
		w.message(m)
	}
	w.line("## Enumerations", "")
	for _, f := range all {
		for i := range f.Enums().Len() {
			w.enum(f.Enums().Get(i))
		}
	}
	w.reasons()
	return errors.Join(append(w.errs, w.out.Flush())...)
}

// messages returns all messages by name, but for the entries of maps.
func messages(files []protoreflect.FileDescriptor) []protoreflect.MessageDescriptor {
	var all []protoreflect.MessageDescriptor
	for _, f := range files {
		for i := range f.Messages().Len() {
			all = append(all, f.Messages().Get(i))
		}
	}
	slices.SortFunc(all, func(a, b protoreflect.MessageDescriptor) int {
		return strings.Compare(string(a.Name()), string(b.Name()))
	})
	return all
}

type writer struct {
	out  *bufio.Writer
	errs []error
}

func (w *writer) line(lines ...string) {
	for _, l := range lines {
		// A bufio.Writer reports errors of its target in Flush.
		_, _ = fmt.Fprintln(w.out, l)
	}
}

// comment is what stands before a declaration, in one line.
func (w *writer) comment(d protoreflect.Descriptor) string {
	text := strings.Join(strings.Fields(d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments), " ")
	if text == "" {
		w.errs = append(w.errs, fmt.Errorf("%s has no comment", d.FullName()))
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

func (w *writer) head(files []protoreflect.FileDescriptor) {
	w.line("<!-- Code generated from node/rpc/proto by go generate. DO NOT EDIT. -->", "",
		"# The daemon's interface", "",
		"`alkd` serves these methods on one TLS port (8430 unless told otherwise) as gRPC, gRPC-Web and JSON over HTTP. The certificate is",
		"`tls.cert` in the network's folder of the data directory. Methods want a macaroon, in hexadecimal, in the header `Macaroon`; the ready-made",
		"ones are `admin.macaroon`, `readonly.macaroon` and `trader.macaroon` beside the certificate. `alk` shows every answer as JSON with `--json`.", "",
		"In JSON, fields have the names below or those in camel case, 64-bit integers are strings, and bytes are base64:", "",
		"    curl --cacert tls.cert -H \"Macaroon: $(xxd -p -c 9999 readonly.macaroon)\" -H 'Content-Type: application/json' \\",
		"      -d '{\"limit\": 10}' https://localhost:8430/alk.v1.OrderService/ListOrders", "",
		"From Go use [node/rpc/client](../node/rpc/client). Amounts are satoshi, times Unix seconds, days Unix days (20454 is 2026-01-01, UTC).", "",
		"| service | methods |", "|---|---|")
	for _, f := range files {
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			var names []string
			for j := range s.Methods().Len() {
				names = append(names, string(s.Methods().Get(j).Name()))
			}
			w.line(fmt.Sprintf("| [%s](#%s) | %s |", s.Name(), strings.ToLower(string(s.Name())), strings.Join(names, ", ")))
		}
	}
	w.line("")
}

func (w *writer) service(s protoreflect.ServiceDescriptor) {
	w.line("## "+string(s.Name()), "", w.comment(s), "", "| method | takes, gives | permission | what it does |", "|---|---|---|---|")
	table := rpc.Permissions()
	for i := range s.Methods().Len() {
		m := s.Methods().Get(i)
		procedure := fmt.Sprintf("/%s/%s", s.FullName(), m.Name())
		ops, known := table[procedure]
		if !known {
			w.errs = append(w.errs, fmt.Errorf("%s is not in the table of permissions", procedure))
		}
		var needs []string
		for _, op := range ops {
			needs = append(needs, "`"+op.Entity+":"+op.Action+"`")
		}
		if len(needs) == 0 {
			needs = []string{"none"}
		}
		gives := link(m.Output())
		if m.IsStreamingServer() {
			gives = "a stream of " + gives
		}
		w.line(fmt.Sprintf("| %s | %s, %s | %s | %s |", m.Name(), link(m.Input()), gives, strings.Join(needs, ", "), w.comment(m)))
	}
	w.line("")
}

func link(d protoreflect.Descriptor) string {
	return fmt.Sprintf("[%s](#%s)", d.Name(), strings.ToLower(string(d.Name())))
}

func (w *writer) message(m protoreflect.MessageDescriptor) {
	w.line("### "+string(m.Name()), "", w.comment(m), "")
	if m.Fields().Len() == 0 {
		return
	}
	w.line("| field | type | meaning |", "|---|---|---|")
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		w.line(fmt.Sprintf("| `%s` | %s | %s |", f.Name(), typeOf(f), w.comment(f)))
	}
	w.line("")
}

func typeOf(f protoreflect.FieldDescriptor) string {
	if f.IsMap() {
		return fmt.Sprintf("map of %s to %s", typeOf(f.MapKey()), typeOf(f.MapValue()))
	}
	name := f.Kind().String()
	switch {
	case f.Message() != nil:
		name = link(f.Message())
	case f.Enum() != nil:
		name = link(f.Enum())
	}
	switch {
	case f.IsList():
		return "list of " + name
	case f.HasOptionalKeyword():
		return name + ", optional"
	}
	return name
}

func (w *writer) enum(e protoreflect.EnumDescriptor) {
	w.line("### "+string(e.Name()), "", w.comment(e), "", "| value | number | meaning |", "|---|---|---|")
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		w.line(fmt.Sprintf("| `%s` | %d | %s |", v.Name(), v.Number(), w.comment(v)))
	}
	w.line("")
}

func (w *writer) reasons() {
	w.line("## Reasons of errors", "",
		"An error carries an [ErrorReason](#errorreason) as its detail: a code that never changes its meaning, what to do next, and figures.", "",
		"| code | status | what to do next |", "|---|---|---|")
	for _, r := range rpc.Reasons() {
		w.line(fmt.Sprintf("| `%s` | %s | %s |", r.Code, r.Status, strings.ReplaceAll(r.Help, "|", `\|`)))
	}
}

#!/bin/sh
# Generates alkv1, alkv1connect and docs/api.md from proto. Needs protoc (Debian package
# protobuf-compiler) in PATH; the plugins are those that go.mod pins. The line
# that names protoc's version is dropped, so that machines agree on the result.
set -eu
cd "$(dirname "$0")"
module=github.com/alkimiya/alkimiya/node/rpc
gen_go=$(go tool -n protoc-gen-go)
gen_connect=$(go tool -n protoc-gen-connect-go)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc -I proto \
	--plugin=protoc-gen-go="$gen_go" \
	--plugin=protoc-gen-connect-go="$gen_connect" \
	--descriptor_set_out="$out/descriptors" --include_source_info \
	--go_out="$out" --go_opt=module=$module \
	--connect-go_out="$out" --connect-go_opt=module=$module,simple \
	proto/alk/v1/*.proto
rm -rf alkv1
mkdir -p alkv1/alkv1connect
for f in "$out"/alkv1/*.go "$out"/alkv1/alkv1connect/*.go; do
	sed '/^\/\/[[:space:]]*protoc[[:space:]][[:space:]]*v[0-9]/d' "$f" >"${f#"$out"/}"
done
go run ./apidoc "$out/descriptors" >"$out/api.md"
cp "$out/api.md" ../../docs/api.md

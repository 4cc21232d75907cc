#!/bin/sh
# Generates bridgev1 and bridgev1connect from proto, as node/rpc/gen.sh does for the node's
# interface: protoc in PATH, the plugins that go.mod pins, protoc's version left out.
set -eu
cd "$(dirname "$0")"
module=github.com/alkimiya/alkimiya/evmbridge/rpc
gen_go=$(go tool -n protoc-gen-go)
gen_connect=$(go tool -n protoc-gen-connect-go)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc -I proto \
	--plugin=protoc-gen-go="$gen_go" \
	--plugin=protoc-gen-connect-go="$gen_connect" \
	--go_out="$out" --go_opt=module=$module \
	--connect-go_out="$out" --connect-go_opt=module=$module,simple \
	proto/alk/bridge/v1/*.proto
rm -rf bridgev1
mkdir -p bridgev1/bridgev1connect
for f in "$out"/bridgev1/*.go "$out"/bridgev1/bridgev1connect/*.go; do
	sed '/^\/\/[[:space:]]*protoc[[:space:]][[:space:]]*v[0-9]/d' "$f" >"${f#"$out"/}"
done

#!/bin/sh
# Generates alkv1 and alkv1connect from proto. Needs protoc (Debian package
# protobuf-compiler) in PATH; the plugins are those that go.mod pins. The line
# that names protoc's version is dropped, so that machines agree on the result.
set -eu
cd "$(dirname "$0")"
module=github.com/alkimiya/alkimiya/node/rpc
rm -rf alkv1
protoc -I proto \
	--plugin=protoc-gen-go="$(go tool -n protoc-gen-go)" \
	--plugin=protoc-gen-connect-go="$(go tool -n protoc-gen-connect-go)" \
	--go_out=. --go_opt=module=$module \
	--connect-go_out=. --connect-go_opt=module=$module,simple \
	proto/alk/v1/*.proto
for f in alkv1/*.go alkv1/alkv1connect/*.go; do
	sed '/^\/\/[[:space:]]*protoc[[:space:]][[:space:]]*v[0-9]/d' "$f" >"$f.tmp"
	mv "$f.tmp" "$f"
done

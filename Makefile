# What is done with this repository. `make` lists the targets; CONTRIBUTING.md
# says when to use which. GNU make and a POSIX shell.

BIN := $(CURDIR)/bin
TALLY := $(BIN)/tally
NOTES := $(BIN)/skips
GOLANGCI_VERSION := 2.15.0

# VERSION of a release; by default the one in internal/version. COMMIT is taken
# from git, and may be given where there is no git.
VERSION ?=
COMMIT ?= $(shell git describe --always --abbrev=12 --dirty --exclude='*' 2>/dev/null)
VERSION_PACKAGE := github.com/alkimiya/alkimiya/internal/version
# Without symbol and debug tables (-s -w) programs are a third smaller; panics still name their lines.
LDFLAGS := -s -w $(if $(VERSION),-X $(VERSION_PACKAGE).Version=$(VERSION)) $(if $(COMMIT),-X $(VERSION_PACKAGE).Commit=$(COMMIT))
BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'

# Programs, vet, lint and itests all build without cgo and so share one build
# cache; only the race detector needs a C compiler.
NOCGO := CGO_ENABLED=0
PARALLEL := 2
# One more of packages under test: some wait for nodes and for time to pass.
UNIT_PARALLEL := 3
# A program under the race detector sleeps a second before it ends, to let others
# run into a race; a tenth of that is enough for each of so many.
RACE_EXIT := GORACE=atexit_sleep_ms=100
# Libraries of arithmetic, without goroutines or state of their own, that the race detector
# does not look into. Empty, it looks into everything (docs/decisions/0083).
UNRACED := github.com/decred/dcrd/dcrec/secp256k1/v4/... github.com/holiman/uint256 golang.org/x/crypto/sha3 \
	github.com/ethereum/go-ethereum/core/vm/... github.com/ethereum/go-ethereum/crypto/... github.com/ethereum/go-ethereum/rlp/...
RACE := -race $(foreach packages,$(UNRACED),-gcflags=$(packages)=-race=false)
# The longest first, or one of them runs alone at the end.
LONGEST := ./evmbridge ./node/engine ./wallet ./cmd/alk
UNIT_PACKAGES = $$(go list $(LONGEST) ./... | grep -v '/itest')
# What links go-ethereum. To build that for the race detector, and to run the EVM under
# it, takes minutes: make test leaves it out, make unit and make check do not.
EVM_PACKAGES = $$(go list ./evmbridge/... ./cmd/alkbridge ./cmd/alkdemo)
OTHER_PACKAGES = $$(go list $(LONGEST) ./... | grep -v -e '/itest' -e '/evmbridge' -e '/cmd/alkbridge' -e '/cmd/alkdemo')
GO_FILES = find . \( -name .git -o -name bin -o -name testdata -o -name node_modules \) -prune -o -name '*.go' -print
# GENERATED lists the files that say in a line of their own that they are generated.
GENERATED = grep -rlE '^(//|\#|<!--) Code generated .*DO NOT EDIT' . --exclude-dir=.git --exclude-dir=bin --exclude-dir=testdata --exclude-dir=node_modules | sort

.DEFAULT_GOAL := help
.PHONY: help build test unit itest check fmt fmt-check vet lint lint-tool generate generate-check \
	contracts contracts-check contracts-tools gas invariants \
	cover lives crashes hostile judge fuzz bench ratios reproducible clean run-unit run-unit-evm run-itest run-itest-short report forget-skips tally

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{ printf "%-24s %s\n", $$1, $$2 }'

build: ## build every program into bin/ (no cgo, no paths, reproducible)
	@mkdir -p $(BIN)
	$(BUILD) -o $(BIN)/ ./cmd/...

test: forget-skips tally ## unit tests and the short itests; the README's test command
	@status=0; \
	$(MAKE) --no-print-directory run-unit UNIT_PACKAGES='$(value OTHER_PACKAGES)' || status=1; \
	$(MAKE) --no-print-directory run-unit-evm || status=1; \
	$(MAKE) --no-print-directory run-itest-short || status=1; \
	$(MAKE) --no-print-directory report; \
	exit $$status

unit: forget-skips tally ## unit tests alone, with -race where there is a C compiler
	@status=0; $(MAKE) --no-print-directory run-unit || status=1; $(MAKE) --no-print-directory report; exit $$status

itest: forget-skips tally ## all itests: whole programs against real nodes
	@status=0; $(MAKE) --no-print-directory run-itest || status=1; $(MAKE) --no-print-directory report; exit $$status

check: ## everything a change must pass before it is committed
	@$(MAKE) --no-print-directory fmt-check
	@$(MAKE) --no-print-directory vet
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory forget-skips tally run-unit
	@$(MAKE) --no-print-directory generate-check
	@$(MAKE) --no-print-directory run-itest
	@$(MAKE) --no-print-directory report
	@echo 'check: all passed'

fmt: ## format the Go files
	@$(GO_FILES) | xargs gofmt -w

fmt-check: ## fail if a Go file is not formatted
	@bad=$$($(GO_FILES) | xargs gofmt -l) || exit 1; \
	if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi

vet: ## go vet
	$(NOCGO) go vet ./...

lint: lint-tool ## golangci-lint with .golangci.yml; installs it into bin/ if need be
	@tool=$(BIN)/golangci-lint; [ -x "$$tool" ] || tool=golangci-lint; \
	$(NOCGO) "$$tool" run ./...

lint-tool:
	@for tool in $(BIN)/golangci-lint golangci-lint; do \
		if [ "$$($$tool version --short 2>/dev/null)" = "$(GOLANGCI_VERSION)" ]; then \
			if [ "$$tool" = golangci-lint ]; then rm -f $(BIN)/golangci-lint; fi; exit 0; \
		fi; \
	done; \
	echo "installing golangci-lint v$(GOLANGCI_VERSION) into bin/"; \
	GOBIN=$(BIN) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$(GOLANGCI_VERSION)

generate: ## write the generated files anew (needs protoc)
	@command -v protoc >/dev/null || { echo 'generate: protoc is missing (Debian: protobuf-compiler)'; exit 1; }
	go generate ./...

generate-check: ## fail if generated files differ from what go generate writes (needs protoc)
	@command -v protoc >/dev/null || { echo 'generate-check: protoc is missing (Debian: protobuf-compiler)'; exit 1; }
	@before=$$(mktemp -d) && after=$$(mktemp -d) || exit 1; trap 'rm -rf "$$before" "$$after"' EXIT; \
	keep() { $(GENERATED) | while read -r file; do \
		mkdir -p "$$1/$$(dirname "$$file")" && cp "$$file" "$$1/$$file" || exit 1; done; }; \
	keep "$$before" && go generate ./... && keep "$$after" || exit 1; \
	if ! diff -ru "$$before" "$$after"; then \
		echo 'generate-check: the generated files above were out of date; the new ones are in place'; exit 1; \
	fi

# The bridge's contracts. Go needs none of this: their artifacts are committed.
CONTRACTS := evmbridge/contracts
FORGE = node_modules/@foundry-rs/forge-linux-$(if $(filter aarch64 arm64,$(shell uname -m)),arm64,amd64)/bin/forge

contracts: contracts-tools ## compile, lint and test the bridge's contracts (needs Node.js); writes their artifacts
	cd $(CONTRACTS) && node tools/build.js && node tools/lint.js && $(FORGE) test
	go generate ./evmbridge/bindings

contracts-check: contracts-tools ## fail if the contracts' artifacts do not belong to their sources (needs Node.js)
	cd $(CONTRACTS) && node tools/build.js --check && node tools/lint.js

contracts-tools:
	@command -v npm >/dev/null || { echo 'contracts: Node.js with npm is missing'; exit 1; }
	@cd $(CONTRACTS) && { [ -d node_modules/solc ] || npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund; }

gas: ## measure the gas of every operation of the bridge and write evmbridge/testdata/gas.txt
	ALK_GAS=1 $(NOCGO) go test -count=1 -run 'TestGas' -timeout 10m ./evmbridge

invariants: ## a million calls in random walks over the bridge under its invariants (CALLS=10000000 for more); the differential tests in their long form
	$(NOCGO) go test -count=1 -run '^TestInvariants$$' -v -timeout 0 ./evmbridge -walkers $(PARALLEL) -walk-calls $(CALLS)
	$(NOCGO) go test -count=1 -run 'Alike|Payoffs|Encodings' -timeout 60m ./evmbridge -cases 10000
CALLS ?= 1000000

# What decides where money goes must be covered at least this far, in percent of statements.
COVER_LEAST := 90
COVERED := evmbridge/spv evmbridge/vault dlc/payout dlc/digits dlc/adaptor dlc/txs dlc/contract dlc/wire

cover: ## coverage of every package; fails if one of those that decide about money is below 90 %
	@set -e; out=$$(mktemp); trap 'rm -f "$$out"' EXIT; \
	$(NOCGO) go test -p $(PARALLEL) -vet=off -cover $(UNIT_PACKAGES) > "$$out" || { cat "$$out"; exit 1; }; \
	sed -n 's/^ok[[:space:]]*\([^[:space:]]*\).*coverage: \(.*\) of statements.*/\2  \1/p' "$$out"; \
	for package in $(COVERED); do \
		[ -d "$$package" ] || continue; \
		awk -v package="/$$package" -v least=$(COVER_LEAST) \
			'index($$0, package "\t") { found = 1; sub(/.*coverage: /, ""); if ($$0 + 0 < least) { print package ": below " least " %"; exit 1 } } \
			END { if (!found) { print package ": no coverage measured"; exit 1 } }' "$$out" || exit 1; \
	done

lives: ## every life and every crash of dlc/contract's laws, not a sample of them
	$(NOCGO) go test -count=1 -v -run 'Crash|Sequence|Honest|AnyOrder' -timeout 30m ./dlc/contract -lives

crashes: ## kill -9 at every named place that lives of contracts come by, on running daemons (about an hour)
	ALK_CRASHES=all $(NOCGO) go test -count=1 -v -run '^TestContractsSurviveCrashes$$' -timeout 180m ./itest
	ALK_CRASHES=all $(NOCGO) go test -count=1 -run Crash -timeout 30m ./node/engine

hostile: ## 100,000 bad messages to a node that trades meanwhile (HOSTILE=1000000 for more)
	ALK_HOSTILE=$(HOSTILE) $(NOCGO) go test -count=1 -run '^TestHostilePeersStopNobody$$' -v -timeout 60m ./itest
HOSTILE ?= 100000

judge: ## 1,000 random contracts' transactions, checked by CORE_SCRIPTVERIFY if that names a program
	ALK_JUDGE=1 $(NOCGO) go test -count=1 -run TestJudge -v -timeout 20m ./dlc/txs
	$(NOCGO) go test -count=1 -run 'TestEveryTransactionAndNonceIsJudged|TestScripts|TestHonest' -timeout 20m ./dlc/contract

fuzz: ## each fuzz target for 10 s (FUZZTIME=1m for more)
	@set -e; $(GO_FILES) | xargs grep -HoE '^func Fuzz[A-Za-z0-9_]*' /dev/null | while IFS=: read -r file target; do \
		target=$${target#func }; echo "$${file%/*} $$target"; \
		$(NOCGO) go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$${file%/*}" </dev/null || exit 1; \
	done
FUZZTIME ?= 10s

# The benchmarks that docs/performance.md speaks of, and the tool that compares two runs
# of them, which is fetched when it is needed and is no dependency of this module.
BENCHED := ./internal/secp/... ./dlc/... ./oracle/index ./wallet/watch
BENCH_COUNT ?= 10
BENCHSTAT := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

bench: ## all benchmarks ten times (BENCH_COUNT=3 for fewer) into docs/bench/, compared with the last run
	@mkdir -p docs/bench; new=docs/bench/$(COMMIT).txt; \
	last=$$(ls -t docs/bench/*.txt 2>/dev/null | grep -vx "$$new" | head -n 1); \
	$(NOCGO) go test -run '^$$' -bench . -benchmem -count $(BENCH_COUNT) -timeout 0 $(BENCHED) > "$$new.part" || { cat "$$new.part"; rm -f "$$new.part"; exit 1; }; \
	grep -E '^(goos|goarch|pkg|cpu|Benchmark)' "$$new.part" > "$$new" && rm "$$new.part" && echo "saved $$new"; \
	if [ -n "$$last" ]; then echo "compared with $$last:"; $(NOCGO) go run $(BENCHSTAT) "$$last" "$$new"; else echo 'nothing to compare it with'; fi

ratios: ## how our cryptography compares with btcec's, in short, portable code (docs/performance.md)
	ALK_BENCH=ci $(NOCGO) go test -count=1 -tags purego -run TestRatios -v ./internal/bench

reproducible: ## build twice, from two folders and with two build caches, and compare
	@work=$$(mktemp -d) || exit 1; trap 'chmod -R u+w "$$work"; rm -rf "$$work"' EXIT; \
	for side in one another/folder; do \
		mkdir -p "$$work/$$side" || exit 1; \
		for item in $$(ls -A | grep -vx -e .git -e bin -e dist); do cp -R "$$item" "$$work/$$side/" || exit 1; done; \
	done; \
	(cd "$$work/one" && $(MAKE) --no-print-directory build BIN="$$work/out1" COMMIT='$(COMMIT)') && \
	(cd "$$work/another/folder" && GOCACHE="$$work/cache" $(MAKE) --no-print-directory build BIN="$$work/out2" COMMIT='$(COMMIT)') || exit 1; \
	for program in "$$work"/out1/*; do \
		cmp "$$program" "$$work/out2/$${program##*/}" || exit 1; \
		echo "identical: $${program##*/} $$(sha256sum < "$$program" | cut -c1-16)"; \
	done

clean: ## remove what the targets above wrote, but not caches of go
	rm -rf $(BIN) dist coverage.out

# The parts of test, unit, itest and check.

forget-skips:
	@mkdir -p $(BIN) && rm -f $(NOTES)

tally:
	@mkdir -p $(BIN) && $(NOCGO) go build -trimpath -buildvcs=false -o $(TALLY) ./internal/tally

run-unit:
	@if printf '#include <stdlib.h>\nint main(void) { return 0; }\n' | $$(go env CC) -x c -o $(BIN)/.cc - 2>/dev/null; then \
		rm -f $(BIN)/.cc; cgo=1; race='$(RACE)'; echo 'unit tests, with the race detector'; \
	else \
		cgo=0; race=; echo 'unit tests WITHOUT the race detector: no working C compiler is installed'; \
	fi; \
	$(RACE_EXIT) CGO_ENABLED=$$cgo $(TALLY) test $(NOTES) $$race -vet=off -p $(UNIT_PARALLEL) -timeout 15m $(UNIT_PACKAGES)

run-unit-evm:
	@echo 'unit tests of what links go-ethereum, without the race detector (make check runs them with it)'
	@$(NOCGO) $(TALLY) test $(NOTES) -vet=off -p $(UNIT_PARALLEL) -timeout 15m $(EVM_PACKAGES)

run-itest:
	@echo 'itests, all'
	@$(NOCGO) $(TALLY) test $(NOTES) -vet=off -count=1 -timeout 120m ./itest/...

run-itest-short:
	@echo 'itests, the short set'
	@$(NOCGO) $(TALLY) test $(NOTES) -vet=off -count=1 -short -timeout 20m ./itest/...

report:
	@$(TALLY) report $(NOTES)

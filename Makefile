# Sekisho. Go alone builds and runs the product; Node serves development only.
# Pinned tools: change a version here and nowhere else.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.8.0
export GOTESTSUM := gotest.tools/gotestsum@v1.13.0

ADDR ?= 127.0.0.1:8080
DATA ?= .data
# How long each fuzz target runs in `make fuzz`.
FUZZTIME ?= 60s
# Parts of the benchmark in the browser: empty for all.
BENCH ?=
# Where govulncheck reads its database: empty for the public one, or file:///a/folder.
VULNDB ?=

.DEFAULT_GOAL := help
.PHONY: help run dev build test unit e2e lint fmt vuln bench fuzz shots tools clean

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the demo on port 8080 (ADDR=host:port for another): needs Go alone, keeps its state in .data
	go run ./cmd/sekisho demo --addr $(ADDR) --data $(DATA)

dev: ## the demo with the widget's sources read from disk at each build
	go run ./cmd/sekisho demo --addr $(ADDR) --data $(DATA) --widget widget

build: ## one static binary, bin/sekisho
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/sekisho ./cmd/sekisho

test: ## everything that CI runs; installs what a fresh Debian or Ubuntu lacks
	@.ci/test

tools: ## install what the tests need (npm packages, redis-server, chromium) and say what was done
	@.ci/tools

unit: ## Go's tests with the race detector, and the widget's unit tests
	go test -race ./...
	node widget/test.mjs

e2e: ## browser tests against the built binary
	node cmd/sekisho/e2e/run.mjs

lint: ## gofmt, go vet, staticcheck, eslint, tsc
	@unformatted=$$(gofmt -l cmd server vendors widget); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted (make fmt mends it)"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	npx --no-install tsc --noEmit -p widget
	npx --no-install eslint --max-warnings 0 .

fmt: ## format the Go code
	gofmt -w cmd server vendors widget

vuln: ## govulncheck: known vulnerabilities that our code can reach
	go run $(GOVULNCHECK) $(if $(VULNDB),-db $(VULNDB)) ./...

bench: ## Go benchmarks, then in Chromium what the gate, its files and the ways of pasting cost, and what others do (BENCH="cost files ways rivals" for some)
	go test -run '^$$' -bench . -benchmem ./...
	node widget/bench/run.mjs $(BENCH)

fuzz: ## every fuzz target for 60 s each (FUZZTIME=10s for less)
	@.ci/fuzz $(FUZZTIME)

shots: ## screenshots of banner and preferences, and contact sheets, into .github/screens
	node cmd/sekisho/e2e/shots.mjs

clean: ## remove what was built (not the data)
	rm -rf bin node_modules cmd/sekisho/e2e/results

# trapline: build, test, install. `make` alone lists the targets.

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
FUZZTIME ?= 10s
SEEDS    ?= 2000
SYSTEM   ?= linux

# The packages whose tests take longest begin first, so that none of them is left alone at the end.
LONGEST := ./tracer ./cmd/trapline ./internal/sim

export CGO_ENABLED := 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
# The entry point sees the signals before the Go runtime changes them (kernel/linux/ownlimits).
ENTRY   := $(if $(filter linux/amd64,$(shell $(GO) env GOOS)/$(shell $(GO) env GOARCH)),-E _rt0_trapline)
LDFLAGS := -s -w $(ENTRY) -X main.version=$(VERSION) -X main.commit=$(COMMIT)

.DEFAULT_GOAL := help
.PHONY: help build install demo test sim lint docs strace-suite bench fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/trapline, one static binary
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/trapline ./cmd/trapline

install: build ## install the binary, manual pages and completions under PREFIX (/usr/local)
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 bin/trapline '$(DESTDIR)$(PREFIX)/bin/trapline'
	bin/trapline gen man '$(DESTDIR)$(PREFIX)/share/man'
	bin/trapline gen completion '$(DESTDIR)$(PREFIX)/share'

demo: build ## debug a small program by script, and trace real ones
	testdata/demo/demo bin/trapline

test: ## install what the tests need (root on Debian), run them all, look for processes left behind
	scripts/need
	$(GO) vet ./...
	$(GO) run ./internal/testrun -limit 14m -- -timeout 10m -p 2 $(LONGEST) ./...

sim: ## play SEEDS (2000) schedules of the engine on a modeled SYSTEM (linux, freebsd, svr4)
	$(GO) run ./internal/sim -seeds $(SEEDS) -system $(SYSTEM)

lint: ## gofmt, vet for both systems, staticcheck
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "gofmt would change:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	GOOS=freebsd $(GO) vet ./...
	$(GO) tool staticcheck ./...

docs: ## write the manual pages (docs/man) and docs/commands.md from the command tree and the command table
	$(GO) test -run '^TestManual$$' ./session -update
	$(GO) run ./cmd/trapline gen man docs/man

strace-suite: build ## run strace's own tests against trapline (root, Debian 12; fetched into ~/.cache/trapline)
	scripts/strace-suite

bench: build ## measure against the C floor, strace and gdb, in one run
	scripts/need
	$(GO) run ./internal/benchpair -trapline bin/trapline

fuzz: ## run every fuzz target for FUZZTIME (10s)
	scripts/fuzz $(FUZZTIME)

clean: ## remove what was built
	rm -rf bin

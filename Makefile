# The two commands of the README are `make demo` and `make test`.

GO ?= go
LINT = $(GO) tool -modfile=tools/go.mod
# Packages with goroutines of their own, which the tests run under the race
# detector too.
CONCURRENT = ./compliance/... ./connectors/... ./fx/... ./internal/... ./settlement/... ./switch/...

.PHONY: vault browser demo test check build fuzz xmllint bench

demo: build ## show the whole job on real parts
	bin/switch demo

test: xmllint browser vault ## run all tests on a real database, then the concurrent packages with -race
	$(GO) run ./internal/db/dbserver/cmd/withdatabase -- $(GO) test -timeout 20m ./...
	$(GO) run ./internal/db/dbserver/cmd/withdatabase -- $(GO) test -timeout 20m -race -short $(CONCURRENT)

vault: # built before the tests, whose time limit of ten minutes it would use up in a fresh clone
	@echo "building Vault, five to ten minutes the first time"
	cd tools/vault && $(GO) build -ldflags='-s -w' -o ../../bin/vault github.com/hashicorp/vault

xmllint: # libxml2 gives a second opinion on messages; Debian has it in libxml2-utils
	@command -v xmllint >/dev/null || \
		{ echo "installing Debian's libxml2-utils, to ask libxml2 about messages"; apt-get update -qq && apt-get install -y -qq libxml2-utils; } || \
		echo "no xmllint: the tests that ask libxml2 are skipped"

browser: # the tests of pages look at them through Debian's Chromium
	@command -v chromium >/dev/null || \
		{ echo "installing Debian's chromium, to look at pages"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } || \
		echo "no chromium: the tests that look at pages are skipped"

build: ## build bin/switch
	$(GO) build -o bin/switch ./switch

check: ## vet, lint, and look for known vulnerabilities where the database can be reached
	$(GO) vet ./...
	$(LINT) golangci-lint run
	@mkdir -p bin
	@$(LINT) govulncheck ./... >bin/govulncheck.txt 2>&1 && echo "govulncheck: nothing known" || \
		{ grep -q 'fetching vulnerabilities' bin/govulncheck.txt && echo "govulncheck: its database is out of reach, not checked"; } || \
		{ cat bin/govulncheck.txt; exit 1; }

fuzz: ## fuzz every decoder for half a minute each
	@for target in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for name in $$(grep -rho --include='*_test.go' '^func Fuzz[A-Za-z0-9]*' $$target | sed 's/func //' | sort -u); do \
			$(GO) test $$target -run '^$$' -fuzz "^$$name\$$" -fuzztime 30s -fuzzminimizetime 1x || exit 1; \
		done; \
	done

# What has micro-benchmarks: codec, signatures, screening, quotes, engine, lane, outbox.
BENCHED = ./iso20022 ./iso20022/wire ./iso20022/message ./iso20022/rules ./connectors/alipayplus ./internal/keys \
	./compliance/match ./compliance/rules ./fx ./switch/payment ./switch/engine ./internal/outbox ./conformance/bench
COUNT ?= 6

bench: ## run the micro-benchmarks COUNT times; old bin/bench.txt becomes bin/bench.old.txt and is compared
	@mkdir -p bin
	@test ! -f bin/bench.txt || mv bin/bench.txt bin/bench.old.txt
	$(GO) run ./internal/db/dbserver/cmd/withdatabase -- $(GO) test -run '^$$' -bench . -benchmem -benchtime 200ms \
		-count $(COUNT) -p 1 $(BENCHED) | tee bin/bench.txt
	@if test -f bin/bench.old.txt; then $(LINT) benchstat bin/bench.old.txt bin/bench.txt; else $(LINT) benchstat bin/bench.txt; fi

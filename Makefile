# make test runs everything that this machine can in a few minutes, and says what
# it skips; make test-long repeats it with the repetitions that take longer.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 300x
BENCHTIME ?= 1s
LAB = testdata/lab/lab

# The race detector needs a C compiler.
RACE = $$(if [ "$$(go env CGO_ENABLED)" = 1 ]; then echo -race; fi)

# With the race detector a test takes five times as long or more. make test has it where
# goroutines are started: in these packages, but for their longest tests, and in tests of
# the command that scan several targets or are interrupted. make test-long has it
# everywhere.
RACED = ./ike/eap/eaptls ./ike/iketest/... ./probe/... ./report/incident ./cmd/ikescope/internal/...
RACED_COMMANDS = TestFleet|TestFollow|TestInterrupt|TestLoginSignals|TestSharedByGateways|TestSameAddress|TestOtherAddressesGoOn|TestNobodyReads|TestPcap
LONGEST = TestTruth|TestScanResume$$|TestScanDeadline|TestScanKE|TestAcceptsAgrees

.PHONY: test test-long lint unit unit-long race property lab lab-long fuzz bench build dist dist-check clean

# The lab mostly waits, so the unit tests run beside it.
test: lint
	$(MAKE) -j2 unit lab
	$(MAKE) fuzz

test-long: unit-long race property lab-long
	$(MAKE) fuzz FUZZTIME=20000x

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then \
		echo "gofmt -w: $$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

# The lab has targets of its own.
unit unit-long race: export IKESCOPE_LAB =
unit:
	@[ -n "$(RACE)" ] || echo "skipped: the race detector: it needs a C compiler"
	go test -short $(RACE) -timeout 30m -skip '$(LONGEST)' $(RACED)
	go test -short -timeout 30m -run '$(LONGEST)' ./ike/iketest ./probe
	go test -short -timeout 30m $$(go list ./... | grep -vxF "$$(go list $(RACED))")
	go test -short $(RACE) -timeout 30m -run '$(RACED_COMMANDS)' ./cmd/ikescope

unit-long:
	go test -timeout 40m ./...

# All packages, with the repetitions of make test.
race:
	@[ -n "$(RACE)" ] || echo "skipped: the race detector: it needs a C compiler"
	[ -z "$(RACE)" ] || go test -short $(RACE) -timeout 30m ./...

# The planner and the learner against thousands of random policies.
property:
	go test -timeout 40m -run 'TestInferenceIsRight|TestPlannerIsSound|TestExhaustiveIsExact|TestNastyPolicies|Hypotheses|TestUnreliableGateway|TestLimitsThatChange' ./proposals/matrix \
		-misleading 3000 -rapid.checks 1000
	go test -timeout 40m -run TestLearner ./proposals/choice -responders 1000

# The tests against real gateways, where the lab can run. IKESCOPE_LAB=require
# makes it an error if it cannot; IKESCOPE_LAB=off leaves it out.
lab: SHORT = -short
lab lab-long:
	@mode=$${IKESCOPE_LAB:-auto}; \
	if [ "$$mode" = off ]; then echo "skipped: the lab of real gateways: IKESCOPE_LAB=off"; exit 0; fi; \
	if ! why=$$($(LAB) check 2>&1); then \
		if [ "$$mode" = require ]; then echo "$$why" >&2; exit 1; fi; \
		echo "skipped: the lab of real gateways: $$why"; exit 0; \
	fi; \
	set -ex; \
	$(LAB) install; \
	IKESCOPE_LAB=$$mode go test $(SHORT) -count=1 -timeout 45m -parallel 6 -run Lab ./cmd/ikescope

# Each fuzz target for a short while, of one program for each package: go test would
# link it again for each target. Most of the time goes into starting, with one thread,
# so each target has one worker, and there are as many side by side as processors. It
# is a count, since Go before 1.27 may report the end of a time as a failure
# (go.dev/issue/75804), and what is interesting is not made smaller, which can take a
# minute.
fuzz:
	@set -e; bin=$$(mktemp -d); trap 'rm -rf "$$bin"' EXIT; cache=$$(go env GOCACHE)/fuzz; \
	go list -f '{{.ImportPath}} {{.Dir}}' ./... | while read -r package dir; do \
		grep -qs '^func Fuzz' "$$dir"/*_test.go || continue; \
		program=$$bin/$$(echo "$$package" | tr / _); \
		go test -c -fuzz=. -o "$$program" "$$package"; \
		for target in $$(cd "$$dir" && "$$program" -test.list '^Fuzz'); do \
			echo "$$dir $$program $$target $$cache/$$package"; \
		done; \
	done >"$$bin/targets"; \
	xargs -P "$$(getconf _NPROCESSORS_ONLN)" -L 1 sh -c 'cd "$$0" || exit; \
		out=$$("$$1" -test.run "^$$" -test.fuzz "^$$2\$$" -test.fuzztime $(FUZZTIME) -test.parallel 1 \
			-test.fuzzminimizetime 1x -test.fuzzcachedir "$$3" 2>&1) || { echo "$$0: $$2: $$out"; exit 255; }; \
		echo "fuzzed $$2 for $(FUZZTIME) in $$0"' <"$$bin/targets"

bench:
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

build:
	CGO_ENABLED=0 go build -trimpath -o bin/ikescope ./cmd/ikescope

# What a release consists of, in dist/: see .ci/dist.
dist:
	.ci/dist

# The packages, built twice and compared, looked at by lintian, and installed in a fresh
# root. It needs root, and installs the Debian packages that it needs.
dist-check:
	.ci/dist-check

clean:
	rm -rf bin dist

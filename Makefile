# Everything that a person or a machine does with this project. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
.PHONY: help setup venv build golden format demo test tsan numa-proof bench bench-build bench-quick \
	bench-baseline clean

JOBS ?= $(shell nproc)
PYTHON ?= python3
SIZE_MAX := 7000000
export SWIFT_BACKTRACE := enable=no

# Debian packages that building, the demo and the tests need; the Swift toolchain is a precondition.
PACKAGES := binutils g++ gcc git libarchive-dev libc6-dev libnuma-dev libzmq3-dev make zlib1g-dev \
	python3 python3-venv tzdata
MISSING = $(shell for package in $(PACKAGES); do \
	dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q '^install ok installed' \
	|| echo $$package; done)

# What only the benchmarks need: the rivals' languages and libraries, and the counter of instructions.
BENCH_PACKAGES := golang-go libboost-dev libconcurrentqueue-dev libtbb-dev valgrind

help: ## List the targets
	grep -hE '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) \
	| while IFS= read -r line; do printf '  make %-14s %s\n' "$${line%%:*}" "$${line##*## }"; done

setup: ## Check for the toolchain and install missing Debian packages
	command -v swift >/dev/null || {
	  echo 'make: no swift on the path. Install the Swift 6.3 toolchain for Debian 12 (swift.org/install)' \
	    'and add its usr/bin to PATH.' >&2
	  exit 1
	}
	missing='$(strip $(MISSING))'
	[ -n "$$missing" ] || exit 0
	install="apt-get update && apt-get install -y --no-install-recommends $$missing"
	if [ "$$(id -u)" = 0 ]; then
	  echo "make: installing $$missing"
	  DEBIAN_FRONTEND=noninteractive bash -c "$$install"
	elif sudo -n true 2>/dev/null; then
	  sudo DEBIAN_FRONTEND=noninteractive bash -c "$$install"
	else
	  echo "make: missing $$missing, and you may not install here. Have this run once, then try again:" >&2
	  echo "  sudo sh -c '$$install'" >&2
	  exit 1
	fi

venv: setup .venv/stamp ## Python environment of the tests

.venv/stamp: Tests/requirements.txt
	$(PYTHON) -m venv --clear .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	touch $@

# The library comes first: the link names it as NEEDED, so it must lie in build/lib by then.
build: setup ## Release build, laid out in build/{bin,lib,include}
	lay() {
	  strip --strip-unneeded -o "$$1.new" ".build/release/$$2"
	  mv -f "$$1.new" "$$1"
	}
	# SwiftPM does not see that a header of a system module has changed: old objects would keep the old
	# layout of the records.
	for header in holdfast.h holdfast_layout.h holdfast_link.h; do
	  if [ -f build/include/$$header ] && ! cmp -s Include/$$header build/include/$$header; then
	    rm -rf .build/*-linux-*/release .build/*-linux-*/debug .build/*.yaml .build/build.db build/include
	  fi
	done
	mkdir -p build/bin build/lib build/include
	swift build -c release -j $(JOBS)
	install -m 755 .build/release/holdfast-cli build/bin/holdfast
	lay build/lib/libholdfast.so.0 libholdfast.so
	ln -sf libholdfast.so.0 build/lib/libholdfast.so
	HOLDFAST_LIBDIR='$(CURDIR)/build/lib' swift build -c release -j $(JOBS) --product holdfast_link
	lay build/lib/libholdfast_link.so.0 libholdfast_link.so
	ln -sf libholdfast_link.so.0 build/lib/libholdfast_link.so
	cp -p Include/*.h build/include/
	bytes=$$(stat -c %s build/lib/libholdfast.so.0)
	printf 'libholdfast.so.0: %d bytes stripped, limit %d\n' "$$bytes" $(SIZE_MAX)
	[ "$$bytes" -le $(SIZE_MAX) ] || { echo 'make: libholdfast.so.0 has grown over its limit' >&2; exit 1; }

golden: ## Add new numbers and layouts of the headers to the golden lists
	$(PYTHON) Tests/tools/asserts.py
	$(PYTHON) Tests/tools/constants.py --write
	$(PYTHON) Tests/tools/layout.py --write

format: ## Bring every Swift file into the shape of .swift-format
	swift format --in-place --recursive --parallel Package.swift Sources Tests

demo: build ## A whole trading session with an executor in a process of its own (ARGS='--speed 1')
	build/bin/holdfast demo $(ARGS)

test: venv build ## Every test (ARGS=swift, tidy or abi: one suite)
	.venv/bin/python Tests/run.py --jobs $(JOBS) $(ARGS)

# In release: unspecialised generics move their values by code of the runtime, where the sanitizer sees
# nothing. A folder of its own, because sanitized modules do not mix with others.
TSAN := -c release -Xswiftc -enable-testing --sanitize=thread --scratch-path .build-tsan

tsan: setup ## The rings, the core and a minute's storm under ThreadSanitizer (HOLDFAST_STRESS=10)
	swift build --build-tests -j $(JOBS) $(TSAN)
	HOLDFAST_SECONDS=$${HOLDFAST_SECONDS:-60} swift test --skip-build --disable-xctest $(TSAN) \
	  --filter 'HoldfastCoreTests|StormTests' $(ARGS)

# Outside `make test`: it installs QEMU, downloads a kernel and takes minutes. LIMIT_S is the guest's time.
numa-proof: build ## Stripes on a machine with two memory nodes, in an emulated guest (Debian only)
	Tests/Numa/run_on_two_nodes.sh

.venv/bench-stamp: .venv/stamp Benchmarks/requirements.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check \
	  -r Benchmarks/requirements.txt
	touch $@

# The C++ rivals are the reference: same workload, same checksums, same run.
bench-build: venv
	$(MAKE) --no-print-directory setup PACKAGES='$(BENCH_PACKAGES)'
	$(MAKE) --no-print-directory .venv/bench-stamp
	$(MAKE) --no-print-directory -j $(JOBS) -C Benchmarks/Rivals/cpp
	$(MAKE) --no-print-directory -j $(JOBS) -C Benchmarks/Rivals/parts
	if command -v go >/dev/null; then
	  cd Benchmarks/Rivals/go && go build -o build/rival . && cd - >/dev/null
	else
	  echo 'make: no go on the path, the Go rival is left out'
	fi
	swift build --package-path Benchmarks -c release -j $(JOBS) --product holdfast-bench

bench: bench-build ## The standard workload beside every rival, one table, plots and docs/benchmarks.md
	.venv/bin/python -B Benchmarks/report --docs $(ARGS)

bench-quick: bench-build ## The same, small: fails on a checksum, a lost ratio, 10 % more instructions
	.venv/bin/python -B Benchmarks/report --quick $(ARGS)

bench-baseline: bench-build ## Make today's counts of instructions the baseline
	.venv/bin/python -B Benchmarks/report/instructions.py --write

clean: ## Remove everything that was built
	rm -rf .build .build-tests .build-tsan build .venv Benchmarks/.build Benchmarks/Rivals/*/build

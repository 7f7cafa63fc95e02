# Claviger's front door. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

DATA ?= data
LISTEN ?= 127.0.0.1:4566
JOBS ?= $(shell nproc)

.PHONY: help
help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build  ## Install what is missing, build, and serve on $(LISTEN) with the store in ./$(DATA)
	@exec build/release/claviger serve --data $(DATA) --listen $(LISTEN)

.PHONY: build
build:  ## Build the optimized program: build/release/claviger
	@tools/install_packages build
	@test -f build/release/build.ninja || cmake --preset release
	@cmake --build build/release -j $(JOBS) --target claviger

.PHONY: test
test:  ## Install what the tests need and run all of them
	@tools/install_packages build test
	@tools/run_tests

.PHONY: demo
demo: build  ## Rotate an access key with the real AWS CLI, each step shown with its answer
	@tools/install_packages test
	@tools/demo build/release/claviger

.PHONY: bench
bench:  ## Measure requests beside nginx and commits beside bare syncs
	@tools/install_packages build test bench
	@cmake --preset release >/dev/null
	@cmake --build build/release -j $(JOBS)
	@bench/run build/release

.PHONY: lint
lint:  ## Check formatting, clang-tidy and the house rules
	@tools/install_packages build lint
	@tools/lint

.PHONY: format
format:  ## Format all C++ sources
	@tools/install_packages lint
	@git ls-files '*.h' '*.cc' | xargs clang-format -i

.PHONY: fuzz
fuzz:  ## Fuzz every target for FUZZ_SECONDS each (default 60)
	@tools/install_packages build lint
	@tools/run_fuzz

.PHONY: sanitize
sanitize:  ## Run the unit tests under the address, undefined-behaviour and thread sanitizers
	@tools/install_packages build test
	@tools/run_sanitized

.PHONY: docs
docs: build  ## Write the generated pages of docs/reference anew
	@build/release/claviger operations --implemented | python3 codegen/coverage.py model - > docs/reference/coverage.md.new && mv docs/reference/coverage.md.new docs/reference/coverage.md

.PHONY: catalogue
catalogue:  ## Fetch all policies that AWS manages: build/managed_policies.json
	@tools/install_packages test
	@tools/fetch_catalogue build/managed_policies.json

.PHONY: clean
clean:  ## Remove what was built
	@rm -rf build

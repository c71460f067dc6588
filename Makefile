# Everything here installs what it needs: root on Debian, Go and git are enough.

STATICCHECK   := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# The Go modules: the pipeline itself (.), and each directory with a go.mod.
MODULES := . $(patsubst %/go.mod,%,$(wildcard */go.mod))
# tests holds the end-to-end tests; the others hold unit tests.
UNITS   := $(filter-out tests,$(MODULES))

# each runs a command in every module of a list, all of them also after a failure.
each = @failed=; for m in $(1); do echo "$$m: $(2)"; (cd $$m && $(2)) || failed="$$failed $$m"; done; \
	[ -z "$$failed" ] || { echo "failed in:$$failed: $(2)" >&2; exit 1; }

# What the demo compiles is downloaded while it compiles the first of it; the network and the processors work at once then.
DOWNLOAD := { GOWORK=off go list -C lab -deps . && GOWORK=off go list -C embedded -deps ./... \
	github.com/moby/buildkit/cmd/buildkitd github.com/containernetworking/plugins/plugins/...; }

.DEFAULT_GOAL := help
.PHONY: help demo test unit end-to-end lint format vet staticcheck shell readme golangci-lint bindings setup \
	release job-image bench lab-up lab-down clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: ## watch the pipeline work on examples/app: first run, after an edit, unchanged
	@BUILDKIT_HOST= .ci/setup & setup=$$!; $(DOWNLOAD) >/dev/null 2>&1 & \
	GOWORK=off CGO_ENABLED=0 go build -C lab -trimpath -gcflags=all=-dwarf=false -ldflags='-s -w' -o demo/demo ./demo && wait $$setup && exec lab/demo/demo

test: unit end-to-end ## run all tests

unit: setup bindings ## run the unit tests of every module
	$(call each,$(UNITS),GOWORK=off go test ./...)

# Two packages at a time, each with a lab and an engine of its own: one alone leaves half of two processors idle. The
# one that takes longest begins.
# The one that ends runs at random moments is alone: what a killed run had not yet noted is lost with it, and the
# busier the machine, the later it notes.
end-to-end: setup ## run the pipeline for real against the lab
	GOWORK=off go test -C tests -count=1 -timeout 40m ./environments
	GOWORK=off go test -C tests -count=1 -p 2 -timeout 40m ./python $$(cd tests && GOWORK=off go list ./... | grep -v '/environments$$\|/python$$')

lint: format vet staticcheck shell readme ## check the sources

format:
	@files=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
	[ -z "$$files" ] || { echo "not formatted, run gofmt -w on:" $$files >&2; exit 1; }
	@if command -v terraform >/dev/null; then terraform fmt -check -recursive examples lab; \
	else echo "terraform is not on PATH: the format of *.tf is not checked"; fi

vet: bindings
	$(call each,$(MODULES),GOWORK=off go vet ./...)

staticcheck: bindings
	$(call each,$(MODULES),GOWORK=off go run $(STATICCHECK) ./...)

# SC2154: what a step's script reads from the environment is set by the step.
shell:
	@if command -v shellcheck >/dev/null; then shellcheck --severity=warning -e SC2154 pipeline $$(git ls-files .ci '*.sh' ':!*Dockerfile'); \
	else echo "shellcheck is not on PATH: the scripts are not checked"; fi

readme:
	@.ci/readme

golangci-lint: bindings ## check with golangci-lint too; its first build takes minutes
	$(call each,$(MODULES),GOWORK=off go run $(GOLANGCI_LINT) run ./...)

bindings: ## generate dagger.gen.go and internal/dagger, offline
	@./pipeline bindings

setup:
	@.ci/setup

release: setup ## make the embedded engine as an archive that needs no Go, in dist/
	@.ci/engine

job-image: setup ## and from it the image of a CI job, pushed as IMAGE
	@.ci/engine image "$(IMAGE)"

bench: setup ## measure what reuse saves: about a quarter of an hour; results in docs/benchmarks
	GOWORK=off go run -C bench . run

lab-up: ## start the registry, the AWS stand-in and the base images; print their environment
	@GOWORK=off go run -C lab . up

lab-down: ## stop them
	@GOWORK=off go run -C lab . down

clean: ## remove what was generated in the checkout
	rm -rf dagger.gen.go internal/dagger lab/demo/demo

# The commands of this project. Each sets up what it needs; nothing but Python 3.11+, make and git has to be there.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
STACK ?= $(if $(DRIVER),driver-$(DRIVER),local)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export STACK

venv := .venv/.made
local_packages := localcloud/node_modules/.package-lock.json
worker_packages := workers/node_modules/.package-lock.json
example_packages := examples/languages/typescript/node_modules/.package-lock.json
bundles := workers/dist/.made

# `OUT=folder` is `--out "folder"`.
wrangler_option = $(if $($(1)),--$(shell echo $(1) | tr A-Z a-z) "$($(1))")

.PHONY: help up destroy down status check test workers wrangler dev graph setup preview deploy drift remove comment rehearse \
	docs reference schema engine bench clean lock

help:  ## what can be made
	@sed -n 's/^\([a-z ]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 36

up: $(venv) $(bundles) engine  ## start the local cloud, deploy the stack STACK to it (`local`)
	python -m localcloud up
	python -m localcloud deploy $(STACK)

destroy: $(venv)  ## delete what the stack STACK made on the local cloud
	python -m localcloud destroy $(STACK)

down: $(venv)  ## end what `make up` started
	python -m localcloud down

status: $(venv)  ## show each part of the local cloud
	python -m localcloud status

workers: $(bundles)  ## bundle the Worker sources

wrangler: $(venv)  ## write the wrangler files of the stack STACK (OUT, WORKER, MAIN, MODE, FORMAT, CHECK)
	@python -m tools.wrangler_files $(STACK) $(foreach option,OUT WORKER MAIN MODE FORMAT,$(call wrangler_option,$(option))) $(if $(CHECK),--check)

dev: $(venv) $(local_packages)  ## run `wrangler dev` for WORKER of the local stack STACK
	@python -m tools.wrangler_dev $(STACK) $(WORKER)

graph: $(venv)  ## draw the stack STACK, as its page among the pictures
	@python -m tools.graph "$$STACK"

setup: $(venv) $(bundles) engine  ## a pipeline's first step: all that the others need, before there is a secret
	python -m compileall -q *.py components policies settings tools

preview deploy drift remove: $(venv) $(bundles)  ## a pipeline's step on the stack STACK
	@python -m tools.pipeline $@ "$$STACK"

comment:  ## write REPORT to the pull request PR, with no package's help
	@$(PYTHON) -m tools.pipeline.comment

rehearse: $(venv) $(local_packages) $(bundles) engine  ## play the pipelines on a local cloud: preview, up, drift, destroy
	@python -m tools.rehearsal

docs: $(venv) $(worker_packages)  ## build the documentation's site into `site`
	@mkdir -p docs/assets
	cp workers/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js docs/assets/mermaid.js
	python -m zensical build --strict

reference: $(venv)  ## write the reference pages, the pictures and the stack file's schema anew
	python -m tools.reference

schema: $(venv)  ## write the plugin's schema anew; RELEASE=1 also what a release promises
	python -m plugin.schema $(if $(RELEASE),--release)

check: $(venv) $(worker_packages)  ## fast checks: format, lint, types, prose, unit tests
	ruff format --check .
	ruff check .
	shellcheck tools/pulumi.sh .ci/run
	mypy .
	python -m tools.prose
	npm --prefix workers run check
	python -m tools.lint_pipelines
	pytest tests/unit --numprocesses logical --dist loadgroup

test: check $(local_packages) $(bundles) $(example_packages)  ## everything that checks the project
	npm --prefix workers test
	@# Where no engine can be had (status 3), its tests say so; REQUIRE_ENGINE=1 has them fail.
	tools/pulumi.sh >/dev/null || test $$? -eq 3
	pytest tests/localcloud tests/engine --numprocesses logical --maxprocesses 4 --dist loadfile

bench: $(venv) $(local_packages) $(bundles) engine  ## print the figures of benchmarks/README.md
	python -m benchmarks
	python -m benchmarks.load
	python -m benchmarks.latency

engine: $(venv)
	tools/pulumi.sh >/dev/null

lock: $(venv)  ## pin the dependencies anew
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.txt -o requirements.lock

clean:  ## remove all that was made
	@[ ! -d .localcloud ] || .venv/bin/python -m localcloud down --remove
	rm -rf .venv .tools .localcloud site docs/assets workers/dist workers/generated workers/node_modules localcloud/node_modules \
		examples/languages/typescript/node_modules

$(venv): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(local_packages): localcloud/package-lock.json | $(venv)
	python -m localcloud.node

$(worker_packages): workers/package-lock.json | $(venv)
	npm ci --prefix workers --no-audit --no-fund --loglevel=error
	@touch $@

$(example_packages): examples/languages/typescript/package-lock.json | $(venv)
	npm ci --prefix examples/languages/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(bundles): $(worker_packages) $(wildcard workers/src/*.ts workers/src/*/*.ts workers/*.ts) workers/prisma/schema.prisma
	npm --prefix workers run --silent build
	@touch $@

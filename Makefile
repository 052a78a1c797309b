# `make help` lists what there is to do.  Nothing needs to be installed first but Python 3.11+
# and, for the tests, Node 20+.
.NOTPARALLEL:
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv/bin/python
CODE := relay reducer tests
PIP := $(VENV) -m pip install --quiet --disable-pip-version-check --require-hashes

# Recorded streams need no key.  Another upstream is a word away: from the environment,
# `make run RELAY_UPSTREAM=responses`, or a .env file.  `responses` without a key means the
# scripted server of the tests, so that there is something to try.
ifeq ($(wildcard .env),)
RELAY_UPSTREAM ?= replay
export RELAY_UPSTREAM
# What was going on goes on after a restart.
run: export RELAY_STORE ?= sqlite:.relay/relay.db
endif

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .venv/.server ## the relay and its demo page, on recorded streams unless RELAY_UPSTREAM says else
	@mkdir -p .relay
	@exec $(VENV) -m tests.scripted.beside_relay

.PHONY: test
test: lint types unit node browser ## everything that CI runs

.PHONY: lint
lint: .venv/.dev ## format and lint of the Python code
	$(VENV) -m ruff format --check $(CODE)
	$(VENV) -m ruff check $(CODE)

.PHONY: types
types: .venv/.dev web/node_modules/.installed ## mypy and tsc
	$(VENV) -m mypy $(CODE)
	web/node_modules/.bin/tsc -p web

.PHONY: unit
unit: .venv/.dev web/node_modules/.installed ## Python tests but for the browser's; Redis and nginx are installed if need be
	@sh .ci/redis >/dev/null
	@sh .ci/nginx >/dev/null
	REDIS_SERVER="$$(sh .ci/redis)" NGINX="$$(sh .ci/nginx)" $(VENV) -m pytest tests --ignore=tests/browser -n 3

.PHONY: node
node: web/node_modules/.installed ## JavaScript tests
	node --test $$(find tests/web -name '*.test.mjs' | sort)

.PHONY: browser
browser: .venv/.dev web/node_modules/.installed ## tests in Chromium; it and Redis are installed if need be
	@sh .ci/chromium >/dev/null
	@sh .ci/redis >/dev/null
	CHROMIUM="$$(sh .ci/chromium)" REDIS_SERVER="$$(sh .ci/redis)" $(VENV) -m pytest tests/browser -n 2

.PHONY: coverage
coverage: .venv/.dev web/node_modules/.installed ## which branches of relay and reducer the Python tests reach
	@sh .ci/redis >/dev/null
	@sh .ci/nginx >/dev/null
	REDIS_SERVER="$$(sh .ci/redis)" NGINX="$$(sh .ci/nginx)" $(VENV) -m pytest tests --ignore=tests/browser --cov --cov-report=term

.PHONY: bench
bench: .venv/.server ## the relay beside the floor of this machine, in a table (ARGS="A1 --runs 1" for less)
	@sh .ci/redis >/dev/null
	REDIS_SERVER="$$(sh .ci/redis)" $(VENV) -m tests.bench $(ARGS)

.PHONY: fixtures
fixtures: .venv/.dev ## record fixtures/ anew from the scripted upstream
	$(VENV) -m tests.fixtures

.PHONY: format
format: .venv/.dev ## format the Python code, and mend what ruff can
	$(VENV) -m ruff check --fix $(CODE)
	$(VENV) -m ruff format $(CODE)

.PHONY: requirements
requirements: ## pin what pyproject.toml asks for (needs uv; UPGRADE=--upgrade takes the newest)
	@command -v uv >/dev/null || { echo "uv is missing; run: $(PYTHON) -m pip install uv" >&2; exit 1; }
	$(PIN) --extra server --output-file requirements.txt
	$(PIN) --extra server --group dev --constraints requirements.txt --output-file requirements-dev.txt

PIN := uv pip compile pyproject.toml $(UPGRADE) --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

.PHONY: clean
clean: ## remove what the other commands made
	rm -rf .venv .relay web/node_modules build dist htmlcov .coverage .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# The stamps inside .venv and node_modules: a second `make run` starts at once.
$(VENV):
	@sh .ci/python "$(PYTHON)"
	"$(PYTHON)" -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.server: requirements.txt | $(VENV)
	$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | $(VENV)
	$(PIP) -r requirements-dev.txt
	@touch $@ .venv/.server

web/node_modules/.installed: web/package-lock.json
	@sh .ci/node
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

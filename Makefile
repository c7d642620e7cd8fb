# Baton: `make` prints the words.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && command -v $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_WORKERS ?= 2
PIP := $(BIN)/python -m pip --disable-pip-version-check install --progress-bar off

# The rules engine is published as source that calls a function which Python 3.13 took away under that name. Pip keeps
# what it has built: a build without the flag would be found again, so this one package is built past the cache.
ENGINE_FLAGS := CPPFLAGS="$(CPPFLAGS) -DPyEval_CallObject=PyObject_CallObject"
BUILD_ENGINE := $(ENGINE_FLAGS) $(PIP) --quiet --no-cache-dir --no-binary durable-rules --no-build-isolation \
	--force-reinstall --require-hashes -r requirements/engine.txt

.PHONY: help demo serve test check bench soak schema migrate format lock engine clean

help: ## print these words
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/all.txt requirements/engine.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Baton needs Python 3.11, 3.12 or 3.13 (with its headers) on the PATH."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version). The first time this takes some minutes; each package is named."
	@$(PYTHON) -m venv $(VENV)
	@set -o pipefail; $(PIP) --require-hashes -r requirements/all.txt | sed -n 's/^Collecting \([^ ]*\).*/  \1/p'
	@echo "Building the rules engine."
	@$(MAKE) --no-print-directory engine VENV=$(VENV)
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $@

engine: ## build the rules engine anew and import it once
	@$(BUILD_ENGINE)
	@$(BIN)/python -c 'import durable.lang' || \
		{ echo 'The rules engine was built but cannot be loaded; see what the compiler says: $(BUILD_ENGINE) --verbose'; exit 1; }

demo: $(READY) ## run the main job on the embedded database; leads arrive, time runs faster
	$(BIN)/baton demo $(DEMO)

serve: $(READY) ## serve the API on the embedded database under .baton/
	$(BIN)/baton serve --graphiql

test: $(READY) ## run the test suite (starts its own PostgreSQL)
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(TESTS)

check: $(READY) ## format, lint, types, import contracts, schema snapshot, migrations = tables
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

bench: $(READY) ## measure the budgets as ratios; writes build/bench.json
	$(BIN)/python -m tests.benchmarks

soak: $(READY) ## the long runs: endurance, many kills, many rows
	$(BIN)/python -m pytest -q -m soak tests

schema: $(READY) ## print API, document, rights and settings into their files
	$(BIN)/baton schema > schema.graphql
	$(BIN)/baton schema --json > schema.json
	$(BIN)/baton schema --rights > docs/rights.md
	$(BIN)/baton schema --events > docs/events.schema.json
	$(BIN)/baton settings --markdown > docs/settings.md

migrate: $(READY) ## bring the database of BATON_DATABASE_URL (or the embedded one) up to date
	$(BIN)/baton migrate

format: $(READY) ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## pin what is needed anew, for Python 3.11 to 3.13
	$(BIN)/python -m pip install --quiet uv
	for list in all engine; do \
		$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
			--no-header --upgrade requirements/$$list.in -o requirements/$$list.txt; done

clean: ## remove what the build made (not the database under .baton/)
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Baton: `make` prints the words.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
PYTEST_WORKERS ?= 2

.PHONY: help demo serve test check bench soak schema migrate format lock clean

help: ## print these words
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements/all.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Baton needs Python 3.11 or 3.12 (with its headers) on the PATH."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

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

schema: $(READY) ## print the API into schema.graphql, the document's schema into schema.json, the rights into docs/rights.md
	$(BIN)/baton schema > schema.graphql
	$(BIN)/baton schema --json > schema.json
	$(BIN)/baton schema --rights > docs/rights.md

migrate: $(READY) ## bring the database of BATON_DATABASE_URL (or the embedded one) up to date
	$(BIN)/baton migrate

format: $(READY) ## format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## pin requirements/all.txt anew, for Python 3.11 and 3.12
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --upgrade requirements/all.in -o requirements/all.txt

clean: ## remove what the build made (not the database under .baton/)
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

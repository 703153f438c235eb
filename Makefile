# make serve and make test are all that a new machine with Python 3.11 or later needs.
PYTHON ?= python3
VAULT ?=
BIN = .venv/bin

help:  ## these lines
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

.venv/run: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/dev: requirements-dev.lock .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Maps, diagrams and graphs in browsers need what npm has; without Node.js pages show what the server makes of them.
static/vendor: package.json package-lock.json $(wildcard vendor/*)
	@if command -v npm >/dev/null && npm ci --silent && npm run --silent build; then touch $@; \
	else echo "Without Node.js: maps, diagrams and graphs can't be moved or zoomed."; fi

serve: .venv/run static/vendor  ## serve the sample vault, or another one: make serve VAULT=/some/folder
	$(BIN)/python -m wiki serve $(if $(VAULT),"$(VAULT)")

test: .venv/dev static/vendor  ## all tests
	$(BIN)/python -m pytest -n auto

check: .venv/dev static/vendor  ## format, lint, types, imports, tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

wheel: .venv/run static/vendor  ## the package to install, in dist/
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

format: .venv/dev  ## put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .venv/dev  ## take in newer versions of the dependencies
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade $(LOCK) --extra dev -o requirements-dev.lock pyproject.toml

LOCK = --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

texts: .venv/dev  ## collect the texts of the interface for its translations
	$(BIN)/pybabel -q extract -F pyproject.toml --no-location --omit-header -o .venv/texts.pot templates
	$(BIN)/pybabel -q update -i .venv/texts.pot -d wiki/translations --no-fuzzy-matching --ignore-obsolete --omit-header -w 120

bench: .venv/dev  ## measure, and print each figure with its ratio to a baseline: make bench BENCH="--engine sqlite --notes 100000"
	$(BIN)/python -m benchmarks $(BENCH)

relevance: .venv/dev  ## how well search finds what one remembers of a note: make relevance RELEVANCE="--misses"
	$(BIN)/python -m benchmarks.relevance $(RELEVANCE)

fuzz: .venv/dev  ## a minute of odd input for each thing that takes any: make fuzz FUZZ_SECONDS=600
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) $(BIN)/python -m pytest -n auto tests/test_fuzz.py

audit: .venv/run  ## known weaknesses of the dependencies; asks PyPI
	$(BIN)/pip install --quiet pip-audit
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

prove: .venv/dev  ## compare thousands of pairs of vaults, and write docs/evidence.md
	$(BIN)/python -m tests.interference.prove

.PHONY: help serve test check wheel format lock texts bench relevance prove fuzz audit

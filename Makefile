# Two commands do all the set-up: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check test-browser test-long bench bench-search words lock clean
run: .venv/run
	$(BIN)/python app.py

test: check
	$(BIN)/pytest -n auto --dist worksteal -m "not browser and not long"

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m locales.check

test-browser: .venv/dev
	$(BIN)/pytest -m browser

test-long: .venv/dev
	$(BIN)/pytest -m long

bench: .venv/dev
	$(BIN)/python -m tests.bench

bench-search: .venv/dev
	$(BIN)/python -m tests.bench_search $(ARGS)

# Writes the sentences that are in the code and not yet in a catalog to standard output.
words: .venv/dev
	$(BIN)/python -m locales.check --missing

lock: .venv/dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet --upgrade requirements.in -o requirements.lock
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate --quiet --upgrade requirements-dev.in -o requirements-dev.lock

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv:
	$(PYTHON) -m venv .venv

.venv/run: requirements.lock | .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock | .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ .venv/run

# make serve: every bundled API on http://127.0.0.1:4010.  make test: the tests.  Both set up .venv where it is missing.
PYTHON ?= python3
VENV ?= .venv
# One more than most machines have cores, since many tests wait.
JOBS ?= 3
PORT ?= 4010
RUN := $(VENV)/bin/python
PYTEST := $(RUN) -m pytest -n $(JOBS)
# The tests start hundreds of processes: none of them should compile the package anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help serve test soak check static lint types docs golden proof mutants bench clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

serve: $(VENV)/.plain ## serve every bundled API on http://127.0.0.1:4010 (PORT=4010)
	$(RUN) -m mockserver serve --port $(PORT)

test: $(VENV)/.full ## all tests, the fast ones first
	$(PYTEST) -m "not soak"

soak: $(VENV)/.full ## the tests that take hours: schemathesis and property tests, at length, on every document
	$(PYTEST) -m soak

check: test static ## what has to pass before a change is merged: tests, ruff, mypy

static: lint types ## the part of `make check` that runs nothing

lint: $(VENV)/.full ## ruff
	$(RUN) -m ruff check .

types: $(VENV)/.full ## mypy, strict
	$(RUN) -m mypy

docs: $(VENV)/.full ## write the pages of docs/ that are made from documents and vocabularies
	$(RUN) docs/write.py

golden: $(VENV)/.full ## write what inference makes of documents anew, to be read as a diff
	UPDATE_GOLDEN=1 $(RUN) -m pytest -q tests/inference/test_golden.py

proof: $(VENV)/.full ## check plain servers with 165 planted bugs, and write docs/check-proof.md (half an hour)
	$(RUN) -m tests.plain.proving --parts laws model schemathesis --jobs $(JOBS)

mutants: $(VENV)/.full ## check mutants of the plain servers, and write docs/check-mutants.md (minutes)
	$(RUN) -m tests.plain.mutants --jobs $(JOBS)

bench: $(VENV)/.full ## measure, and write benchmarks/RESULTS.md (needs wrk)
	$(RUN) -m benchmarks

clean: ## remove .venv
	rm -rf $(VENV)

# A stamp per kind of install, renewed when pyproject.toml changes: a second run costs nothing.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mockserver needs Python 3.11 or newer; name one with PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.plain: pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.full: pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.plain

# liandan: every target sets up what it needs. Wanted beforehand: Python >= 3.11, make, git (uv is used if it is there).
#   make demo    the whole story on this machine, results in demo-out/
#   make test    all tests, on an embedded PostgreSQL
#   make long    all cases of the tests of which the suite runs a sample
#   PYTHON=/path/to/python3.12 chooses an interpreter; NO_UV=1 uses pip even where uv is found.
# Paths are relative on purpose: the checkout may lie in a directory with spaces.
.POSIX:
.SUFFIXES:
SHELL = /bin/sh
BIN = .venv/bin

.PHONY: help setup docs demo serve test long check mutants interop clients bench corpus lock clean

help:
	@sed -n '1,5s/^# \{0,1\}//p' Makefile
	@echo 'targets: demo serve test long docs check mutants interop clients bench corpus lock clean'

setup:
	@sh .ci/setup

# The pages that the server shows under /docs; built again when one of them has changed.
SITE = build/site/index.html
docs: setup
	@if [ ! -e $(SITE) ] || [ -n "$$(find docs zensical.toml -newer $(SITE))" ]; then $(BIN)/zensical build >.venv/docs.log 2>&1 || { cat .venv/docs.log; exit 1; }; touch $(SITE); fi

demo: docs
	@$(BIN)/liandan demo --out demo-out $(ARGS)

serve: docs
	@$(BIN)/liandan serve $(ARGS)

# Tests start hundreds of processes: what they import is compiled once, whatever the environment says.
test: docs
	@$(BIN)/python -m tests.browser.pdfjs
	@$(BIN)/python -m tests.desk.axe
	@$(BIN)/python -m tests.reports.second_python
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

long: docs
	@PYTHONDONTWRITEBYTECODE= LIANDAN_LONG=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m sampled $(ARGS)

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q tests/house

# What judges is changed in a copy (mutants/), one place at a time; some pure test must notice. An hour or two; ARGS names a part, e.g.
# ARGS='manifests.settlement*'. Goes on where it was stopped; the list at the end is what no test noticed.
mutants: setup
	@PYTHONDONTWRITEBYTECODE= TMPDIR=$${TMPDIR:-/tmp} nice -n 15 $(BIN)/mutmut run --max-children 1 $(ARGS)
	@$(BIN)/mutmut results

interop: setup
	@sh .ci/interop $(ARGS)

clients: setup
	@sh .ci/clients $(ARGS)

bench: setup
	@$(BIN)/python -m bench $(ARGS)

# The frozen log of the test vectors, made again; tests/vectors/liandan-v1/README.md says when that is allowed.
corpus: setup
	@$(BIN)/python -m tests.vectors.corpus

# For every platform and Python 3.11 to 3.13: names, versions, hashes; no address of any registry. What only Spark needs (0.5 GB) lies in a
# file of its own, which .ci/spark installs beside .venv.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-package liandan
lock:
	$(LOCK) --extra token --extra parquet --extra dev --output-file requirements.lock pyproject.toml
	$(LOCK) --extra spark --constraint requirements.lock --output-file .ci/spark.lock pyproject.toml

clean:
	rm -rf .venv .cache build dist mutants demo-out bench-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

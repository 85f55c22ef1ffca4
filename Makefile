# What can be done with this source tree. `make help` lists it.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help demo test e2e windows shots journal-harness card mutation fuzz check format lint types floors packages setup bench lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

demo: setup ## the whole journey on two real releases, with SoftHSM for cards (about a minute)
	@$(BIN)/countersign demo --directory $(DEMO)

test: setup $(VENV)/.test-packages ## all tests
	@$(BIN)/python -m pytest -q

journal-harness: setup $(VENV)/.test-packages ## the journal's harnesses in full; `make test` tries a little of each
	@COUNTERSIGN_HARNESS=full nice $(BIN)/python -m pytest -v \
		tests/journal/test_journal_harness*.py tests/journal/test_journal_second_reader.py \
		tests/shell/test_journal_harness_countersign.py

card: setup $(VENV)/.test-packages ## a virtual PIV card behind the real card service, OpenSC and yubikit (root, half a minute)
	@COUNTERSIGN_CARD=1 $(BIN)/python -m pytest -q tests/card

mutation: setup ## changes to the rules that no test notices (an hour or two; ARGUMENTS="--count 60" for some)
	@nice -n 19 $(BIN)/python tests/mutation/mutate.py $(ARGUMENTS)

fuzz: setup ## fuzz every reader of hostile bytes, SECONDS (60) each; findings go to tests/fuzz/kept
	@cd tests && ../$(BIN)/python -m fuzz.run --seconds $(SECONDS)

check: setup format lint types floors test ## format, lint, types, floors and tests

e2e: setup $(VENV)/.test-packages ## the screen end to end: keys in by xdotool, read back by AT-SPI (slow)
	@tests/ui/e2e/run.sh $(BIN)/python

windows: setup ## 2,000 windows opened and closed: nothing may grow (an hour)
	@nice $(BIN)/python tests/ui/window_cycles.py $(ARGUMENTS)

shots: setup ## pictures of every screen in every palette, and the kept ones made anew
	@QT_QPA_PLATFORM=offscreen $(BIN)/python tests/ui/shots.py tests/ui/pictures
	@echo "tests/ui/pictures"

format: setup ## is everything formatted?
	@$(BIN)/ruff format --check .

lint: setup ## the linter's rules
	@$(BIN)/ruff check .

types: setup ## mypy and pyright, both strict
	@$(BIN)/mypy
	@$(BIN)/basedpyright --warnings

floors: setup ## imports run only downward
	@$(BIN)/lint-imports --no-logo || $(BIN)/lint-imports

bench: setup ## figures beside a peer or a physical limit, as ratios
	@for file in benchmarks/*.py; do echo "── $$file"; $(BIN)/python $$file || exit 1; done

packages: $(VENV)/.packages $(VENV)/.test-packages ## install the Debian packages that are missing

setup: $(VENV)/.ready ## the locked virtual environment

$(VENV)/.packages: requirements/debian.txt requirements/install-packages.sh
	@requirements/install-packages.sh $<
	@mkdir -p $(VENV) && touch $@

$(VENV)/.test-packages: requirements/debian-tests.txt requirements/install-packages.sh
	@requirements/install-packages.sh $<
	@mkdir -p $(VENV) && touch $@

$(VENV)/.ready: $(VENV)/.packages requirements/all.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is wanted; set PYTHON=…" >&2; exit 1; }
	@echo "Making the virtual environment in $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock: ## make the locked requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra station --extra screen --extra dev pyproject.toml -o requirements/all.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--extra station pyproject.toml -o requirements/station.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml -o requirements/base.txt

clean: ## remove what was made
	rm -rf $(VENV) build

# The commands of this project. `make demo`, `make serve` and `make test` make .venv themselves on a machine with Python 3.11-3.13.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# The first Python that runs and is of a version that Masdar supports.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
# Packages of the system are installed by root alone.
AS_ROOT := $(shell test "$$(id -u)" = 0 || echo sudo -E)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO_STORE := .masdar/demo
SERVE_STORE ?= .masdar/serve
DEMO_QUESTION_EN := What does the US want from the Ukraine minerals deal?
DEMO_QUESTION_AR := ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟

.PHONY: help demo serve bench test check lint types format docs site browser screenshots audit clean

help: ## Show these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

demo: $(VENV)/.default ## Index the sample articles and answer a question in English and in Arabic
	@$(BIN)/masdar index samples/articles.jsonl --store $(DEMO_STORE)
	@echo
	@$(BIN)/masdar ask --store $(DEMO_STORE) "$(DEMO_QUESTION_EN)"
	@$(BIN)/masdar ask --store $(DEMO_STORE) "$(DEMO_QUESTION_AR)"

serve: $(VENV)/.default ## Serve an API and a chat page over the sample articles
	@# The demo's index is copied where there is one: nothing is encoded twice, and `make demo` stays free to run.
	@test -e $(SERVE_STORE)/manifest.json || \
	{ test -e $(DEMO_STORE)/manifest.json && $(BIN)/masdar store copy $(DEMO_STORE) $(SERVE_STORE) >/dev/null 2>&1; } || \
	$(BIN)/masdar index samples/articles.jsonl --store $(SERVE_STORE)
	@$(BIN)/masdar serve --store $(SERVE_STORE)

bench: $(VENV)/.dev ## Measure Masdar beside what one would otherwise use (long; DATA=DIR for DIR/news/*.jsonl)
	@$(BIN)/python -m eval.benchmarks $(if $(DATA),--data $(DATA)) --json eval/results/bench.json --plots docs/benchmarks
	@$(if $(DATA),$(BIN)/python -m eval.benchmarks.indexing --data $(DATA) --json eval/results/bench_indexing.json)

test: $(VENV)/.dev browser ## Lint, types, and every test
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore=tests/service/api/page
	@# Apart: the browser keeps an event loop in its thread, which asyncio's other tests cannot share a process with.
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/service/api/page

check: $(VENV)/.dev ## Lint, types, and the fast tests (some minutes)
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python -m pytest -m "not slow" -n 2 --ignore=tests/service/api/page

lint: $(VENV)/.dev ## Style and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev ## Static types
	@$(BIN)/mypy

format: $(VENV)/.dev ## Rewrite files in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(VENV)/.dev ## Regenerate what is generated in README.md and docs/
	@$(BIN)/python docs/generate.py

site: $(VENV)/.dev ## Build the pages of the Python interface into site/, warnings as errors
	@$(BIN)/python docs/interface.py site
	@echo "Open site/index.html"

browser: ## Install the browser that the tests of the pages need (Debian's Chromium), where there is none
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	{ test -n "$$MASDAR_TEST_CHROMIUM" && test -x "$$MASDAR_TEST_CHROMIUM"; } || { \
	echo "Installing Chromium for the tests of the pages (once) ..."; \
	command -v apt-get >/dev/null && $(AS_ROOT) apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $(AS_ROOT) apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || \
	echo "Chromium could not be installed: the tests of the pages will be SKIPPED" >&2

screenshots: $(VENV)/.dev browser ## Take the screenshots of docs/screenshots anew (looks best with fonts-noto-core)
	@$(BIN)/python docs/screenshots.py

audit: $(VENV)/.dev ## Known holes of dependencies, secrets in files, and a list of what is installed (asks PyPI)
	@$(PIP) install --constraint constraints.txt --editable '.[audit]'
	@$(BIN)/python -m eval.audit

clean: ## Remove the virtual environment and everything built
	rm -rf $(VENV) .masdar dist build site .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Masdar needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.default: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Masdar into $(VENV) (once, a minute or two, 900 MB) ..."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Masdar with what its tests need into $(VENV) (once, some minutes) ..."
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.default

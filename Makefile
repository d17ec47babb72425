# How is servicemap started, tested and cleaned? `make` alone lists the ways.
# Needs Python 3.11 or newer, git and make. Everything else comes through pip, as pip is configured on this machine.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8050
JOBS ?= 3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
INSTALL := $(PIP) install --no-compile # Python compiles what is used, when it is used
MODULES := servicemap.py ontology graph app

# Any Python that is new enough; PYTHON=... chooses another.
PYTHON ?= $(shell for each in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$each"; break; }; done)

# What is installed stays until the project says that it needs something else.
KEY := $(shell cat pyproject.toml servicemap.py __main__.py | cksum | cut -d ' ' -f 1)
DEMO := $(VENV)/.demo-$(KEY)
TEST := $(VENV)/.test-$(KEY)

# What Python has compiled stays: the tests start it a thousand times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test peers ready check cover lint lint-style lint-format lint-types lint-imports lint-deps format words bench soak shots images clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(DEMO) ## start the explorer on the demo map; PORT=8050
	@$(BIN)/servicemap demo --port $(PORT)

test: ## install what the tests need and run every check
	@$(MAKE) --no-print-directory --jobs 2 lint peers ready # what is fetched comes while types are checked
	@$(MAKE) --no-print-directory check

# A file stays in one process; the processes take the files in the order of tests/conftest.py.
SHARED := -n $(JOBS) --dist loadfile --no-loadscope-reorder

PEERS := $(VENV)/.browser $(VENV)/.java $(VENV)/.virtuoso $(VENV)/.nginx $(VENV)/.axe $(VENV)/.comunica

peers: $(TEST) $(PEERS)

# Else each process of the tests compiles all of them for itself.
ready: $(TEST)
	@$(BIN)/python -m pytest --collect-only -qq >/dev/null || true # what is wrong is said when they run

check: peers
	$(BIN)/python -m pytest $(SHARED)

cover: peers ## run the tests and count what they run; takes half as long again
	$(BIN)/python -m pytest $(SHARED) --cov --cov-report=term-missing:skip-covered

lint: lint-style lint-format lint-types lint-imports lint-deps ## check style, types, contracts and dependencies

lint-style: $(TEST)
	$(BIN)/ruff check --quiet

lint-format: $(TEST)
	$(BIN)/ruff format --check --quiet || { echo "some files are not formatted: run 'make format'"; exit 1; }

lint-types: $(TEST)
	$(BIN)/mypy --no-error-summary

lint-imports: $(TEST)
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

lint-deps: $(TEST)
	$(BIN)/deptry .

format: $(TEST) ## mend what can be mended by a tool
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

words: $(TEST) ## write anew what is made from the vocabulary: JSON Schema, JSON-LD context, tables of the documents
	$(BIN)/python -m ontology.schema
	$(BIN)/python -m ontology.context
	$(BIN)/python -m tests.data.test_map_format_page
	$(BIN)/python -m tests.data.test_reference_model

bench: $(TEST) ## run the benchmarks, one after the other
	@for each in bench/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

soak: peers ## run the long tests: loads and servers killed, hostile input, twenty people, the W3C suites whole, other random maps
	SERVICEMAP_EXAMPLES=dice $(BIN)/python -m pytest -q tests/soak
	SERVICEMAP_EXAMPLES=dice $(BIN)/python -m pytest -q $$(grep -rlE 'import.* given|tests.examples import' tests --include='test_*.py')

shots: $(TEST) $(VENV)/.browser ## take pictures of the pages into shots/
	$(BIN)/python scripts/shots.py

images: $(TEST) $(VENV)/.browser ## take the pictures of README and docs again
	$(BIN)/python scripts/shots.py docs

clean: ## remove everything that was installed or made
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* \
		htmlcov shots build dist
	find $(MODULES) tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "servicemap needs Python 3.11 or newer; here is" \
		"$$(python3 --version 2>&1 || echo none). Install one, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments here." \
		"On Debian and Ubuntu install python3-venv, then run make again." >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

$(DEMO): | $(BIN)/pip
	@echo "installing servicemap into $(VENV), once ..."
	@$(INSTALL) --editable .
	@rm -f $(VENV)/.demo-*
	@touch $@

# One pip finds out faster than six what fits together; where something is not ready-made, the rest comes without it.
$(TEST): | $(BIN)/pip
	@echo "installing what the tests need into $(VENV), once ..."
	@$(INSTALL) --upgrade 'pip>=25.1' # the first that knows dependency groups
	@$(INSTALL) --only-binary :all: --no-binary owlready2 --group test --group lint --group peers --group reasoner \
		--editable '.[speed,mcp]' 2>/dev/null || $(MAKE) --no-print-directory piecemeal
	@rm -f $(VENV)/.test-* $(VENV)/.demo-*
	@touch $@ $(DEMO)

.PHONY: piecemeal
piecemeal: | $(BIN)/pip
	@$(INSTALL) --editable . --group test --group lint
	@$(INSTALL) --only-binary :all: --group peers || echo "no ready-made oxigraph or playwright for this system:" \
		"the tests that need them are skipped"
	@$(INSTALL) --only-binary :all: --editable '.[speed]' || echo "no ready-made numba for this system:" \
		"the compiled walks are not tested"
	@$(INSTALL) --only-binary :all: --editable '.[mcp]' || echo "the Model Context Protocol cannot be had here:" \
		"the tests that speak it are skipped"
	@$(INSTALL) --group reasoner || echo "owlready2 cannot be built here: the tests that ask a reasoner are skipped"

# Ubuntu has chromium as a snap only.
$(VENV)/.browser: scripts/install-peer | $(BIN)/pip
	@sh scripts/install-peer browser "debian" "chromium fonts-dejavu-core" "the tests marked 'browser' are skipped" \
		chromium chromium-browser google-chrome google-chrome-stable
	@touch $@

$(VENV)/.axe: | $(BIN)/pip
	@sh scripts/install-axe $(VENV)/axe
	@touch $@

$(VENV)/.comunica: scripts/install-comunica tests/peers/comunica/package-lock.json | $(TEST)
	@sh scripts/install-comunica $(VENV)/comunica $(BIN)
	@touch $@

# Debian's packages are installed one after the other, npm's and pip's as well.
$(VENV)/.java: scripts/install-peer | $(VENV)/.browser
	@sh scripts/install-peer Java "debian ubuntu" default-jre-headless "the tests that ask a reasoner are skipped" java
	@touch $@

$(VENV)/.virtuoso: scripts/install-peer | $(VENV)/.java
	@sh scripts/install-peer Virtuoso "debian ubuntu" virtuoso-opensource-7-bin "the tests that ask it are skipped" virtuoso-t
	@touch $@

$(VENV)/.nginx: scripts/install-nginx | $(VENV)/.virtuoso
	@sh scripts/install-nginx $(VENV)/nginx
	@touch $@

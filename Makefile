# Stairwell 楼道. `make` alone lists what there is.
#
# A machine needs Python 3.11 and GNU make. Everything else is fetched by `make setup`, checked
# against the locks, and kept in .venv/, node_modules/ and static/vendor/.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
WORKERS ?= 2
SECONDS ?= 60
PYTEST ?=
ONLY ?=

BIN := .venv/bin
NPM = $(or $(shell command -v npm),$(abspath $(BIN))/npm)
QUIETLY := --ignore-scripts --prefer-offline --loglevel=error
VENDORED := static/vendor/htmx.min.js static/vendor/idb.js
BUILT := static/build/app.js
BROWSERS := chrome89,firefox89,safari15
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard server/locales/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup vendor catalogues messages serve test unit browsers bench simulation reading soak lint format lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.developing vendor catalogues ## fetch and build all it takes to run and to develop; does nothing twice

vendor: $(VENDORED) $(BUILT) ## copy the browser libraries into static/vendor and build what pages load

catalogues: $(CATALOGUES) ## compile the translations

messages: setup ## bring the catalogues up to date with the code; says what is not translated yet
	@$(BIN)/python -m tools.messages

serve: .venv/.running vendor catalogues ## fill the demo, print sign-in links and serve (PORT=8000)
	@$(BIN)/stairwell demo
	@$(BIN)/stairwell links
	@exec $(BIN)/stairwell serve --host $(HOST) --port $(PORT)

test: lint browsers ## check everything: style, types, units, both databases, real browsers
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST)

unit: setup ## the tests that need no browser
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not browser and not soak" $(PYTEST)

browsers: setup ## find Chromium and Firefox, or install them
	@$(BIN)/python -m tests.support.browsers

bench: setup bench/node_modules/.ready ## measure, and write the figures as a table (ONLY="storm board")
	$(BIN)/python -m bench $(ONLY)

simulation: setup ## try ways of calling people to a test site; writes docs/calling.md and its picture
	@$(BIN)/python -m bench.simulation

reading: setup ## measure the reading aid on generated photos; writes docs/reading.md and its pictures
	@$(BIN)/python -m bench.reading

soak: setup ## random days of faults for as long as asked (SECONDS=3600), counting operations
	SOAK_SECONDS=$(SECONDS) $(BIN)/pytest -m soak $(PYTEST)

lint: setup ## style and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy

format: setup ## put the code into the one style
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

lock: .venv/.developing ## take the newest versions that the .in files and package.json allow
	$(BIN)/python tools/lock.py "$(NPM)"

clean: ## remove what set-up and tests made; data/ stays
	rm -rf .venv node_modules bench/node_modules static/vendor static/build build *.egg-info
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	rm -f $(CATALOGUES)
	find server tests tools bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# What stands for each step: newer than what it was made from, or the step is due.

.venv/.running: requirements.txt pyproject.toml
	$(PYTHON) tools/environment.py requirements.txt
	@touch $@

.venv/.developing: requirements-dev.txt pyproject.toml
	$(PYTHON) tools/environment.py requirements-dev.txt
	@touch .venv/.running $@

define npm_ci
	@test -x "$(NPM)" || $(PYTHON) tools/environment.py requirements-node.txt
	cd $(dir $<) && PATH="$(dir $(NPM)):$$PATH" "$(NPM)" ci $(QUIETLY)
	@touch $@
endef

node_modules/.ready: package-lock.json | .venv/.running
	$(npm_ci)

bench/node_modules/.ready: bench/package-lock.json | .venv/.running
	$(npm_ci)

$(VENDORED): node_modules/.ready package.json tools/vendor.py
	$(PYTHON) tools/vendor.py

esbuild = PATH="$(dir $(NPM)):$$PATH" node node_modules/esbuild/bin/esbuild --bundle --minify \
	--target=$(BROWSERS) --outdir=static/build --log-level=warning

$(BUILT): $(VENDORED) static/sw.js $(shell find static/js static/css -type f)
	@$(esbuild) --format=iife static/sw.js
	@$(esbuild) --format=esm --entry-names=[name] static/css/app.css static/css/print.css static/css/photos.css static/css/documents.css static/css/requests.css static/css/custody.css static/css/medicine.css static/css/passes.css static/css/emergency.css static/css/trips.css static/css/register.css static/css/exports.css \
		static/js/app.js static/js/photos.js static/js/custody.js static/js/gate.js static/js/emergency.js

%.mo: %.po | .venv/.running
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# make help lists everything.
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# The days made again have a folder of their own: nobody's data are mixed.
export LANTOA_DATA ?= $(CURDIR)/var$(if $(SIMULATE),/simulated)

.PHONY: help run test check bench bench-growth capacity rehearsal torture screens words setup browser webserver clean cluster cluster-stop torture-cluster
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.main: requirements/main.txt pyproject.toml verify/pyproject.toml
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/main.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable verify --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.main requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

$(VENV)/.words: $(VENV)/.main $(wildcard src/lantoa/locale/*/LC_MESSAGES/*.po)
	$(BIN)/python tools/compile_words.py
	touch $@

# The same password hash for half the CPU: for those who carry a rush. A demonstration and the tests do without.
$(VENV)/.hash: $(VENV)/.main requirements/build.txt tools/faster_hash.py
	@{ command -v cc && test -n "$$(find /usr/include -path '*python3*/Python.h' 2>/dev/null)"; } >/dev/null || test "$$(id -u)" != 0 \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev python3-dev >/dev/null; } || true
	$(BIN)/python tools/faster_hash.py
	touch $@

setup: $(VENV)/.main $(VENV)/.words $(VENV)/.hash ## what an installation for people needs; no tests, no demonstration

run: $(VENV)/.main $(VENV)/.words ## serve the reference contest with demonstration data on http://127.0.0.1:8000 (PORT changes it; SIMULATE=1: its days made again)
	LANTOA_DEMO=1 LANTOA_URL=http://127.0.0.1:$(PORT) PORT=$(PORT) $(BIN)/lantoa serve $(if $(SIMULATE),--simulate,--demo)

browser: # and pdftotext, which reads back what a certificate says; strace, faketime and redis for tests/faults
	@{ command -v chromium && command -v pdftotext && command -v strace && command -v faketime && command -v redis-server; } >/dev/null || test "$$(id -u)" != 0 \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium poppler-utils strace faketime redis-server >/dev/null; } || true

webserver: # what tests and benchmarks put in front, and what asks it; its own service may rest
	@{ PATH=$$PATH:/usr/sbin command -v nginx && command -v openssl && command -v wrk; } >/dev/null || test "$$(id -u)" != 0 \
	  || { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx openssl wrk >/dev/null; } || true

test: $(VENV)/.dev $(VENV)/.words browser webserver ## all tests
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev $(VENV)/.words ## style, types, imports, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint src/lantoa/site/templates src/lantoa/console/templates
	$(BIN)/lantoa makemigrations --check --dry-run
	$(BIN)/python -m lantoa.exams.checks packages/cong-dan-so-hai-phong

bench: $(VENV)/.dev $(VENV)/.words $(VENV)/.hash webserver ## what the rush costs, its floors beside it, against the targets (QUICK=1: a look)
	$(BIN)/python benchmarks/bench.py $(if $(QUICK),--quick)

bench-growth: $(VENV)/.dev $(VENV)/.words $(VENV)/.hash ## the same for 10,000 to 10,000,000 contestants (PEOPLE="10000 100000": other sizes)
	$(BIN)/python benchmarks/growing.py $(PEOPLE)

capacity: bench bench-growth ## both, and docs/operating/capacity.md from them: for a quiet machine, some hours, ends by itself

cluster: setup ## the production form on this machine: 3 data, 2 application, 1 front machine as network namespaces (root; Ctrl+C removes all)
	$(BIN)/python -m tools.cluster up

cluster-stop: ## remove what a killed `make cluster` left
	$(BIN)/python -m tools.cluster stop

rehearsal: $(VENV)/.dev $(VENV)/.words $(VENV)/.hash webserver ## the reference contest's ten days through the front door: three quarters of an hour (SHARE=0.01 MINUTES=2: a short one)
	$(BIN)/python benchmarks/rehearsal.py --share $(or $(SHARE),1) --minutes $(or $(MINUTES),10)

torture: $(VENV)/.dev $(VENV)/.words browser webserver ## break it on purpose, for hours; a report (ONLY="R05 R12" some trials, SCALE=0.01 a look)
	$(BIN)/python -m torture $(ONLY) $(if $(SCALE),--scale $(SCALE))

torture-cluster: $(VENV)/.dev $(VENV)/.words ## break the production form on purpose: half an hour, as root; a report (ONLY="failover", KILLS=1)
	$(BIN)/python -m torture.cluster $(ONLY) $(if $(KILLS),--kills $(KILLS))

screens: $(VENV)/.dev $(VENV)/.words browser ## pictures of every page into var/screens
	$(BIN)/python tools/screens.py

words: $(VENV)/.main ## collect the words of the screen for the translators
	$(BIN)/python tools/collect_words.py
	$(BIN)/python tools/compile_words.py

clean: ## forget the virtual environment; data stay
	rm -rf $(VENV)

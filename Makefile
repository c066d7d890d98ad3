# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# tests/tools does the work. It needs only Python, and installs everything else below .cache/.
PYTHON ?= python3
TOOLS = $(PYTHON) tests/tools
# The environment with the newest ansible-core and the development tools. Resolved late: `venv` creates it.
VENV = $(realpath .cache/venv)
# A smaller one with the newest ansible-core, for those who only want to try the collection.
DEMO_VENV = $(realpath .cache/venv-demo)
SETTINGS = ANSIBLE_HOME="$(CURDIR)/.cache/ansible" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.cache/collections" LC_ALL=C.UTF-8
RUN = PATH="$(VENV)/bin:$$PATH" $(SETTINGS)
STAGES = generated format lint types ansible-lint docs-lint unit quick sanity ee integration rulebook artifact

HOST ?= 127.0.0.1
PORT ?= 8066
SEED_STACKS ?= 3
LATENCY_MS ?= 0
# Passed on to the programs, which treat an empty value as unset.
export CORES PYTHON_OLD PYTHON_NEW CHART VERSION TAG

.DEFAULT_GOAL := help
.PHONY: help venv demo-venv test check $(STAGES) generate fix demo pictures simulator bench build docs release release-check clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do \
	  printf '  make %-12s %s\n' "$$target" "$$text"; done
	@echo "  One test stage: make $(STAGES)"

venv: ## Make the virtual environments .cache/venv-* (CORES="2.16 2.21", PYTHON_OLD=, PYTHON_NEW=)
	@$(TOOLS) venv

test: ## Run all tests on the oldest and the newest ansible-core (CORES="2.16 2.19 2.21")
	@$(TOOLS) test

check: ## Run the quick tests, for daily work
	@$(TOOLS) check

$(STAGES):
	@$(TOOLS) $@

generate: ## Write what follows from the modules: action files, action groups, tables, shared RETURN blocks
	@$(TOOLS) generate

fix: venv ## Format the code and apply ruff's fixes
	@"$(VENV)/bin/ruff" check --quiet --fix . ; "$(VENV)/bin/ruff" format .

demo-venv:
	@$(TOOLS) demo-venv

demo: demo-venv ## Play the collection's main tasks against the simulator
	@$(SETTINGS) "$(DEMO_VENV)/bin/python" tests/demo/demo.py

simulator: demo-venv ## Run a local Cloud 66 (HOST=127.0.0.1 PORT=8066 SEED_STACKS=3 LATENCY_MS=0)
	@exec "$(DEMO_VENV)/bin/python" tests/simulator --host "$(HOST)" --port "$(PORT)" --stacks "$(SEED_STACKS)" --latency-ms "$(LATENCY_MS)"

pictures: venv ## Make docs/images from real runs
	@$(RUN) "$(VENV)/bin/python" tests/demo/pictures.py

bench: venv ## Measure speed (PART=tasks, inventory, deploys, fleet or backups; CHART=1 draws a chart)
	@$(RUN) "$(VENV)/bin/python" tests/bench/bench.py

build: ## Build the artifact into dist/
	@$(TOOLS) build

docs: ## Build the documentation site in .cache/docs/build/html
	@$(TOOLS) docs

release: ## Set the version and write the changelog (VERSION=1.2.3)
	@$(TOOLS) release

release-check:
	@$(TOOLS) release-check

clean: ## Remove all generated files
	rm -rf .cache .ansible dist tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

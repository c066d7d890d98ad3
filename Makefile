# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything is done by tests/tools, which needs Python and make, and makes the rest below .cache/.
PYTHON ?= python3
TOOLS = $(PYTHON) tests/tools
# Known once it is made: the environment with the newest ansible-core and the tools of development.
VENV = $(realpath .cache/venv)
RUN = PATH="$(VENV)/bin:$$PATH" ANSIBLE_HOME="$(CURDIR)/.cache/ansible" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.cache/collections" LC_ALL=C.UTF-8
STAGES = generated format lint types ansible-lint docs-lint unit quick sanity integration artifact

HOST ?= 127.0.0.1
PORT ?= 8066
SEED_STACKS ?= 3
LATENCY_MS ?= 0
# Whatever is given goes to the programs, but a CHART or CORES of nothing is not given.
export CORES PYTHON_OLD PYTHON_NEW CHART

.DEFAULT_GOAL := help
.PHONY: help venv test check $(STAGES) generate fix demo pictures simulator bench build docs clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do \
	  printf '  make %-12s %s\n' "$$target" "$$text"; done
	@echo "  One stage of the tests: make $(STAGES)"

venv: ## Make the virtual environments .cache/venv-* (CORES="2.16 2.21", PYTHON_OLD=, PYTHON_NEW=)
	@$(TOOLS) venv

test: ## Run every test, on the oldest and the newest ansible-core (CORES="2.16 2.19 2.21")
	@$(TOOLS) test

check: ## Run the quick tests, for daily work
	@$(TOOLS) check

$(STAGES):
	@$(TOOLS) $@

generate: ## Write what follows from the modules: action files, action groups, README's table, shared RETURN blocks
	@$(TOOLS) generate

fix: venv ## Format the code and mend what ruff can mend
	@"$(VENV)/bin/ruff" check --quiet --fix . ; "$(VENV)/bin/ruff" format .

demo: venv ## Show the main job in a playbook, against the simulator
	@$(RUN) "$(VENV)/bin/python" tests/demo/demo.py

simulator: venv ## Run a Cloud 66 of your own (HOST=127.0.0.1 PORT=8066 SEED_STACKS=3 LATENCY_MS=0)
	@exec "$(VENV)/bin/python" tests/simulator --host "$(HOST)" --port "$(PORT)" --stacks "$(SEED_STACKS)" --latency-ms "$(LATENCY_MS)"

pictures: venv ## Draw docs/images from real runs
	@$(RUN) "$(VENV)/bin/python" tests/demo/pictures.py

bench: venv ## Measure the cost of a task (CHART=1 draws it)
	@$(RUN) "$(VENV)/bin/python" tests/bench/bench.py

build: ## Build the artifact into dist/
	@$(TOOLS) build

docs: ## Build the documentation's site in .cache/docs/build/html
	@$(TOOLS) docs

clean: ## Remove everything that was made
	rm -rf .cache .ansible dist tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

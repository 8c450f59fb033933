# Every verb of the project. `make` alone lists them; all paths are relative, so a folder with spaces is fine.
.DEFAULT_GOAL := help
.PHONY: help setup dev test check prove sweep run bench golden coverage-map matrix lock torch extras clean

PY := .venv/bin/python
SETUP := PYTHON="$(PYTHON)" sh tools/python.sh tools/setup.py
# Two workers pass the suite in less time than one; `make test JOBS=0` runs it in one process.
JOBS ?= 2
PYTEST := $(PY) -m pytest -n $(JOBS)

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

setup: ## virtual environment and pinned packages; needs Python >= 3.11 [PYTHON=]
	@$(SETUP) core

dev:
	@$(SETUP) core dev

test: dev ## the compiled test suite, in random order [JOBS= ARGS=]
	@$(PYTEST) $(ARGS)

check: dev ## lint, format, types, floors, dead code, house tests; all of them even when one fails
	@$(PY) tools/check.py

prove: dev ## the T-tests at full size, resumable; writes docs/proof.md [JOBS= ARGS=]
	@TICKGRID_TAPES=full $(PYTEST) --prove $(ARGS)

flags = $(if $(SYMBOL),--symbol "$(SYMBOL)") $(if $(WORKERS),--workers "$(WORKERS)") \
	$(if $(DEVICE),--device "$(DEVICE)") $(if $(DAYS),--days "$(DAYS)")

sweep: setup ## search, walk forward, judge: make sweep STRATEGY=vpoc [SYMBOL= WORKERS= DEVICE= DAYS= STUDY=]
ifeq ($(strip $(STRATEGY)$(STUDY)),)
	@$(PY) -m app strategies
	@echo "choose one: make sweep STRATEGY=vpoc"
else
	@$(PY) -m app sweep "$(or $(STUDY),experiments/$(STRATEGY).yaml)" $(flags)
endif

run: setup ## play one combination of a study: make run STUDY=vpoc
ifeq ($(strip $(STUDY)),)
	@echo "name a study: make run STUDY=vpoc; there are:" $(basename $(notdir $(wildcard experiments/*.yaml))) >&2; exit 2
else
	@$(PY) -m app run "$(STUDY)" $(ARGS)
endif

bench: setup ## the floors of the design, measured beside the peers [QUICK=1 PEERS=0]
ifeq ($(PEERS),0)
	@$(PY) -m benchmarks $(if $(QUICK),--quick) $(ARGS)
else
	@$(SETUP) --venv .venv-peers core dev peers
	@$(SETUP) --venv .venv-vectorbt vectorbt
	@TICKGRID_VECTORBT=.venv-vectorbt/bin/python .venv-peers/bin/python -m benchmarks $(if $(QUICK),--quick) $(ARGS)
endif

golden: dev ## rewrite the golden figures and show what changed
	@$(PY) -m pytest -q --golden $(ARGS)
	@git --no-pager status --short tests/golden
	@git --no-pager diff -- tests/golden

coverage-map: dev ## which rows of the acceptance tables have a passing test
	@$(PYTEST) -q --coverage-map $(ARGS)

matrix: dev ## a study and tests on the oldest and newest supported versions [FULL=1 ARGS=]
	@$(PY) -m tools.matrix $(if $(FULL),--full) $(ARGS)

lock: ## resolve lock/*.txt anew from pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/python.sh tools/lock.py

torch: ## add PyTorch to the environment (the device path and sequence models)
	@$(SETUP) core torch

extras: ## add learn, dash, live, cluster and witness to the environment
	@$(SETUP) core extras

clean: ## remove caches and build artefacts; the environment and the data stay
	@rm -rf build dist htmlcov .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

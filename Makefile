# One target a habit. `make demo` and `make test` need nothing typed before them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
CONSTRAINTS := constraints-dev.txt
SIZES ?= 10000 100000

.PHONY: help demo test test-wheel test-faults check format docs bench wheelhouse constraints clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/.installed ## install and run the main job on examples/
	@$(BIN)/python examples/demo.py

test: .venv/.installed-dev ## install and pass the tests (what the machine lacks is skipped and named)
	@$(BIN)/python -m pytest -m "not slow and not faults"

test-wheel: .venv/.installed-dev ## build the wheel, install it into an empty environment and run it there
	@$(BIN)/python -m pytest -m slow

test-faults: .venv/.installed-dev ## kill nights and cut connections at random moments
	@$(BIN)/python -m pytest -m faults

check: .venv/.installed-dev ## formatting, lint, types, and that generated pages are current
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy && $(BIN)/python docs/build_cli.py --check

format: .venv/.installed-dev ## mend what ruff can mend
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

docs: .venv/.installed-dev ## write the pages that are generated
	@$(BIN)/python docs/build_cli.py

bench: .venv/.installed-bench ## ours beside its peers on mass data (SIZES="10000 100000"; 1000000 takes hours)
	@$(BIN)/python -m benchmarks --sizes $(SIZES)

wheelhouse: .venv/.installed-dev ## wheel and dependencies for offline machines (Linux and Windows, Python 3.11-3.13)
	@.ci/wheelhouse wheelhouse

constraints: .venv/.installed-dev ## pin anew what development runs on, for every platform and Python
	@$(BIN)/uv pip compile -q --universal --upgrade --python-version 3.11 --extra dev --extra bench pyproject.toml \
	  --custom-compile-command "make constraints" -o $(CONSTRAINTS)

clean: ## remove the environment and what was built
	rm -rf .venv dist build wheelhouse demo-out

.venv/.installed: pyproject.toml $(CONSTRAINTS) | .venv/bin/python
	@echo "正在安装到 .venv …… (installing)"
	@$(PIP) install -c $(CONSTRAINTS) -e .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@echo "正在安装测试所需 …… (installing what tests need)"
	@$(PIP) install -c $(CONSTRAINTS) -e '.[dev]'
	@touch $@

# A peer that cannot be installed here is left out of the run, which says so.
.venv/.installed-bench: .venv/.installed
	@$(PIP) install -c $(CONSTRAINTS) -e '.[bench]' || \
	  for peer in datasketch goldenmatch polars pyarrow rensa scikit-learn splink; do $(PIP) install -c $(CONSTRAINTS) $$peer; done; \
	  $(PIP) install -c $(CONSTRAINTS) psutil
	@touch $@

# The first Python 3.11-3.13 that can make an environment; else the one command that mends it.
.venv/bin/python:
	@for python in python3 python3.13 python3.12 python3.11; do \
	  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue; \
	  some=yes; \
	  $$python -c 'import ensurepip, venv' 2>/dev/null && exec $$python -m venv .venv; \
	done; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo "sudo "); \
	if [ "$$some" ]; then \
	  echo "本机的 Python 缺少 venv 组件，请先运行下面一条命令，再重新 make："; \
	  echo "This Python lacks venv; run this one command, then make again:"; \
	  echo "  $${sudo}apt-get install -y python3-venv"; \
	else \
	  echo "需要 Python 3.11 至 3.13，请先运行下面一条命令，再重新 make："; \
	  echo "Python 3.11 to 3.13 is needed; run this one command, then make again:"; \
	  echo "  $${sudo}apt-get install -y python3 python3-venv"; \
	fi; exit 1

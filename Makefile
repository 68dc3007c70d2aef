# `make` builds the book, `make test` proves it, `make help` lists the rest.
# PYTHON=/path/to/python chooses the interpreter; everything is installed in .venv.

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON := $(or $(PYTHON),$(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(SUPPORTED)' 2>/dev/null && echo "$$p" && break; done))
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8000
OUT ?= _build/grades

# Each stamp carries the checksum of what it stands for: other contents, other stamp, new work.
checksum = $(shell { $(1); } 2>/dev/null | cksum | cut -d' ' -f1)
READY := $(or $(READY),$(VENV)/ready-$(call checksum,cat requirements.txt; "$(PYTHON)" --version))
TOOLS := $(or $(TOOLS),$(READY)-$(call checksum,cat requirements-test.txt tests/package-lock.json))
# What every page's output depends on, besides its own code.
INPUTS := _build/inputs-$(call checksum,cat requirements.txt convbook/*.* convbook/*/*.* data/*.* data/*/*.*)
# What every page's look depends on, besides its own text.
COMPLETE = _build/complete-$(call checksum,cat Makefile _config.yml _toc.yml tools/* book/_static/*)

export PYTHONDONTWRITEBYTECODE = 1
export MALLOC_ARENA_MAX = 2  # not a heap for each of TensorFlow's threads: less memory

.PHONY: book serve test lint exercises experiments start check grade lock bench clean help

book: $(READY) $(INPUTS)  ## build and execute the book into _build/html (the default)
	@# Sphinx reports only on pages it reads: after a failure or a changed set-up it reads all.
	@if [ -e $(COMPLETE) ]; then all=; else all=--all; rm -rf _build/html; fi; \
	rm -f _build/complete-*; \
	$(BIN)/jupyter-book build . -W -n --keep-going $$all && touch $(COMPLETE)
	@echo "The book is ready: open file://$(CURDIR)/_build/html/index.html (or run: make serve)"

serve: book $(TOOLS)  ## show the book in a browser and rebuild each page that is edited (PORT=8000)
	$(BIN)/python tools/serve.py $(PORT)

test: book $(TOOLS)  ## run all tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(TOOLS)  ## check the style of the Python code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

exercises: $(READY)  ## write exercises/ from solutions/ (edited notebooks are left alone)
	$(BIN)/python -m convbook.exercises

experiments: $(READY)  ## measure the recorded experiments anew (NAMES="seeds shifts": only these)
	$(BIN)/python tools/experiments.py $(NAMES)

start:  ## copy the exercise notebooks into work/, where you fill them in
	@mkdir -p work
	@for f in exercises/*.ipynb; do copy="work/$${f##*/}"; \
	if [ -e "$$copy" ]; then echo "$$copy: left alone, it is there already"; \
	else cp "$$f" "$$copy" && echo "$$copy: copied"; fi; done

check: $(READY)  ## check your notebooks (NOTEBOOK=one of them, JSON=file for the verdicts)
	@$(BIN)/python -m convbook.grading check $(if $(NOTEBOOK),"$(NOTEBOOK)") $(if $(JSON),--json "$(JSON)")

grade: $(READY)  ## grade a class (SUBMISSIONS=folder of <student>/<chapter>.ipynb, SEED=, JOBS=)
	@$(if $(SUBMISSIONS),,echo "Say what to grade: make grade SUBMISSIONS=folder" >&2; exit 2;) \
	$(BIN)/python -m convbook.grading grade "$(SUBMISSIONS)" --out "$(OUT)" \
	$(if $(SEED),--seed "$(SEED)") $(if $(JOBS),--jobs "$(JOBS)") \
	$(if $(PART),--part "$(PART)") $(if $(filter 0,$(SANDBOX)),--no-sandbox)

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--no-annotate --custom-compile-command "make lock" $(LOCKFLAGS)
lock: $(TOOLS)  ## pin pyproject.toml's dependencies in requirements*.txt (LOCKFLAGS=--upgrade: newest)
	sed -i.old '/^-e/d' requirements.txt && rm requirements.txt.old
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) --group test --constraints requirements.txt --output-file requirements-test.txt
	$(BIN)/npm install --prefix tests --package-lock-only --omit-lockfile-registry-resolved --silent
	echo "-e ." >> requirements.txt

bench: book $(TOOLS)  ## measure training, building, grading, pages, figures (NAMES="pages": only that)
	$(BIN)/python tools/bench.py $(NAMES)

clean:  ## remove everything that was built or installed
	rm -rf _build .venv *.egg-info .pytest_cache .ruff_cache .hypothesis

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

$(READY):
	@"$(PYTHON)" -c '$(SUPPORTED)' 2>/dev/null || { echo "The course needs Python 3.11, 3.12 or 3.13, and \
	$(if $(PYTHON),'$(PYTHON)' is not one,found none): install one, or name it with make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@df -Pk . | awk 'NR == 2 && $$4 < 3000000 {exit 1}' || { echo "The course needs 3 GB of free disk space for \
	its packages, and there is less in $(CURDIR): free some, then run make again" >&2; exit 1; }
	@echo "Installing the packages in $(VENV) (once; some 500 MB to download)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

$(TOOLS): $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-test.txt
	@cp tests/package.json tests/package-lock.json $(VENV)
	@$(BIN)/npm ci --prefix $(VENV) --silent --no-audit --no-fund
	@touch $@

$(INPUTS):
	@rm -rf _build/.jupyter_cache _build/inputs-* _build/complete-*
	@mkdir -p _build && touch $@

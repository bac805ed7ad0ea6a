# Every target works from a bare checkout: it needs make and python3 with venv, nothing else.
PYTHON ?= python3
VENV   ?= .venv
EXTRAS := dev,demo,postgres,redis,pdf,analytics
BIN    := $(VENV)/bin
READY  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check format texts bench wheel clean

help:
	@echo "make demo    install, migrate, load demo data, start web and worker"
	@echo "make test    install, all checks, all tests on SQLite and PostgreSQL"
	@echo "make check   lint, types, dependency rule, translations, packages"
	@echo "make format  put the code into the house's format"
	@echo "make texts   bring the catalogues up to the texts in the code"
	@echo "make bench   measurements beside their peers, JSON in benchmarks/out"
	@echo "make wheel   build the wheel into dist/"
	@echo "make clean   remove what the other targets made"

# Installed once, and again when the dependencies change; modules are found without reinstall.
$(READY): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "This Python cannot make a venv; on Debian and Ubuntu: apt-get install python3-venv"; \
	  rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install -q --disable-pip-version-check -e ".[$(EXTRAS)]"
	@touch $(READY)

install: $(READY)

demo: $(READY)
	$(BIN)/dougong demo

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/repository

test: check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --ignore=tests/repository

texts: $(READY)
	$(BIN)/python -m tests.repository.catalogues

format: $(READY)
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m benchmarks.run

wheel: $(READY)
	rm -rf dist build
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(VENV) build dist benchmarks/out benchmarks/.venvs dougong.egg-info

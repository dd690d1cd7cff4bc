# Every target sets up what it needs. PORT, ADDRESS and PYTHON may be given: make run ADDRESS=0.0.0.0 lets a whole class in.
PORT ?= 8501
ADDRESS ?= localhost
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run test fuzz bench lint
setup: .venv/run.done

.venv/run.done: requirements.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and f'Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}. Give another: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.done: .venv/run.done requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	sh tests/install-chromium.sh $(BIN)
	touch $@

run: .venv/run.done
	$(BIN)/python -m app --port $(PORT) --address $(ADDRESS)

test: .venv/dev.done
	$(BIN)/python -m pytest

fuzz: .venv/dev.done
	FUZZ_SHARE=1 $(BIN)/python -m pytest tests/fuzz

bench: .venv/dev.done
	$(BIN)/python -m benchmarks

lint: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every target sets up what it needs. PORT and PYTHON may be given: make run PORT=8600
PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup run test bench lint
setup: .venv/run.done

.venv/run.done: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.done: .venv/run.done requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	sh tests/install-chromium.sh $(BIN)
	touch $@

run: .venv/run.done
	$(BIN)/python -m streamlit run app/server.py --server.port $(PORT)

test: .venv/dev.done
	$(BIN)/python -m pytest

bench: .venv/dev.done
	$(BIN)/python -m benchmarks

lint: .venv/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

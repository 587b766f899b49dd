VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-editors check fix bench vscode clean

demo: $(STAMP)  ## Play an editing session on real code with the embedded model
	$(BIN)/segue demo

test: $(STAMP)  ## Run the whole test suite
	$(BIN)/pytest

test-editors: $(STAMP)  ## Drive real VS Code, Neovim and Emacs
	@echo "not yet: the editor tests come with the editor clients"

check: $(STAMP)  ## Formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

fix: $(STAMP)  ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)  ## Speeds as ratios within one run, and quality figures
	$(BIN)/segue bench

vscode:  ## Build the VS Code extension
	@echo "not yet: the extension comes with its own issue"

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

# Every recipe does its own set-up; `make` alone lists them.
PY := .venv/bin/python
DEMO ?= demo
STAMP := .venv/.installed
MUTATION := .venv/mutation
N ?= 10

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-slow check format docs pictures bench mutants lock

help:  ## list the recipes
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

setup: $(STAMP)  ## install everything into .venv, and Debian's chromium, poppler and qpdf when root

$(STAMP): requirements/run.txt requirements/test.txt requirements/build.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh

demo: $(STAMP)  ## the memo's five campaigns on a made-up maker, from raw files to letters, in ./demo
	@$(PY) -m renotify demo $(DEMO)

serve: $(STAMP)  ## the demo and its site, with made-up people whose passwords are printed, until Ctrl-C
	@[ -f $(DEMO)/renotify.sqlite3 ] || $(PY) -m renotify demo $(DEMO)
	@cd $(DEMO) && $(CURDIR)/$(PY) -m renotify serve --demo-people --on 2013-03-05

test: $(STAMP)  ## every test, on SQLite and on PostgreSQL, with the browser tests
	@$(PY) -m pytest -n 3 --dist worksteal

test-slow: $(STAMP)  ## the minutes-long tests as well
	@$(PY) -m pytest -n 2 --dist worksteal -m "slow or not slow"

check: $(STAMP)  ## lint, types, floors, spelling, generated documents
	@sh tools/check.sh

format: $(STAMP)  ## bring the code into one layout
	@.venv/bin/ruff format src tests benchmarks tools
	@.venv/bin/ruff check --fix src tests benchmarks tools

docs: $(STAMP)  ## write the generated parts of the documents again
	@PYTHONPATH=src:tools .venv/bin/cog -r -I tools docs/reference/cli.md docs/reference/files.md docs/reference/terminal.md docs/glossary.md docs/explanation/regulation.md docs/explanation/for-counsel.md README.md src/renotify/ledger/tables.py
	@PYTHONPATH=src .venv/bin/python tools/empty_ledger.py

PICTURED := tests/web/test_desks_in_pictures.py tests/web/analyst/test_analyst_in_browser.py tests/web/dealer/test_dealer_in_a_browser.py tests/browser/test_public_look_up.py

pictures: $(STAMP)  ## take the pictures of pages in the documents anew, those whose page has changed
	@RENOTIFY_PICTURES=1 $(PY) -m pytest $(PICTURED) -k "every_page_of_a or every_page_is or pictures"
	@git status --short docs

bench: $(STAMP)  ## measure beside the peers; writes nothing (docs/benchmarks.md holds the figures)
	@sh tools/bench.sh

mutants: $(STAMP) $(MUTATION)/.installed  ## break the passages between rooms on purpose and see what no test notices (N=10 faults a module, or N=all)
	@$(MUTATION)/bin/python tools/mutants.py -n $(N) --module "$(MODULE)"

$(MUTATION)/.installed: requirements/mutation.txt
	@.venv/bin/uv venv -q --clear --python .venv/bin/python $(MUTATION)
	@.venv/bin/uv pip sync -q --python $(MUTATION)/bin/python --require-hashes requirements/mutation.txt
	@touch $@

lock: $(STAMP)  ## lock versions and hashes again after a change of a .in file
	@for name in run test build bench mutation; do \
	  .venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done

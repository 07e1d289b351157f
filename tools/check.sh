#!/bin/sh
# What must hold of the source itself; every step runs, and the first failure is the exit code.
set -u
cd "$(dirname "$0")/.."
status=0
step() {
  echo "== $1"; shift
  "$@" || status=1
}
step "layout" .venv/bin/ruff format --check -q src tests benchmarks tools
step "lint" .venv/bin/ruff check -q src tests benchmarks tools
step "types" .venv/bin/mypy
step "floors" .venv/bin/lint-imports --no-cache
step "spelling" .venv/bin/codespell src docs README.md CONTRIBUTING.md CHANGELOG.md
step "generated documents (make docs writes them)" env PYTHONPATH=src:tools .venv/bin/cog --check -I tools docs/reference/cli.md docs/reference/files.md docs/reference/terminal.md docs/glossary.md docs/explanation/regulation.md docs/explanation/for-counsel.md README.md src/renotify/ledger/tables.py
exit $status

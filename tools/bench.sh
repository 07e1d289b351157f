#!/bin/sh
# Runs every benchmark beside its peers, one after the other; the figures of record stand in docs/benchmarks.md.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r requirements/bench.txt
for benchmark in vin load open_set letters planner lookup public_lookup cold_start dealer_day; do
  echo "== benchmarks/$benchmark.py"
  .venv/bin/python "benchmarks/$benchmark.py"
done

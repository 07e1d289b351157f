#!/bin/sh
# Installs what the project needs and what is missing: Python packages into .venv (locked, with hashes), and, when root on Debian,
# the programs that tests and proofs use. Can be run again at any time.
set -eu
cd "$(dirname "$0")/.."

python=$(command -v python3.11 || command -v python3) || { echo "Python 3.11 is needed: apt-get install python3.11" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, not $("$python" -V)." >&2; exit 1; }

if [ ! -x .venv/bin/python ]; then
  "$python" -m venv .venv 2>/dev/null || {
    rm -rf .venv
    [ "$(id -u)" = 0 ] || { echo "Python's venv module is missing: ask an administrator for 'apt-get install python3-venv'." >&2; exit 1; }
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    "$python" -m venv .venv
  }
fi
[ -x .venv/bin/uv ] || .venv/bin/pip install -q --disable-pip-version-check uv
echo "Installing the locked packages into .venv ..."
.venv/bin/uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes requirements/run.txt requirements/test.txt requirements/build.txt
.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
.venv/bin/python -m compileall -q src

# chromium without windows draws the same pages in a third of the time; where it cannot be had, chromium itself does
if ! command -v chromium-headless-shell >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing chromium-headless-shell from Debian ..."
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >/dev/null 2>&1 || :
fi
browser=chromium
! command -v chromium-headless-shell >/dev/null 2>&1 || browser=chromium-headless-shell
missing=""
for pair in $browser:$browser pdftoppm:poppler-utils qpdf:qpdf; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing from Debian ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 || {
      echo "apt-get could not install$missing; the tests that open PDFs and pages need them." >&2; exit 1; }
  else
    echo "Missing:$missing. 'make demo' works without; for 'make test' ask an administrator: apt-get install$missing" >&2
  fi
fi
touch .venv/.installed

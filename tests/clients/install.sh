#!/usr/bin/env bash
# Installs what the suites need, in this directory alone: a Python environment, Node where the system's is missing or
# old, and npm's packages. All versions are locked, those of Python with their hashes. Doing it twice is fine.
set -euo pipefail
cd "$(dirname "$0")"

[ -x .venv/bin/python ] || python3 -m venv .venv
install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$1"; }
install python/schemathesis.txt
export PATH="$PWD/.venv/bin:$PATH"
if ! node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null || ! command -v npm > /dev/null; then
    install python/node.txt
    hash -r
fi
echo "Node $(node --version), npm $(npm --version), $(.venv/bin/schemathesis --version)"
# No package's script is run: what they need is in the packages.
npm ci --ignore-scripts --no-audit --no-fund

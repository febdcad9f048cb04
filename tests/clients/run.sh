#!/usr/bin/env bash
# All of it, beside a server each: suites and clients, then made-up operations. After install.sh.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="$PWD/.venv/bin:$PATH"
npm run --silent test
npm run --silent fuzz

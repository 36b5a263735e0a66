#!/usr/bin/env bash
# What tests need besides Python: Chromium, PostgreSQL, axe-core, tus-js-client. Installed where that is allowed;
# otherwise it is said what is left out, and with REQUIRE_ALL that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
axe=4.14.1
tus=4.3.1

wanted=()
command -v chromium >/dev/null || wanted+=(chromium fonts-dejavu-core)
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || wanted+=(postgresql)
command -v npm >/dev/null || wanted+=(npm)

if [ ${#wanted[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${wanted[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=600 update -qq || true
    apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null || true
fi
has() { grep -q "\"version\": \"$2\"" ".test-services/node_modules/$1/package.json" 2>/dev/null; }
if ! { has axe-core "$axe" && has tus-js-client "$tus"; } && command -v npm >/dev/null; then
    mkdir -p .test-services
    npm install --prefix .test-services --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
        "axe-core@$axe" "tus-js-client@$tus" >/dev/null || true
fi

.venv/bin/python - <<'PYTHON'
import os
import sys

from tests.services import what_is_missing

missing = what_is_missing().values()
for sentence in missing:
    print(f"left out: {sentence}.")
if missing and os.environ.get("REQUIRE_ALL"):
    sys.exit("Here nothing may be left out.")
PYTHON

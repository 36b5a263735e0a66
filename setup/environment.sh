#!/usr/bin/env bash
# Make .venv and install into it what is pinned: `setup/environment.sh [requirements-dev.txt]`.
# Installs only when the pinned files changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=${1:-requirements.txt}
stamp=.venv/installed-$wanted

# Without bytecode every start would read all sources again.
unset PYTHONDONTWRITEBYTECODE

find_python() {
    for name in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
        if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo 'Python 3.11 or newer is needed. On Debian: apt-get install python3 python3-venv' >&2
    return 1
}

make_environment() {
    local python
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo 'Installing python3-venv ...'
            apt-get -o DPkg::Lock::Timeout=600 update -qq
            DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends \
                python3-venv >/dev/null
        else
            echo "$python has no venv module. Install it first: sudo apt-get install python3-venv" >&2
            return 1
        fi
    fi
    echo 'Making .venv ...'
    "$python" -m venv --clear .venv
}

fingerprint() {
    { .venv/bin/python -V; cat requirements.txt; [ "$1" = requirements.txt ] || cat "$1"; } | sha256sum | cut -d' ' -f1
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    make_environment
fi
if [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint "$wanted")" ]; then
    echo "Installing $wanted (a few minutes the first time) ..."
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input -r "$wanted"
    fingerprint requirements.txt >.venv/installed-requirements.txt
    fingerprint "$wanted" >"$stamp"
fi

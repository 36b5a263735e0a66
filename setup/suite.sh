#!/usr/bin/env bash
# The suite on SQLite and then on PostgreSQL, both to the end, and one verdict over both.
set -uo pipefail
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE

mkdir -p .test-services
rm -f .test-services/suite-*.xml
engines=(sqlite)
if .venv/bin/python -c 'import sys; from tests.services import postgresql_programs as p; sys.exit(p() is None)'; then
    engines+=(postgresql)
fi
failed=0
for engine in "${engines[@]}"; do
    TEST_DB=$engine .venv/bin/python -m pytest -n 2 --dist worksteal -q \
        --junitxml=".test-services/suite-$engine.xml" "$@" || failed=1
done
.venv/bin/python -m tests.verdict "${engines[@]/#/.test-services/suite-}" || failed=1
exit $failed

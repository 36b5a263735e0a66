# Two commands do everything: `make run` and `make test`.

.PHONY: run test suite lint demo bench clean-venv

# Serve the portal with its worker on http://127.0.0.1:8000 (PORT=8001 make run for another port).
run:
	@setup/environment.sh
	@exec env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m portal.serve

# All checks and all tests, on SQLite and on PostgreSQL.
test: services lint suite

.PHONY: services
services:
	@setup/environment.sh requirements-dev.txt
	@setup/test-services.sh

suite:
	@setup/suite.sh

lint:
	@setup/environment.sh requirements-dev.txt
	.venv/bin/ruff check --quiet .
	.venv/bin/lint-imports --no-logo
	.venv/bin/mypy

# Measure the portal beside a bare Flask app, about ten minutes; the figures go into bench/README.md.
bench:
	@setup/environment.sh
	@env -u PYTHONDONTWRITEBYTECODE .venv/bin/python bench/run.py

# Begin the demo again: what is in instance/ is thrown away.
demo:
	@test "$$PORTAL_MODE" != production || { echo 'Mode production: instance/ is kept.' >&2; exit 1; }
	rm -rf instance
	@$(MAKE) --no-print-directory run

clean-venv:
	rm -rf .venv .test-services

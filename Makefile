# The front door. Every recipe calls a script that needs only python3; the scripts do not mind spaces in a path.
PYTHON ?= python3
DO = @command -v $(PYTHON) >/dev/null 2>&1 || { echo "Python 3.11 or newer is missing. On Debian and Ubuntu: apt install python3 python3-venv" >&2; exit 1; }; exec $(PYTHON) -m tools.make

.DEFAULT_GOAL := help
.PHONY: help run test test-long check bench setup database lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-18s %s\n' "$$name" "$$text"; done

run: ## Set up what is missing and serve on http://localhost:8000 (PORT=8001 make run)
	$(DO) run

test: ## Set up what the tests need and run the suite
	$(DO) test

test-long: ## Run the long tests: fresh clones, other servers, hundreds of rounds
	$(DO) test-long

check: ## Lint, format, types, import rules, migrations, generated docs, security
	$(DO) check

bench: ## Measure the workload (TIPS=1000000 make bench)
	$(DO) bench

setup: ## Only set up: environment, packages, front-end files
	$(DO) setup

database: ## Only start the database, migrate, load reference data and the demo
	$(DO) database

lock: ## Write the hash locks anew from requirements*.txt
	$(DO) lock

clean: ## Stop the embedded database and remove everything that make made; .data stays
	$(DO) clean

# Each target does its own set-up: on a fresh Debian 12 machine only Rust and Node have to be there.
.PHONY: run test bench build

run:   ## build and open Muster
	@scripts/run.sh

test:  ## everything that must hold before a change lands; one step: scripts/test.sh STEP
	@scripts/test.sh

bench: ## measurements
	@scripts/setup.sh test
	@scripts/with-postgres.sh cargo bench --locked --bench '*'

build: ## release binaries and the .deb
	@scripts/build.sh

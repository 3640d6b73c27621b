# Each target is one script in scripts/; all install what they need and are safe to repeat.

.PHONY: help run test build lint asan fuzz interop faults vectors bench docs

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

run: ## build, make a demo world on first use, serve it
	@scripts/run.sh

test: ## all tests; what CI runs
	@scripts/test.sh

build: ## the release binary, .build/release/portvakt
	@scripts/build.sh

lint: ## form of the sources, and who imports whom
	@scripts/lint.sh --architecture

asan: ## the tests around C libraries under Address Sanitizer
	@scripts/asan.sh

fuzz: ## every parser of hostile input, guided by coverage: make fuzz SECONDS=60 (each)
	@scripts/fuzz.sh $(or $(SECONDS),60)

interop: ## clients and providers that others wrote: success, refusal, rotation; a consumer under load
	@scripts/interop.sh

faults: ## a release build killed, starved of disk, files and time, crowded; what is lost, doubled, hung; time to heal
	@scripts/faults.sh

vectors: ## published vectors: signatures, paths, real chains; a table of counts
	@scripts/vectors.sh

bench: ## tokens per second, CPU per token, cost of the libraries, beside what openssl alone reaches
	@scripts/bench.sh

docs: ## documentation of the libraries and the error pages, .build/docs
	@scripts/docs.sh

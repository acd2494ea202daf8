#!/bin/sh
# Makes reports/sample/site: two series of runs, of which the second asks a question so that no index helps, their
# comparison, and a site of it. About six minutes.
set -e
cd "$(dirname "$0")/../../.."
BENCHBOOK_REPORTS=$(mktemp -d)
export BENCHBOOK_REPORTS
bench() {
  npx -y deno task bench access-paths --paths sql --arm "app=docs/examples/regression/$1.json" --label "$1" \
    --duration 16s --warmup 2s --repeat 5 --no-report
}
bench before
bench after
# It regressed, as it should: exit code 1.
npx -y deno task compare before after --no-pdf || [ $? -eq 1 ]
rm -rf reports/sample/site
npx -y deno task publish reports/sample/site before after --no-pdf \
  --title "Sample: one question asked badly, before and after"
rm -rf "$BENCHBOOK_REPORTS"

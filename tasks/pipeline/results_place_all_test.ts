import assert from "node:assert/strict";
import { join } from "node:path";
import { quoted, SPOOLED, withMounts } from "./testing_mounts.ts";
import { SHORT, withWorkbench } from "./testing.ts";

/** A reports folder on a disk of its own that fills up while a run is measured; made free for a second task. */
const SCRIPT = `${SPOOLED}
mkdir -p "$BENCHBOOK_REPORTS" && mount -t tmpfs -o size=400m tmpfs "$BENCHBOOK_REPORTS" || exit 99
bench() { "$DENO" run -A --quiet --no-check "$TASKS/bench.ts" ${quoted(SHORT)} --paths sql --no-pdf "$@"; }
bench --duration 8s $OPTIONS >"$OUT/first" 2>&1 & first=$!
spooled $first; dd if=/dev/zero of="$BENCHBOOK_REPORTS/fill" bs=64k 2>/dev/null
wait $first; echo "exit $?" >>"$OUT/first"
ls -A "$BENCHBOOK_HOME/spool" >"$OUT/spools"
rm "$BENCHBOOK_REPORTS/fill"
bench $OPTIONS >"$OUT/second" 2>&1; echo "exit $?" >>"$OUT/second"
"$DENO" run -A --quiet --no-check "$TASKS/report.ts" latest~1 --no-pdf $DB >"$OUT/third" 2>&1; echo "exit $?" >>"$OUT/third"
`;

async function fillingUp(options: (home: string) => { options: string; db: string }) {
  return await withWorkbench(async (bench) => {
    const out = join(bench.home, "out");
    await Deno.mkdir(out);
    const { options: OPTIONS, db: DB } = options(bench.home);
    const { code, stderr } = await withMounts(SCRIPT, {
      BENCHBOOK_HOME: bench.home,
      BENCHBOOK_REPORTS: bench.reports,
      OUT: out,
      OPTIONS,
      DB,
    });
    assert.equal(code, 0, stderr);
    const [first, second, third, spools] = await Promise.all(
      ["first", "second", "third", "spools"].map((name) => Deno.readTextFile(join(out, name))),
    );
    for (const said of [first!, second!, third!]) assert.doesNotMatch(said, /\n\s+at /, "no stack trace");
    return { first: first!, second: second!, third: third!, spools: spools!.trim() };
  });
}

Deno.test("a disk that fills up under the store: exit 3, nothing lost, and the next start stores the run", async () => {
  const { first, second, third, spools } = await fillingUp(() => ({ options: "--no-report", db: "" }));
  assert.match(first, /error: Cannot (load run|write to the store|open) /);
  assert.match(first, /exit 3$/m);
  assert.match(spools, /^\d{8}-\d{6}-[0-9a-f]{4}$/m, "the spool stays");
  assert.match(second, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
  assert.match(second, /exit [04]$/m);
  assert.match(third, /^Report {2}.*index\.html$/m);
  assert.match(third, /exit 0$/m);
});

Deno.test("a disk that fills up before the report: the verdict is said, exit 3, and the report can be had later", async () => {
  const { first, second, third, spools } = await fillingUp((home) => ({
    options: `--db ${join(home, "runs.duckdb")}`,
    db: `--db ${join(home, "runs.duckdb")}`,
  }));
  assert.match(first, /^(PASS|COMPLETE|INVALID|FAIL): /m);
  assert.match(first, /^Report {2}not made: deno task report \S+ makes it$/m);
  assert.match(first, /error: Cannot write reports to .*: 0 MB are free there/);
  assert.match(first, /exit 3$/m);
  assert.equal(spools, "", "the run is stored");
  assert.match(second, /^Report {2}.*index\.html$/m);
  assert.match(third, /^Report {2}.*index\.html$/m);
  assert.match(third, /exit 0$/m);
});

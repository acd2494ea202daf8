import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { clean, planClean } from "./clean.ts";
import { HOME_MARK } from "./home.ts";
import { withTempHome } from "./testing.ts";

function write(path: string, content = "x"): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Runs `test` in a marked home beside a folder of the user's. */
function inHome(test: (places: { home: string; reports: string }, user: string) => Promise<void>) {
  return () =>
    withTempHome(async (folder) => {
      const home = join(folder, "home");
      mkdirSync(home, { mode: 0o711 });
      writeFileSync(join(home, HOME_MARK), readFileSync(join(folder, HOME_MARK)));
      write(join(folder, "user", "precious"));
      await test({ home, reports: join(folder, "reports") }, join(folder, "user"));
      assert.equal(readFileSync(join(folder, "user", "precious"), "utf8"), "x");
    });
}

Deno.test(
  "clean refuses a home without the mark",
  inHome(async ({ home, reports }) => {
    rmSync(join(home, HOME_MARK));
    for (const file of ["secrets/key", "notebooks/mine.ipynb", "logs/app.log"]) write(join(home, file));
    const before = readdirSync(home);
    assert.throws(() => planClean({ home, reports }), UsageError);
    await assert.rejects(clean({ home, reports }, []), UsageError);
    assert.deepEqual(readdirSync(home), before);
  }),
);

Deno.test(
  "clean leaves folders of our names with files of the user's, and links, and names them",
  inHome(async ({ home, reports }, user) => {
    write(join(home, "secrets", "postgres"), "0".repeat(48));
    write(join(home, "logs", "postgres.log"));
    write(join(home, "notebooks", "mine.ipynb"));
    write(join(home, "cache", "mine"));
    symlinkSync(user, join(home, "redis"));
    symlinkSync(join(user, "precious"), join(home, "calibration.json"));
    const targets = planClean({ home, reports });
    assert.deepEqual(targets.map(({ path }) => path), [join(home, "logs"), join(home, "secrets")]);
    const { left } = await clean({ home, reports }, targets);
    assert.deepEqual(left, ["cache", "calibration.json", "notebooks", "redis"]);
    assert.ok(existsSync(join(home, HOME_MARK)), "the home stays ours");
    assert.ok(existsSync(join(home, "notebooks", "mine.ipynb")));
  }),
);

Deno.test(
  "clean removes a link within a folder of ours, and not what it leads to",
  inHome(async ({ home, reports }, user) => {
    write(join(home, "redis", "lock"), "");
    mkdirSync(join(home, "redis", "root"));
    symlinkSync(user, join(home, "redis", "root", "link"));
    await clean({ home, reports }, planClean({ home, reports }));
    assert.ok(!existsSync(home));
  }),
);

Deno.test(
  "clean empties what a home that is a link leads to, and leaves the link",
  inHome(async ({ home, reports }) => {
    const link = join(dirname(home), "link");
    symlinkSync(home, link);
    write(join(home, "logs", "redis.log"));
    const places = { home: link, reports };
    assert.deepEqual(await clean(places, planClean(places)), { left: [] });
    assert.deepEqual(readdirSync(link), []);
  }),
);

Deno.test(
  "clean removes reports of ours, of searches too, and keeps a page and folders of the user's",
  inHome(async ({ home, reports }) => {
    write(join(reports, "s1", "search.json"), JSON.stringify({ search: { id: "s1" } }));
    write(join(reports, "..data", "summary.json"), JSON.stringify({ run: { runId: "..data" } }));
    write(join(reports, "index.html"), "<h1>mine</h1>");
    write(join(reports, "thesis", "index.html"));
    write(join(reports, ".report-a1b2c3", "print.html"));
    write(join(reports, ".report-mine", "thesis.tex"));
    await clean({ home, reports }, planClean({ home, reports }));
    assert.deepEqual(readdirSync(reports).sort(), ["..data", ".report-mine", "index.html", "thesis"]);
  }),
);

Deno.test(
  "clean judges entry by entry: a user's file among ours stays, and is named",
  inHome(async ({ home, reports }) => {
    const mine = [
      join(home, "selfbench", "thesis.tex"),
      join(home, "spool", "thesis", "chapter1.tex"),
      join(home, "set-aside", "R2", "letter.txt"),
      join(home, "calibration-notes", "today.md"),
      join(reports, "benchbook.duckdb"),
      join(reports, "s1", "notes.md"),
    ];
    for (const path of mine) write(path, "mine");
    write(join(home, "spool", "R1", "run.json"), "{}");
    write(join(home, "spool", "R1", "timing-0.seg"), "");
    write(join(home, "selfbench", "orders.copy"), "1");
    write(join(home, "set-aside", "R2", "run.json"), "{}");
    write(join(reports, "s1", "search.json"), JSON.stringify({ search: { id: "s1" } }));
    write(join(reports, "s1", "report.pdf"));
    const targets = planClean({ home, reports });
    const { left } = await clean({ home, reports }, targets);
    for (const path of mine) assert.ok(existsSync(path), path);
    for (const path of ["spool/R1", "selfbench/orders.copy"]) assert.ok(!existsSync(join(home, path)), path);
    assert.deepEqual(readdirSync(join(reports, "s1")), ["notes.md"]);
    assert.deepEqual(left.slice(0, 4), ["calibration-notes", "selfbench", "set-aside", "spool"]);
    assert.ok(left.includes(join(reports, "s1", "notes.md")), left.join());
  }),
);

import assert from "node:assert/strict";
import fc from "fast-check";
import type { MigrationConfig } from "../model/migration.ts";
import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { OTHERS_USED } from "../summary/host_load.ts";
import { CHECKED } from "../summary/migration/testing_prediction.ts";
import { migrationConfig } from "../summary/migration/testing.ts";
import { impact, quietMigration, stalledMigration } from "../summary/migration/testing_summary.ts";
import { markdownBlock, markdownCode, markdownText } from "./markdown_safe.ts";
import { migrationMarkdown } from "./migration_markdown.ts";
import { migratedSummary } from "./testing_migrated.ts";

Deno.test("a comment on a naive change says what users felt and how to make it safely", async (t) => {
  await t.assertSnapshot(migrationMarkdown([migratedSummary(stalledMigration())]));
});

Deno.test("a comment on both variants has naive beside safe", async (t) => {
  await t.assertSnapshot(
    migrationMarkdown([migratedSummary(stalledMigration()), migratedSummary(quietMigration())]),
  );
});

/** A safe run of a sweep. */
const swept = (lockTimeoutMs: number, changes: Partial<RunSummary> = {}) => {
  const quiet = quietMigration();
  const migration = { ...quiet, migration: { ...quiet.migration, lockTimeoutMs, sweepMs: [50, 1000] } };
  return { ...migratedSummary(migration), ...changes };
};

Deno.test("a comment on a sweep says which timeout each run had, and asks for all of them again", () => {
  const lines = migrationMarkdown([swept(50), swept(1000, { verdict: "fail" })]).split("\n");
  assert.match(lines[0]!, /: safe 50 ms \*\*ZERO-DOWNTIME\*\*, safe 1 s \*\*FAIL\*\*$/);
  assert.deepEqual(lines.filter((line) => /^- \*\*safe/.test(line)).map((line) => line.split("**")[1]), [
    "safe 50 ms",
    "safe 1 s",
  ]);
  assert.ok(lines.some((line) => line.startsWith("| safe 50 ms |")) && lines.includes("-- safe 1 s"));
  const again = (runs: readonly RunSummary[]) =>
    migrationMarkdown(runs).split("\n").find((line) => /Again/.test(line))!;
  assert.match(again([swept(50), swept(1000)]), / --variant safe .*--sweep lock_timeout=50ms,1000ms /);
  const naive = migratedSummary(stalledMigration());
  const both = again([naive, swept(50), swept(1000)]);
  assert.doesNotMatch(both, /--variant/);
});

Deno.test("a comment on an inconclusive run names the stall that was found all the same", () => {
  const stall =
    "The load stalled for 1.97 s (allowed: 250 ms): reads over sql from 11.3 s on, 300 requests pending.";
  const before = "The load stalled for 300 ms (allowed: 250 ms) before the migration began.";
  const migration = { ...stalledMigration(), warnings: [{ code: "unstable-baseline", text: before }] };
  const doubtful: RunSummary = {
    ...migratedSummary(migration),
    verdict: "inconclusive",
    reasons: ["The baseline was not steady.", before, stall],
  };
  const [line] = migrationMarkdown([doubtful, migratedSummary(quietMigration())]).split("\n").filter((line) =>
    line.startsWith("- **naive**")
  );
  assert.equal(line, `- **naive**: The baseline was not steady. ${markdownText(stall)}`);
});

Deno.test("a comment keeps what speaks for a migration that failed, and ends with a whole sentence", () => {
  const before =
    "The load failed before the migration began: 16.7 % of 8,077 requests over graphql (allowed: 1 %). " +
    "Measure with a lower --rate or on a quieter machine.";
  const busy = `${OTHERS_USED}77 % of this machine's CPU time meanwhile.`;
  const migration = stalledMigration({ warnings: [{ code: "failing-baseline", text: before }] });
  const failed = (reasons: readonly string[]) => ({
    ...migratedSummary(migration),
    verdict: "fail" as const,
    reasons,
  });
  const text = migrationMarkdown([
    failed(["1 request failed (40P01: 1).", "sql misses p95.", before, busy]),
    failed([`${"A sentence of many words. ".repeat(40)}So nobody knows.`]),
  ]);
  const [naive, other] = text.split("\n").slice(2, 4);
  assert.ok(naive!.endsWith(`: 1 request failed (40P01: 1). ${before} ${busy}`), naive);
  assert.match(
    other!,
    /: (A sentence of many words\. ?){20,}$/,
    "whole sentences, as many as there is room for",
  );
});

Deno.test("where not all statements have room those that others waited for are shown, of each run some", () => {
  const stalled = stalledMigration();
  const [step] = stalled.steps;
  const short = (nth: number) => ({ ...step!, sql: `SELECT ${nth}`, lockWaitUs: 0, locks: [] });
  const many = [...Array.from({ length: 40 }, (_, nth) => short(nth)), step!, short(40)];
  const text = migrationMarkdown([
    migratedSummary({ ...stalled, steps: many }),
    migratedSummary({ ...quietMigration(), steps: many }),
  ]);
  assert.ok(text.trimEnd().split("\n").length <= 40);
  assert.equal(text.split("ALTER TABLE northwind.orders ADD COLUMN gift_note text; -- ").length - 1, 2);
  assert.match(text, /^-- naive: \d+ more in the report$/m);
  assert.match(text, /^-- safe: \d+ more in the report$/m);
});

Deno.test("a comment has the stall that was expected beside the one that users saw", () => {
  const lines = (predicted: MigrationSummary["predicted"]) =>
    migrationMarkdown([migratedSummary(stalledMigration({ predicted }))]).split("\n").filter((line) =>
      line.startsWith("- **Predicted**")
    );
  assert.deepEqual(lines(CHECKED), [
    "- **Predicted**: stall 1.4 s (700 ms to 2.8 s), measured 3 s: **not as predicted**; 1 of 1 statement as predicted",
  ]);
  const none = { ...CHECKED, statements: CHECKED.statements.map((each) => ({ ...each, outcome: null })) };
  assert.doesNotMatch(lines(none).join(), /statement/);
  assert.deepEqual(lines(null), []);
});

Deno.test("a plan that changed in one variant alone says in which, and equal ones are said to be equal", () => {
  const same = stalledMigration().plans.map((plan) => ({ ...plan, changes: [] }));
  const linesOf = (...migrations: MigrationSummary[]) =>
    migrationMarkdown(migrations.map((each) => migratedSummary(each))).split("\n").filter((line) =>
      /^- .*\b[Pp]lan/.test(line)
    );
  const [line, ...others] = linesOf(stalledMigration({ plans: same }), quietMigration());
  assert.match(
    line!,
    /^- Plan of `country-orders` \(safe\), before → after: `Index Scan Backward .*`, `.* removed`\. A plan may also change because/,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(linesOf(stalledMigration({ plans: same })), [
    "- The plans of the load's questions are the same before and after.",
  ]);
  assert.deepEqual(linesOf(stalledMigration({ plans: [] })), []);
});

/** A user's own change of many steps, over many paths, in which every text tries to be more than text. */
function hostile(text: string): RunSummary {
  const stalled = stalledMigration();
  const migration: MigrationConfig = {
    ...migrationConfig("g"),
    name: text,
    title: text,
    variant: "own",
    file: text,
    steps: [{ ...migrationConfig("g").steps[0]!, fix: text }],
  };
  return migratedSummary(
    {
      ...stalled,
      migration,
      impacts: Array.from({ length: 30 }, (_, nth) => impact(`${text}${nth}`, "read", [1, 2, 3], [1, 2, 3])),
      steps: Array.from(
        { length: 50 },
        () => ({ ...stalled.steps[0]!, sql: text, error: text, rewritten: [text] }),
      ),
      waits: stalled.waits.map((wait) => ({ ...wait, relation: text, mode: text })),
      ledger: { ...stalled.ledger, problems: [{ problem: "lost", n: 2, example: text }] },
      checksums: { ...stalled.checksums, different: [text] },
      plans: Array.from(
        { length: 9 },
        (_, nth) => ({ operation: text, changes: Array(5).fill(`${nth} ${text}`) }),
      ),
    },
    {
      warnings: Array.from({ length: 20 }, (_, nth) => ({ code: "x", text: `${text} ${nth}` })),
      reasons: Array(9).fill(text),
    },
  );
}

Deno.test("a comment has at most 40 lines, however much there is to say", () => {
  const many = "ALTER TABLE a;".repeat(300);
  assert.equal(migrationMarkdown([hostile(many)]).trimEnd().split("\n").length, 40);
  const both = [migratedSummary(stalledMigration()), hostile("x"), hostile("y")];
  assert.ok(migrationMarkdown(both).trimEnd().split("\n").length <= 40);
});

Deno.test("no text from outside becomes markup, a mention, a reference, a line or a cell of a comment", () => {
  const text =
    "a|b`c``d\n### h\r\n</details><script>x</script> @owner #12 [x](javascript:y) ![z](https://e.vil) **b** $m$ \u202e";
  const comment = migrationMarkdown([hostile(text)]);
  const outside = comment.split("\n").filter((line) => !/^`{3,}/.test(line) && !/; -- /.test(line))
    // Without code, whose fence may be of several backticks.
    .map((line) => line.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, ""));
  for (const line of outside) {
    assert.doesNotMatch(line, /<script|<\/details>./, line);
    assert.doesNotMatch(line, /[@#]\w/, line);
    assert.doesNotMatch(line, /(?<!\\)\[|https:\/\/|(?<!\\)\$/, line);
    assert.doesNotMatch(line, /\u202e/, line);
  }
  assert.equal(outside.filter((line) => line === "</details>").length, 1);
  const cells = comment.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/).length);
  assert.deepEqual([...new Set(cells)], [8]);
});

Deno.test("text made safe for Markdown is one line, and none of its signs begins anything", () => {
  const signs = fc.string({ unit: fc.constantFrom(..."\\`*_{}[]<>#|~!&@$:/w.-+= \n\r\t1aé\u202e") });
  fc.assert(fc.property(signs, (text) => {
    const safe = markdownText(text);
    assert.doesNotMatch(safe, /[\n\r\t\u202e]/);
    // What is left of it without escaped signs, entities and breaks has no sign of markup.
    const rest = safe.replace(/<!-- -->|\\[^a-zA-Z0-9\s]|&(amp|lt|gt);/g, "\u0001");
    assert.doesNotMatch(rest, /[\\`*_{}[\]<>|~&$]|[@#]\w|:\/\/|www\./i);
    assert.doesNotMatch(safe, /^([-+=#!]|\d+[.)](\s|$))/);
  }));
});

Deno.test("code keeps its fence, whatever stands in it", () => {
  const signs = fc.string({ unit: fc.constantFrom(..."`|a \n"), maxLength: 20 });
  fc.assert(fc.property(signs, (text) => {
    const code = markdownCode(text);
    if (text.trim() === "") return assert.equal(code, "");
    const [, fence, inside] = /^(`+)([^`][\s\S]*[^`]|[^`])\1$/.exec(code)!;
    assert.ok(!new RegExp(`(?<!\`)${fence}(?!\`)`).test(inside!));
    assert.equal(inside!.trim(), text.replace(/\n+/g, " ").trim());
    const [opening, ...lines] = markdownBlock([text], "sql");
    assert.equal(lines.filter((line) => line.startsWith(opening!.replace("sql", ""))).length, 1);
  }));
});

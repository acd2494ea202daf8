import assert from "node:assert/strict";
import { join } from "node:path";
import { REPORT_NOTEBOOKS } from "../notebooks.ts";
import { exampleSummary } from "../testing.ts";
import { buildView } from "../view.ts";
import type { ReportKind } from "./section.ts";
import { SECTIONS, sectionsOf } from "./sections.ts";

const notebooks = join(import.meta.dirname!, "..", "..", "..", "notebooks");

const KINDS = ["bench", "migrate", "probe"] as const;

function tags(of: "figure" | "prose", kind: ReportKind): string[] {
  return REPORT_NOTEBOOKS[kind].flatMap((name) => {
    const { cells } = JSON.parse(Deno.readTextFileSync(join(notebooks, name))) as {
      cells: { metadata: { tags?: string[] } }[];
    };
    return cells.flatMap(({ metadata }) => metadata.tags ?? [])
      .filter((tag) => tag.startsWith(`${of}:`)).map((tag) => tag.slice(of.length + 1));
  });
}

Deno.test("every figure of the notebooks has a section that shows it, and every section's figure is made", () => {
  const shown = (kind: ReportKind) =>
    Object.values(sectionsOf(kind)).flatMap(({ figures }) => figures).sort();
  assert.deepEqual(tags("figure", "bench").sort(), shown("bench"));
  const all = KINDS.flatMap(shown);
  for (const kind of ["migrate", "probe"] as const) {
    // A notebook that several kinds have may show more than is of use to one of them.
    const made = tags("figure", kind);
    assert.deepEqual(shown(kind).filter((figure) => !made.includes(figure)), []);
    assert.deepEqual(made.filter((figure) => !all.includes(figure)), []);
  }
});

Deno.test("every prose of the notebooks opens a section", () => {
  for (const id of KINDS.flatMap((kind) => tags("prose", kind))) assert.ok(id in SECTIONS, id);
});

Deno.test("a migration's report has no section that compares arms, a bench's none of a migration, a probe's of neither", () => {
  const [bench, migrate, probe] = KINDS.map((kind) => Object.keys(sectionsOf(kind)));
  for (const id of ["change", "operations", "over-time", "graphql", "plans"]) {
    assert.ok(bench!.includes(id) && !migrate!.includes(id), id);
  }
  for (const id of ["impact", "timeline", "steps", "locks", "ledger", "errors", "plans-after"]) {
    assert.ok(migrate!.includes(id) && !bench!.includes(id) && !probe!.includes(id), id);
  }
  for (const id of ["probe-timeline", "pauses", "connections", "server-changes", "probe-ledger"]) {
    assert.ok(probe!.includes(id) && !bench!.includes(id) && !migrate!.includes(id), id);
  }
  for (const id of ["validity", "method", "servers"]) {
    assert.ok(bench!.includes(id) && migrate!.includes(id) && probe!.includes(id), id);
  }
});

Deno.test("what observing cost stands in the report where it was sampled", () => {
  const rows = { observer: [{ source: "postgres", instance: null, n: 60, meanMs: 2.5, maxMs: 11 }] };
  const table = buildView(exampleSummary(), {}, rows).sections.observer!.tables[0]!;
  const [{ name, rows: [row] }] = table.groups as [typeof table.groups[0]];
  assert.deepEqual([name, ...row!.cells.map(({ text }) => text)], ["PostgreSQL", "60", "2.50 ms", "11.0 ms"]);
  const columns = (instances: readonly (string | null)[]) => {
    const observer = instances.map((instance) => ({ ...rows.observer[0]!, instance }));
    const [table] = buildView(exampleSummary(), {}, { observer }).sections.observer!.tables;
    return [table!.columns.length, ...table!.groups.map(({ rows: [row] }) => row!.name)];
  };
  assert.deepEqual(columns([null, null]), [4, null, null], "an empty column is left out");
  assert.deepEqual(columns(["postgres", null]), [5, "postgres", "—"]);
  assert.equal(buildView(exampleSummary(), {}).sections.observer, null);
});

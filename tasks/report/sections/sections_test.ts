import assert from "node:assert/strict";
import { join } from "node:path";
import { REPORT_NOTEBOOKS } from "../notebooks.ts";
import { exampleSummary } from "../testing.ts";
import { buildView } from "../view.ts";
import { SECTIONS } from "./sections.ts";

const notebooks = join(import.meta.dirname!, "..", "..", "..", "notebooks");

function tags(kind: string): string[] {
  return REPORT_NOTEBOOKS.flatMap((name) => {
    const { cells } = JSON.parse(Deno.readTextFileSync(join(notebooks, name))) as {
      cells: { metadata: { tags?: string[] } }[];
    };
    return cells.flatMap(({ metadata }) => metadata.tags ?? [])
      .filter((tag) => tag.startsWith(`${kind}:`)).map((tag) => tag.slice(kind.length + 1));
  });
}

Deno.test("every figure of the notebooks has a section that shows it, and every section's figure is made", () => {
  assert.deepEqual(tags("figure").sort(), Object.values(SECTIONS).flatMap(({ figures }) => figures).sort());
});

Deno.test("every prose of the notebooks opens a section", () => {
  for (const id of tags("prose")) assert.ok(id in SECTIONS, id);
});

Deno.test("what observing cost stands in the report where it was sampled", () => {
  const rows = { observer: [{ source: "postgres", instance: null, n: 60, meanMs: 2.5, maxMs: 11 }] };
  const table = buildView(exampleSummary(), {}, rows).sections.observer!.tables[0]!;
  const [{ name, rows: [row] }] = table.groups as [typeof table.groups[0]];
  assert.deepEqual([name, ...row!.cells.map(({ text }) => text)], ["PostgreSQL", "60", "2.50 ms", "11.0 ms"]);
  assert.equal(buildView(exampleSummary(), {}).sections.observer, null);
});

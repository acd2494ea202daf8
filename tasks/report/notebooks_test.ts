import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { readNotebook, sourceOf, tagsOf } from "../notebook/ipynb.ts";
import { DRAWN, REPORT_NOTEBOOKS } from "./notebooks.ts";

const folder = resolve(import.meta.dirname!, "../../notebooks");

Deno.test("what a bench's notebooks draw is read for all of them at once, and nothing else is", async () => {
  const drawn = new Set<string>();
  for (const name of REPORT_NOTEBOOKS.bench) {
    const { cells } = await readNotebook(join(folder, name));
    for (const cell of cells.filter((cell) => cell.cell_type === "code")) {
      for (const [, query] of sourceOf(cell).matchAll(/bench\.rows<[^()]*>\("([\w/]+)"\)/g)) {
        drawn.add(query!);
      }
    }
    assert.ok(cells.some((cell) => tagsOf(cell).some((tag) => tag.startsWith("figure:"))), name);
  }
  assert.deepEqual([...drawn].sort(), [...DRAWN.bench].sort());
});

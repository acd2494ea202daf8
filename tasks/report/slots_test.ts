import assert from "node:assert/strict";
import { NOTEBOOK_STYLE } from "../charts/figure.ts";
import { ServiceError } from "../model/errors.ts";
import type { NotebookRun, RunCell } from "../notebook/run.ts";
import { slotsOf } from "./slots.ts";

function notebook(...cells: Partial<RunCell>[]): NotebookRun {
  return {
    file: "/somewhere/first-look.ipynb",
    title: "First look",
    seconds: 1,
    parameters: {},
    cells: cells.map((cell, index) => ({ index, kind: "code", source: "", tags: [], outputs: [], ...cell })),
  };
}

const shown = (html: string) => [{ mime: { "text/html": html } }];

Deno.test("tagged cells fill the places that their tags name, the others leave no trace", () => {
  const slots = slotsOf([notebook(
    { kind: "markdown", source: "# Title" },
    { kind: "markdown", source: "Why it *matters*.", tags: ["prose:cache"] },
    { outputs: shown("<p>chart</p>"), tags: ["figure:cache-states"] },
    { outputs: shown("<p>scratch</p>") },
  )]);
  assert.deepEqual(slots, {
    "prose:cache": "<p>Why it <em>matters</em>.</p>",
    "cache-states": "<p>chart</p>",
  });
});

Deno.test("a notebook's own styling of figures does not enter the report", () => {
  const run = notebook({ outputs: shown(`${NOTEBOOK_STYLE}<p>chart</p>`), tags: ["figure:a"] });
  assert.equal(slotsOf([run]).a, "<p>chart</p>");
});

Deno.test("a tagged cell that shows no figure is named", () => {
  const run = notebook({}, { tags: ["figure:a"], outputs: [{ stream: "stdout", text: "hello" }] });
  assert.throws(
    () => slotsOf([run]),
    (error: Error) => error instanceof ServiceError && /first-look\.ipynb, cell 2/.test(error.message),
  );
});

Deno.test("two cells that fill one place are refused", () => {
  const cell = { outputs: shown("<p></p>"), tags: ["figure:a"] };
  assert.throws(() => slotsOf([notebook(cell), notebook(cell)]), /another cell fills "a" already/);
});

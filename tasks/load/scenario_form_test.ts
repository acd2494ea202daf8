import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { checkForm } from "./scenario_form.ts";

const scenario = (fields: Record<string, unknown> = {}) => ({
  name: "mine",
  title: "Mine",
  dataset: "northwind",
  workload: "access-paths",
  duration: 3,
  warmup: 0,
  block: 1,
  washout: 0.1,
  timeout: 5,
  paths: ["sql"],
  settings: {},
  streams: [stream()],
  ...fields,
});
const stream = (fields: Record<string, unknown> = {}) => ({
  name: "reads",
  arrivals: "poisson",
  rate: 10,
  operations: [operation()],
  ...fields,
});
const operation = (fields: Record<string, unknown> = {}) => ({
  name: "product-by-id",
  weight: 1,
  params: { id: { kind: "integer", min: 1, max: 9 } },
  ...fields,
});
const within = (fields: Record<string, unknown>) => scenario({ streams: [stream(fields)] });
const drawing = (draw: unknown) => within({ operations: [operation({ params: { id: draw } })] });

const OPERATION = /^streams\[0\]\.operations\[0\]\./;
const FAULTS: readonly [what: string, value: unknown, said: RegExp][] = [
  [
    "a field whose name would forge a line",
    within({ operations: [operation({ params: { "id\nerror: \x1b[2J": { kind: "uniform" } } })] }),
    /^streams\[0\]\.operations\[0\]\.params\["id\\nerror: \\u001b\[2J"\]\.keys: must be a text/,
  ],
  [
    "an operation that would share the row of all",
    within({ operations: [operation({ name: "all" })] }),
    /^streams\[0\]\.operations\[0\]\.name: must be another name, .*: rename it, .* \(it is "all"\)$/,
  ],
  ["a word that is none", within({ arrivals: "poison" }), /^streams\[0\]\.arrivals: .*"poison"\)$/],
  ["a text for a number", within({ operations: [operation({ weight: "3" })] }), /\.weight: .*"3"\)$/],
  ["no number at all", within({ operations: [operation({ weight: NaN })] }), /\.weight: .*\(it is NaN\)$/],
  [
    "a rate beyond all",
    within({ rate: 1e7 }),
    /^streams\[0\]\.rate: must be a number above 0, at most 1000000 \(it is 10000000\)$/,
  ],
  ["a rate of none", within({ rate: undefined }), /\.rate: must be a number above 0, .*\(it is missing\)$/],
  [
    "a weight of nothing",
    within({ operations: [operation({ weight: 0 })] }),
    /\.weight: must be .* above 0 /,
  ],
  [
    "a mean beyond its range",
    drawing({ kind: "recent", keys: "orders", mean: 2 }),
    /\.id\.mean: must be a number above 0, at most 1 \(it is 2\)$/,
  ],
  [
    "an exponent beyond its range",
    drawing({ kind: "zipf", keys: "orders", s: 7 }),
    /\.id\.s: must be a number from 0 to 5 \(it is 7\)$/,
  ],
  [
    "more integers than a call takes",
    drawing({ kind: "integers", min: 1, max: 9, count: 17 }),
    /\.id\.count: must be a whole number from 1 to 16 \(it is 17\)$/,
  ],
  ["no time to wait", scenario({ washout: -1 }), /^washout: must be a number, at least 0 \(it is -1\)$/],
  ["no operation", within({ operations: [] }), /\.operations: must have at least 1 of them \(it is \[\]\)$/],
  ["no title", scenario({ title: "" }), /^title: must not be empty/],
  [
    "a path that is none",
    scenario({ paths: ["sqll"] }),
    /^paths\[0\]: must be one of "sql", .*"sqll"\)$/,
  ],
  ["endless time", scenario({ duration: Infinity }), /^duration: .*\(it is Infinity\)$/],
  [
    "stages that are no list",
    within({ stages: { rate: 5 } }),
    /\.stages: must be a list \(it is \{"rate":5\}\)$/,
  ],
  ["an unknown field", within({ rates: 5 }), /^streams\[0\]: has no field "rates"; did you mean "rate"\?$/],
  [
    "an unknown field with a line's end",
    within({ "rates\nand\tmore": 5 }),
    /has no field "rates\\nand\\tmore"/,
  ],
  [
    "a draw of no kind",
    drawing({ kind: "zpf", s: 1 }),
    /\.params\.id\.kind: must be one of zipf, .*"zpf"\)$/,
  ],
  ["a draw that is a value", drawing(5), /\.params\.id: must be \{ kind, … \} \(it is 5\)$/],
  ["half an integer", drawing({ kind: "integer", min: 0.5, max: 1 }), /\.id\.min: .*\(it is 0\.5\)$/],
  [
    "a choice of truths",
    drawing({ kind: "choice", values: [true] }),
    /\.values\[0\]: must be a text or a num/,
  ],
  [
    "an exponent that nothing uses",
    drawing({ kind: "source", source: "users", column: "id", s: 1 }),
    /\.params\.id\.s: must go with pick: "zipf" \(it is 1\)$/,
  ],
];

function messageOf(value: unknown): string {
  try {
    checkForm(value, "mine.ts");
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message.replace("Cannot use the scenario file mine.ts: ", "");
  }
  assert.fail("it was accepted");
}

Deno.test("a fault within a stream is named by its own field, not by that of all streams", async (t) => {
  checkForm(scenario(), "mine.ts");
  for (const [what, value, said] of FAULTS) {
    await t.step(what, () => assert.match(messageOf(value), said));
  }
  assert.match(messageOf(within({ operations: [operation({ weight: "3" })] })), OPERATION);
});

Deno.test("a value of neither form is told which forms there are", () => {
  assert.match(messageOf(scenario({ streams: 5 })), /^streams: must be a list of streams, or a function/);
  assert.match(
    messageOf(scenario({ dataset: 5 })),
    /^dataset: must be the name of a data set, or \{ schemas/,
  );
  assert.match(
    messageOf(scenario({ sources: { users: { json: "users.json" } } })),
    /^sources\.users: must be \{ csv \}, \{ parquet \} or \{ sql \}/,
  );
  assert.match(
    messageOf(scenario({ dataset: { schemas: "shop" } })),
    /^dataset\.schemas: must be a list \(it is "shop"\)$/,
  );
});

Deno.test("a path stands in a scenario once, since arms are told apart by their names", () => {
  assert.match(messageOf(scenario({ paths: ["sql", "sql"] })), /^paths: must be different from each other/);
});

Deno.test("a long value is cut short in a message", () => {
  const message = messageOf(scenario({ title: Array.from({ length: 1000 }, () => "x") }));
  assert.ok(message.length < 250, message);
});

Deno.test("a captured value may have the kind's earlier name, which no message tells", () => {
  for (const kind of ["captured", "carried"]) {
    checkForm(drawing({ kind, from: "product-list", column: "product_id" }), "mine.ts");
  }
  assert.match(messageOf(drawing({ kind: "captive" })), /must be one of zipf, .*, captured .*"captive"\)$/);
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { CopyWriter, MAX_UNIT_BYTES } from "./copy_writer.ts";
import { type ColumnGenerator, type ColumnType, customised, loadCustomisation } from "./custom.ts";
import type { DatasetTable } from "./dataset.ts";

const column = (table: string, column: string, type: string, notNull = false): ColumnType => ({
  schema: "lab",
  table,
  column,
  type,
  notNull,
});

const COLUMNS = [
  column("people", "id", "integer", true),
  column("people", "name", "character varying(10)", true),
  column("people", "note", "text"),
  column("people", "photo", "bytea"),
  column("lines", "parent", "integer", true),
  column("lines", "price", "numeric(12,2)", true),
  column("visits", "id", "bigint", true),
  column("visits", "page", "text"),
];

const people: DatasetTable = {
  name: "people",
  relation: "lab.people",
  columns: ["id", "name", "note", "photo"],
  units: 200,
  rows: 200,
  write(unit, out) {
    out.integer(unit + 1);
    out.text(`name ${unit}`);
    out.text(unit % 2 === 0 ? null : `\ufefftab\t${unit}\n\\`);
    out.null();
    out.endRow();
  },
};

/** Each parent has none to three lines. */
const lines: DatasetTable = {
  name: "lines",
  relation: "lab.lines",
  columns: ["parent", "price"],
  units: 100,
  rows: 150,
  write(unit, out) {
    for (let line = 0; line < unit % 4; line++) {
      out.integer(unit);
      out.hundredths(line);
      out.endRow();
    }
  },
};

/** Two partitions of one table. */
const visits = [70, 30].map((units, part): DatasetTable => ({
  name: "visits",
  relation: `lab.visits_${part}`,
  columns: ["id", "page"],
  units,
  rows: units,
  write(unit, out) {
    out.bigint(part * 70 + unit);
    out.text("/");
    out.endRow();
  },
}));

const TABLES = [people, lines, ...visits];

function wrap(columns: Record<string, unknown>, keys?: Record<string, string[]>): DatasetTable[] {
  const generators = columns as Record<string, ColumnGenerator>;
  const loaded = { dataset: "lab", path: "/lab/mine.ts", sha256: "", distributions: {}, columns: generators };
  return customised(TABLES, loaded, COLUMNS, 42, keys);
}

/** The COPY text of a range of units. */
function written(table: DatasetTable, from = 0, to = table.units): string {
  const out = new CopyWriter(4 * 1024 * 1024);
  for (let unit = from; unit < to; unit++) table.write(unit, out);
  const text = new TextDecoder().decode(out.payload);
  assert.equal(out.rows, text.split("\n").length - 1);
  return text;
}

/** Fails unless it throws a UsageError with this message, behind the file's name. */
function refuses(work: () => unknown, message: RegExp, next?: RegExp): void {
  assert.throws(work, (error: UsageError) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.exitCode, 2);
    assert.match(error.message, /^Cannot use \/lab\/mine\.ts/);
    assert.match(error.message, message);
    if (next) assert.match(error.next ?? "", next);
    return true;
  });
}

Deno.test("only the named columns change, and a table without one is the very same object", () => {
  const tables = wrap({ "people.name": ({ row }: { row: number }) => `no. ${row}` });
  assert.notEqual(tables[0], people);
  assert.deepEqual(tables.slice(1).map((table, at) => table === TABLES[at + 1]), [true, true, true]);
  const expected = written(people).split("\n").slice(0, -1).map((line, row) =>
    line.split("\t").toSpliced(1, 1, `no. ${row}`).join("\t")
  );
  assert.deepEqual(written(tables[0]!).split("\n").slice(0, -1), expected);
  const { write: _write, refusal: _refusal, ...rest } = tables[0]!;
  assert.deepEqual({ ...rest, write: people.write }, people);
});

Deno.test("first and last columns, several at once, and what Benchbook would have written", () => {
  const seen: (string | null)[] = [];
  const [table] = wrap({
    "people.id": ({ row }: { row: number }) => row * 10,
    "people.note": ({ value, row }: { value: string | null; row: number }) => {
      seen[row - 1] = value;
      return value === null ? "was null" : null;
    },
  });
  assert.equal(written(table!, 1, 3), "10\tname 1\t\\N\t\\N\n20\tname 2\twas null\t\\N\n");
  assert.deepEqual(seen, ["\ufefftab\t1\n\\", null]);
});

Deno.test("a value given back is the row as it was", () => {
  const back = ({ value }: { value: string | null }) => value;
  const tables = wrap({ "people.id": back, "people.name": back, "people.note": back, "lines.price": back });
  for (const [at, table] of [people, lines].entries()) assert.equal(written(tables[at]!), written(table));
});

Deno.test("rows of one parent are told apart, and rows of partitions are counted through", () => {
  const [, made, first, second] = wrap({
    "lines.price": ({ row, line }: { row: number; line: number }) => row + line / 100,
    "visits.page": ({ row }: { row: number }) => `/${row}`,
  });
  assert.equal(written(made!, 7, 9), "7\t7\n7\t7.01\n7\t7.02\n");
  assert.equal(written(first!, 69), "69\t/69\n");
  assert.equal(written(second!, 0, 2), "70\t/70\n71\t/71\n");
});

Deno.test("the same bytes however the units are split, and in whatever order", () => {
  const columns = {
    "people.name": ({ pick, integer }: { pick: (of: string[]) => string; integer: (n: number) => number }) =>
      `${pick(["A", "B"])} ${integer(1e6)}`,
    "lines.price": ({ random }: { random: () => number }) => random() * 100 - random(),
    "visits.page": ({ zipf }: { zipf: (n: number, s: number) => number }) => `/${zipf(1000, 1)}`,
  };
  const whole = wrap(columns).map((table) => written(table));
  for (const size of [1, 7, 64]) {
    const tables = wrap(columns);
    for (const [at, table] of tables.entries()) {
      const starts = Array.from({ length: Math.ceil(table.units / size) }, (_, part) => part * size);
      const parts = new Map(
        starts.toReversed().map((from) => [from, written(table, from, Math.min(table.units, from + size))]),
      );
      assert.equal(starts.map((from) => parts.get(from)).join(""), whole[at]);
    }
  }
  assert.equal(new Set(whole[0]!.match(/[AB] \d+/g)).size, 200);
});

Deno.test("a column that is not there or that keys are made of is refused with the nearest name", () => {
  const none = () => null;
  refuses(
    () => wrap({ "poeple.name": none }),
    /for poeple\.name: there is no table "poeple"$/,
    /Did you mean "people"/,
  );
  refuses(
    () => wrap({ "people.nmae": none }),
    /for people\.nmae: the table people has no column "nmae"$/,
    /Did you mean "name"/,
  );
  refuses(
    () => wrap({ people: none }),
    /must be named TABLE\.COLUMN: one is "people"$/,
    /people, lines, visits/,
  );
  refuses(() => wrap({ "lab.people.name": none }), /must be named TABLE\.COLUMN/);
  refuses(
    () => wrap({ "people.id": none }, { people: ["id"] }),
    /for people\.id: it is a key, which other rows/,
    /Keys of people are id/,
  );
});

Deno.test("what is no value for a column is named with its row, its place and what is wanted", () => {
  const name = (value: unknown) => () => written(wrap({ "people.name": () => value })[0]!);
  const wanted = String.raw`for people\.name, row 0: it must yield text without NUL: it yielded `;
  const cases: [unknown, string][] = [
    [undefined, "undefined"],
    [7, "7"],
    [NaN, "NaN"],
    [() => 1, String.raw`\[Function`],
    [Symbol("x"), String.raw`Symbol\("?x"?\)`],
    [{ a: [1] }, String.raw`\{ a: \[ 1 \] \}`],
    ["nul\0", String.raw`"nul\\x00"`],
    ["\ud800", ""],
    [`${"x".repeat(4999)}\0`, String.raw`"x{60}"… \(5000 characters\)`],
    [Promise.resolve("x"), String.raw`a Promise \(a generator must not be async\)`],
    [Promise.reject(new Error("late")), "a Promise"],
  ];
  for (const [value, shown] of cases) refuses(name(value), new RegExp(wanted + shown));
  for (const [value] of cases) {
    assert.throws(name(value), ({ message }: Error) => message.length < 400);
  }

  const price = (value: unknown) => () =>
    wrap({ "lines.price": ({ row }: { row: number }) => row < 3 ? 1 : value })
      .forEach((table) => written(table));
  for (const value of [NaN, Infinity, true, new Date(), {}]) {
    refuses(
      price(value),
      /for lines\.price, row 3: it must yield a finite number, a bigint or text: it yielded /,
    );
  }
});

Deno.test("each kind of type refuses what it is not", () => {
  const bad: Record<string, unknown[]> = {
    "integer": [NaN, true, [1]],
    "bigint": [Infinity],
    "numeric(4,2)": [NaN],
    "real": [NaN, new Date()],
    "double precision": [Infinity, false],
    "boolean": [1, 0],
    "date": [new Date(NaN), 7, "today"],
    "timestamp with time zone": ["now", 0],
    "timestamp(3) without time zone": [new Date(8.64e15), new Date(-8.64e15)],
    "text": [1, "\0", "\udc00"],
    "character(2)": [12],
    "bytea": [new Uint8Array(2)],
    "jsonb": [undefined, NaN, { a: undefined }, [, 1], new Map(), { f() {} }, 1n, new Date(), "\0", {
      "\0": 1,
    }, self()],
    "json": [{ a: Infinity }, "\ud800", Symbol(), { toJSON: () => 1 }],
    "uuid": [5],
  };
  for (const [type, values] of Object.entries(bad)) {
    for (const value of values) {
      const columns = COLUMNS.map((each) => each.column === "name" ? { ...each, type } : each);
      const generators = { "people.name": () => value as string };
      const loaded = {
        dataset: "lab",
        path: "/lab/mine.ts",
        sha256: "",
        distributions: {},
        columns: generators,
      };
      refuses(
        () => written(customised(TABLES, loaded, columns, 42)[0]!),
        /row 0: it must yield .*: it yielded /,
      );
    }
  }

  /** An object that contains itself. */
  function self(): unknown {
    const value: Record<string, unknown> = {};
    value.again = value;
    return value;
  }
});

Deno.test("null goes where the column is nullable", () => {
  const [table] = wrap({ "people.note": () => null });
  assert.ok(written(table!).split("\n").slice(0, -1).every((line) => line.split("\t")[2] === "\\N"));
  refuses(
    () => written(wrap({ "people.note": () => 5 })[0]!),
    /text without NUL, or null: it yielded 5/,
  );
});

Deno.test("a generator that throws is named with its message, and the cause is kept", () => {
  const cause = new TypeError("no such shop");
  const generate = ({ row }: { row: number }) => {
    if (row === 150) throw cause;
    return "x";
  };
  const [table] = wrap({ "people.name": generate });
  refuses(() => written(table!), /for people\.name, row 150: it threw: no such shop$/);
  assert.throws(() => table!.write(150, new CopyWriter()), { cause });
  refuses(() =>
    written(
      wrap({
        "people.name": () => {
          throw "plain text";
        },
      })[0]!,
    ), /it threw: plain text/);
  refuses(
    () =>
      written(
        wrap({
          "lines.price": ({ line, pick }: { line: number; pick: (of: number[]) => number }) =>
            pick(line < 2 ? [1] : []),
        })[1]!,
      ),
    /for lines\.price, row 3, line 2: it threw: pick\(values\) needs at least one value/,
  );
});

Deno.test("a generator that is not a function of its row is found in the first rows", () => {
  let calls = 0;
  refuses(
    () => written(wrap({ "people.name": () => `no. ${calls++}` })[0]!),
    /must yield the same whenever it is called for a row: it yielded "no\. 0" and then "no\. 1"/,
    /Draw with random\(\)/,
  );
  refuses(
    () => wrap({ "lines.price": () => Math.random() }).forEach((table) => written(table)),
    /must yield the same/,
  );
});

Deno.test("a unit stays within what a block has room for", () => {
  const out = new CopyWriter(MAX_UNIT_BYTES * 2);
  const note = (length: number) =>
    wrap({ "people.note": ({ row }: { row: number }) => row === 0 ? "" : "é".repeat(length) })[0]!;
  const room = MAX_UNIT_BYTES - "2\tname 1\t\t\\N\n".length;
  note(Math.floor((room - 1) / 2)).write(1, out);
  assert.ok(out.length >= MAX_UNIT_BYTES - 2 && out.length < MAX_UNIT_BYTES);
  for (const length of [room / 2 + 1, room, 10 * MAX_UNIT_BYTES]) {
    refuses(
      () => note(length).write(1, new CopyWriter(MAX_UNIT_BYTES * 2)),
      /must take less than 16384 bytes/,
    );
  }
  // What follows the column may be the part that no longer fits.
  const names = wrap({
    "people.note": ({ row }: { row: number }) =>
      row === 0 ? "" : "x".repeat(MAX_UNIT_BYTES - "2\tname 1\t\t\\N\n".length),
  })[0]!;
  refuses(() => names.write(1, new CopyWriter(MAX_UNIT_BYTES * 2)), /people\.note, row 1: .*16384 bytes/);
});

Deno.test("a worker makes the same rows from the file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "benchbook-custom-"));
  try {
    const file = join(folder, "mine.ts");
    writeFileSync(
      file,
      `export default { dataset: "lab", columns: { "n.v": ({ row, normal }) => row + normal() } };`,
    );
    const { sha256 } = await loadCustomisation(file, "/");
    // The same text runs here and there; as JavaScript, since a test checks the types of its workers.
    const here = (name: string) => new URL(name, import.meta.url).href;
    writeFileSync(
      join(folder, "make.js"),
      `import { customised, loadCustomisation } from "${here("./custom.ts")}";
      import { CopyWriter } from "${here("./copy_writer.ts")}";
      export async function make(from, to) {
        const loaded = await loadCustomisation(${JSON.stringify(file)}, "/", "${sha256}");
        const table = { name: "n", relation: "lab.n", columns: ["v"], units: 1000, rows: 1000,
          write(_unit, out) { out.integer(0); out.endRow(); } };
        const columns = [{ schema: "lab", table: "n", column: "v", type: "double precision", notNull: true }];
        const [wrapped] = customised([table], loaded, columns, 42);
        const out = new CopyWriter();
        for (let unit = from; unit < to; unit++) wrapped.write(unit, out);
        return new TextDecoder().decode(out.payload);
      }`,
    );
    writeFileSync(
      join(folder, "worker.js"),
      `import { make } from "./make.js";
      self.onmessage = async ({ data }) => self.postMessage(await make(data.from, data.to));`,
    );
    const { make } = await import(`file://${folder}/make.js`);
    const parts = await Promise.all([[0, 400], [400, 1000]].map(([from, to]) => {
      const worker = new Worker(`file://${folder}/worker.js`, { type: "module" });
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ from, to });
      return promise.finally(() => worker.terminate());
    }));
    assert.equal(parts.join(""), await make(0, 1000));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

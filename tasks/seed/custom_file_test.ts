import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { loadCustomisation } from "./custom.ts";

/** A folder for a test's files, removed afterwards. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "benchbook-custom-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

Deno.test("a customisation is read with its path, its hash and its distributions as text", async () => {
  await withFolder(async (folder) => {
    const text = `import type { Customisation } from "/nowhere/custom.ts";
      import { pounds } from "./prices.ts";
      export default {
        dataset: "northwind",
        columns: { "products.unit_price": ({ row }) => pounds(row) },
        distributions: { "orders.customerSkew": 1.1, "orders.weekday": [1, 2.5, 0] },
      } satisfies Customisation;`;
    writeFileSync(join(folder, "mine.ts"), text);
    writeFileSync(join(folder, "prices.ts"), "export const pounds = (row: number) => row * 2;");
    const loaded = await loadCustomisation("mine.ts", folder);
    assert.equal(loaded.path, join(folder, "mine.ts"));
    assert.equal(loaded.sha256, createHash("sha256").update(text).digest("hex"));
    assert.equal(loaded.dataset, "northwind");
    assert.deepEqual(loaded.distributions, { "orders.customerSkew": "1.1", "orders.weekday": "1,2.5,0" });
    assert.equal(loaded.columns["products.unit_price"]!({ row: 21 } as never), 42);
    assert.deepEqual(await loadCustomisation(loaded.path, "/elsewhere", loaded.sha256), loaded);
  });
});

Deno.test("the example of queries/generators is one", async () => {
  const root = new URL("../..", import.meta.url).pathname;
  const loaded = await loadCustomisation("queries/generators/northwind-shops.ts", root);
  assert.equal(loaded.dataset, "northwind");
  assert.ok(Object.keys(loaded.columns).length >= 2);
});

Deno.test("a file that cannot be used is named, with what is wrong and what is allowed", async (t) => {
  const good = `dataset: "northwind", columns: { "customers.city": () => "Bern" }`;
  const cases: [name: string, text: string, message: RegExp, next?: RegExp][] = [
    [
      "syntax",
      "export default { dataset: ",
      /Cannot load .*syntax\.ts: SyntaxError: .* at file:.*syntax\.ts:1:\d+$/,
    ],
    ["throwing", `throw new Error("no luck")`, /Cannot load .*throwing\.ts: no luck/],
    [
      "importing",
      `import "./gone.ts"; export default {}`,
      /Module not found ".*gone\.ts"\. at file:.*importing\.ts:1:8$/,
    ],
    ["no-default", `export const customisation = { ${good} }`, /it has no default export/, /export default/],
    ["not-object", "export default 7", /the default export must be an object: it is 7$/],
    ["a-function", "export default () => ({})", /the default export must be an object: it is \[Function/],
    [
      "no-dataset",
      `export default { columns: {} }`,
      /dataset must be the name of a data set: it is undefined/,
    ],
    [
      "no-columns",
      `export default { dataset: "northwind" }`,
      /columns must be an object of generators .*: it is undefined/,
    ],
    [
      "columns-list",
      `export default { dataset: "northwind", columns: [] }`,
      /columns must be an object of generators/,
    ],
    [
      "unknown",
      `export default { ${good}, colums: {} }`,
      /the default export has an unknown field "colums"/,
      /Did you mean "columns"/,
    ],
    [
      "not-function",
      `export default { dataset: "northwind", columns: { "customers.city": "Bern" } }`,
      /columns\.customers\.city must be a function: it is "Bern"/,
      /The type Customisation in tasks\/seed\/customisation\.ts/,
    ],
    [
      "text",
      `export default { ${good}, distributions: { a: "1.1" } }`,
      /distributions\.a must be a number or a list of numbers: it is "1\.1"/,
    ],
    [
      "nan",
      `export default { ${good}, distributions: { a: [1, NaN] } }`,
      /distributions\.a must be a number or a list of numbers/,
    ],
    [
      "empty",
      `export default { ${good}, distributions: { a: [] } }`,
      /distributions\.a must be a number or a list of numbers/,
    ],
    [
      "list",
      `export default { ${good}, distributions: 1 }`,
      /distributions must be an object of values by name: it is 1/,
    ],
  ];
  await withFolder(async (folder) => {
    for (const [name, text, message, next] of cases) {
      await t.step(name, async () => {
        writeFileSync(join(folder, `${name}.ts`), text);
        await assert.rejects(loadCustomisation(`${name}.ts`, folder), (error: UsageError) => {
          assert.ok(error instanceof UsageError, String(error));
          assert.equal(error.exitCode, 2);
          assert.ok(error.message.includes(join(folder, `${name}.ts`)), error.message);
          assert.match(error.message, message);
          // deno-lint-ignore no-control-regex
          assert.doesNotMatch(error.message, /[\n\x1b]/);
          if (next) assert.match(error.next ?? "", next);
          return true;
        });
      });
    }

    await t.step("no file, and no file but a folder", async () => {
      mkdirSync(join(folder, "folder.ts"));
      await assert.rejects(loadCustomisation("absent.ts", folder), {
        name: "UsageError",
        message: `Cannot read the generators in ${join(folder, "absent.ts")}: there is no such file`,
        next: /queries\/generators/,
      });
      await assert.rejects(loadCustomisation("folder.ts", folder), {
        name: "UsageError",
        message: /it is a folder$/,
      });
    });

    await t.step("changed since it was first read", async () => {
      writeFileSync(join(folder, "changing.ts"), `export default { ${good} }`);
      const { sha256 } = await loadCustomisation("changing.ts", folder);
      writeFileSync(join(folder, "changing.ts"), `export default { ${good} } // longer`);
      await assert.rejects(loadCustomisation("changing.ts", folder, sha256), {
        name: "UsageError",
        message: /changing\.ts: it was changed while rows were made by it/,
      });
    });
  });
});

import assert from "node:assert/strict";
import { Linter } from "./linter.ts";
import { factsAfter } from "./testing_linter.ts";

const LENGTH = 10_000_000;

/** Statements one after another, up to so many characters. */
function repeated(statement: (at: number) => string): string {
  const parts: string[] = [];
  for (let length = 0, at = 0; length < LENGTH; at++) {
    parts.push(statement(at));
    length += parts.at(-1)!.length;
  }
  return parts.join("");
}

/** Files of 10 MB, and what their last statement must be found fault with for. */
const LONG: Readonly<Record<string, string>> = {
  "many small statements": `${
    repeated((at) => `INSERT INTO shop.orders (id, note) VALUES (${at}, 'somebody;''s number ${at}');\n`)
  }UPDATE shop.orders SET note = '';`,
  "many tables that refer to one another": `${
    repeated((at) =>
      `CREATE TABLE shop.t${at} (id bigint PRIMARY KEY, name text NOT NULL, other bigint REFERENCES shop.t${
        Math.max(0, at - 1)
      });\n`
    )
  }UPDATE shop.orders SET note = '';`,
  "one statement, which is too long": `INSERT INTO shop.orders VALUES ${
    repeated((at) => `(${at}, 'a;b'),\n`)
  }(1, 'c');\nUPDATE shop.orders SET note = '';`,
};

for (const [what, sql] of Object.entries(LONG)) {
  Deno.test(`a file of 10 MB is read to its end within bounded memory: ${what}`, async () => {
    const linter = new Linter(await factsAfter("CREATE TABLE shop.orders (id integer, note text)"));
    let most = 0;
    let rules: string[] = [];
    let counted = 0;
    for await (
      const { findings } of linter.lint({ name: "a.sql", sql, limited: true, oneTransaction: false })
    ) {
      rules = findings.map(({ rule }) => rule);
      if (counted++ % 1000 === 0) most = Math.max(most, Deno.memoryUsage().rss);
    }
    assert.deepEqual(rules, ["all-rows"]);
    assert.ok(most < 1.5e9, `${most / 1e6} MB`);
  });
}

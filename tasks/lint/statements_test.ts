import assert from "node:assert/strict";
import { chunksOf } from "./chunks.ts";
import { statementsOf } from "./statements.ts";

async function all(sql: string) {
  const found = [];
  for await (const { node, oneLine, line, column } of statementsOf(sql, "a.sql")) {
    found.push({ kind: node === null ? null : Object.keys(node)[0], oneLine, line, column });
  }
  return found;
}

/** What has semicolons that end no statement. */
const ODD = [
  "SELECT ';', E'\\';', \"a;b\" FROM x",
  "/* ; /* ; */ ; */ SELECT $a$ ; $$ ; $a$ -- ;",
  "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
  "CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
  "CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
  "DO $äö$ BEGIN END; $äö$",
];

Deno.test("a text is parted behind the semicolons that end statements, and behind no others", () => {
  const text = ODD.map((each) => `${each}\n;`).join(" ");
  const parts = [...chunksOf(text, 1)].map((chunk) => chunk.text.trim());
  assert.deepEqual(parts.filter((part) => part !== ""), ODD.map((each) => `${each}\n;`));
});

Deno.test("each statement has its line and column in the file, whichever part it was parsed in", async () => {
  const before = "SELECT 'äöü 😀';\n".repeat(9000);
  const found = await all(`${before}  ANALYZE x; VACUUM y;\n\n -- why\n   REINDEX TABLE z`);
  assert.deepEqual(found.slice(-3), [
    { kind: "VacuumStmt", oneLine: "ANALYZE x", line: 9001, column: 3 },
    { kind: "VacuumStmt", oneLine: "VACUUM y", line: 9001, column: 14 },
    { kind: "ReindexStmt", oneLine: "REINDEX TABLE z", line: 9004, column: 4 },
  ]);
  assert.equal(found[8999]!.line, 9000);
});

Deno.test("what is no SQL is told with its line and column, whichever part it is in", async () => {
  const before = "SELECT 1;\n".repeat(20_000);
  await assert.rejects(
    all(`${before}SELECT 2; ALTER TABLE x ADD COLUM;`),
    /a\.sql:20001:34: syntax error at or near ";"/,
  );
  await assert.rejects(all("SELECT 1;\n\\d orders"), /a\.sql:2:1: psql's own commands/);
  await assert.rejects(
    all("COPY x FROM STDIN;\n1\t2\n\\.\n"),
    /a\.sql:2:1: the rows of COPY … FROM STDIN are no SQL/,
  );
  await assert.rejects(all("SELECT 'a; b;\nc"), /a\.sql:1:8: unterminated quoted string/);
});

Deno.test("a statement that is too long to be parsed is one by itself, and its neighbours are parsed", async () => {
  const long = `INSERT INTO x VALUES ${"(1, 'abc'),".repeat(150_000)} (2, 'd')`;
  const found = await all(`ANALYZE a;\n  ${long};\nANALYZE b`);
  assert.deepEqual(found.map(({ kind, line, column }) => [kind, line, column]), [
    ["VacuumStmt", 1, 1],
    [null, 2, 3],
    ["VacuumStmt", 3, 1],
  ]);
});

Deno.test("a text without a statement has none", async () => {
  for (const sql of ["", " \n", "-- nothing", ";;", "/* ; */"]) assert.deepEqual(await all(sql), []);
});

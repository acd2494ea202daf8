import assert from "node:assert/strict";
import { parseStatements } from "../postgres/sql_parser.ts";
import { Catalogue } from "./catalogue.ts";
import { statementEffects } from "./effects.ts";
import { opened } from "./nodes.ts";
import { factsAfter } from "./testing_linter.ts";
import { DIFFERENCES, tooNew } from "./versions.ts";

/** What says it, by the first version that takes it. */
const SAID: readonly (readonly [since: number, sql: string])[] = [
  [15, "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE"],
  [15, "CREATE UNIQUE INDEX ON a (x) NULLS NOT DISTINCT"],
  [15, "ALTER TABLE a SET ACCESS METHOD heap2"],
  [15, "CLUSTER parts USING i"],
  [16, "CREATE TABLE a (x text STORAGE EXTERNAL)"],
  [17, "ALTER TABLE a ALTER x SET EXPRESSION AS (y + 1)"],
  [18, "ALTER TABLE a ADD COLUMN x integer GENERATED ALWAYS AS (y) VIRTUAL"],
  [18, "ALTER TABLE a ADD CONSTRAINT n NOT NULL x NOT VALID"],
  [18, "ALTER TABLE a ADD CHECK (x > 0) NOT ENFORCED"],
  [18, "ALTER TABLE parts ADD FOREIGN KEY (x) REFERENCES b NOT VALID"],
  [18, "ALTER TABLE a ADD PRIMARY KEY (x, y WITHOUT OVERLAPS)"],
  [14, "ALTER TABLE parts DETACH PARTITION p CONCURRENTLY"],
  [
    14,
    "ALTER TABLE a ADD CHECK (x > 0) NOT VALID, ADD FOREIGN KEY (x) REFERENCES b NOT VALID, ALTER x SET NOT NULL",
  ],
  [
    14,
    "ALTER TABLE a ADD COLUMN x integer GENERATED ALWAYS AS (y) STORED, ADD COLUMN z integer NOT NULL CHECK (z > 0)",
  ],
];

Deno.test("what a version does not know is told of that version and of older ones", async () => {
  const { catalogue } = await factsAfter("CREATE TABLE parts (x integer) PARTITION BY LIST (x)");
  for (const [since, sql] of SAID) {
    const [kind, node] = opened((await parseStatements(sql, { file: "a.sql" }))[0]!);
    for (const version of [14, 15, 16, 17, 18]) {
      assert.equal(
        tooNew(kind, node, catalogue, version).length,
        version < since ? 1 : 0,
        `${version}: ${sql}`,
      );
    }
  }
  const told = SAID.filter(([since]) => since > 14).length;
  assert.equal(DIFFERENCES.filter(({ says }) => says !== null).length, told);
});

Deno.test("a lock that only newer versions take is told of those alone", async () => {
  const [grant] = await parseStatements("GRANT SELECT ON a TO b", { file: "a.sql" });
  assert.deepEqual(statementEffects(grant!, new Catalogue(), 17).locks, []);
  assert.deepEqual(statementEffects(grant!, new Catalogue(), 18).locks, [{
    relation: "a",
    mode: "AccessShareLock",
  }]);
});

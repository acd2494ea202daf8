import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import {
  forgetInPlace,
  type InPlaceRecord,
  keepInPlace,
  leftInPlace,
  newInPlace,
  takenUp,
} from "./in_place.ts";

const OF = { runId: "20260301-101010-ab12", file: "change.sql", database: "shop", at: "db.example:5432" };
const GONE = { pid: 2 ** 22 - 1, startedAt: "never" };
const STATEMENT = { file: "change.sql", line: 5, shown: "ALTER TABLE orders ADD COLUMN note text" };

Deno.test("of a change in place that was cut off the next start says how far it came, and what goes on with it", () =>
  withTempDir((home) => {
    const record: InPlaceRecord = { ...newInPlace(OF), owner: GONE };
    keepInPlace(home, record);
    assert.match(
      leftInPlace(home)[0]!,
      /made change\.sql in the database "shop" at db\.example:5432: no statement was begun\./,
    );
    keepInPlace(home, { ...record, statement: { ...STATEMENT, ended: false } });
    const [under] = leftInPlace(home);
    assert.match(
      under!,
      /change\.sql:5 \(ALTER TABLE orders ADD COLUMN note text\) was under way, and all before it are done/,
    );
    assert.match(under!, /`deno task migrate change\.sql --in-place shop --from 5` goes on with it/);
    keepInPlace(home, { ...record, statement: { ...STATEMENT, ended: true } });
    assert.match(
      leftInPlace(home)[0]!,
      /all statements up to change\.sql:5 \(.+\) are done, and none after it was begun/,
    );
    takenUp(home, { ...OF, database: "other" });
    assert.equal(leftInPlace(home).length, 1);
    takenUp(home, OF);
    assert.deepEqual(leftInPlace(home), []);
    return Promise.resolve();
  }));

Deno.test("while it goes on nothing is left of it, and what is damaged ends no start", () =>
  withTempDir((home) => {
    assert.deepEqual(leftInPlace(home), []);
    keepInPlace(home, newInPlace(OF));
    assert.deepEqual(leftInPlace(home), []);
    forgetInPlace(home, OF.runId);
    assert.ok(!existsSync(join(home, "in-place", `${OF.runId}.json`)));
    mkdirSync(join(home, "in-place"), { recursive: true });
    for (const text of ["", "{", "[]", '{"schema":1}', `{"schema":1,"runId":"../x"}`]) {
      writeFileSync(join(home, "in-place", "x.json"), text, { mode: 0o600 });
      assert.deepEqual(leftInPlace(home), []);
    }
    return Promise.resolve();
  }));

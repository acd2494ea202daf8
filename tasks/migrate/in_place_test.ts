import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import {
  forgetInPlace,
  goOnCommand,
  type InPlaceRecord,
  keepInPlace,
  newInPlace,
  takenUp,
} from "./in_place.ts";
import { leftInPlace } from "./left_in_place.ts";

const OF = {
  runId: "20260301-101010-ab12",
  file: "change.sql",
  options: ["--scenario", "spike", "--scale", "tiny"],
  database: "shop",
  at: "db.example:5432",
  before: { indexes: [], constraints: [] },
};
const GONE = { pid: 2 ** 22 - 1, startedAt: "never" };
const STATEMENT = { file: "change.sql", line: 5, shown: "ALTER TABLE orders ADD COLUMN note text" };

Deno.test("of a change in place that was cut off the next start says how far it came, and what goes on with it", () =>
  withTempDir(async (home) => {
    const record: InPlaceRecord = { ...newInPlace(OF), owner: GONE };
    keepInPlace(home, record);
    assert.match(
      (await leftInPlace(home))[0]!,
      /cut off before it began with change\.sql in the database "shop" at db\.example:5432: nothing of it is done there/,
    );
    // Of that nothing is to be decided.
    assert.deepEqual(await leftInPlace(home), []);
    keepInPlace(home, { ...record, statement: { ...STATEMENT, ended: true }, done: true });
    assert.match(
      (await leftInPlace(home))[0]!,
      /after it had made change\.sql in .*: all of it is done and stays/,
    );
    assert.deepEqual(await leftInPlace(home), []);
    keepInPlace(home, { ...record, statement: { ...STATEMENT, ended: false } });
    const [under, elsewhere] = await leftInPlace(home);
    assert.match(
      under!,
      /change\.sql:5 \(ALTER TABLE orders ADD COLUMN note text\) was under way, and all before it are done/,
    );
    assert.match(
      under!,
      /`deno task migrate change\.sql --in-place shop --from 5 --scenario spike --scale tiny` goes on with it/,
    );
    assert.match(elsewhere!, /^Whether an INVALID index is left there is looked at with a DATABASE_URL/);
    keepInPlace(home, { ...record, statement: { ...STATEMENT, ended: true } });
    assert.match(
      (await leftInPlace(home))[0]!,
      /all statements up to change\.sql:5 \(.+\) are done, and none after it was begun/,
    );
    takenUp(home, { ...OF, database: "other" });
    assert.equal((await leftInPlace(home)).length, 2);
    takenUp(home, OF);
    assert.deepEqual(await leftInPlace(home), []);
  }));

Deno.test("while it goes on nothing is left of it, and what is damaged ends no start", () =>
  withTempDir(async (home) => {
    assert.deepEqual(await leftInPlace(home), []);
    keepInPlace(home, newInPlace(OF));
    assert.deepEqual(await leftInPlace(home), []);
    forgetInPlace(home, OF.runId);
    assert.ok(!existsSync(join(home, "in-place", `${OF.runId}.json`)));
    mkdirSync(join(home, "in-place"), { recursive: true });
    for (const text of ["", "{", "[]", '{"schema":1}', `{"schema":1,"runId":"../x"}`]) {
      writeFileSync(join(home, "in-place", "x.json"), text, { mode: 0o600 });
      assert.deepEqual(await leftInPlace(home), []);
    }
  }));

Deno.test("what goes on with a change can be copied into a shell, whatever its file and its database are called", () => {
  assert.equal(
    goOnCommand({ file: "my $(id) folder", database: "it's", options: [] }, {
      file: "my $(id) folder/01 a.sql",
      line: 3,
    }),
    "`deno task migrate 'my $(id) folder' --in-place 'it'\\''s' --from 'my $(id) folder/01 a.sql:3'`",
  );
});

import assert from "node:assert/strict";
import { shownQuery } from "./shown_query.ts";

Deno.test("the load's statements are shown as they are, in one line", () => {
  assert.equal(
    shownQuery("load", "SELECT 'a'\n  FROM item -- all\n  WHERE id = $1;\n"),
    "SELECT 'a' FROM item -- all WHERE id = $1",
  );
});

Deno.test("the migration's are shown without comments", () => {
  assert.equal(
    shownQuery("migration", `/* why */ ALTER TABLE "a--b" ADD note text DEFAULT '--' -- because`),
    `ALTER TABLE "a--b" ADD note text DEFAULT '--'`,
  );
});

Deno.test("of a statement that may hold a password only its kind is shown, also where its end is cut off", () => {
  for (
    const text of [
      "ALTER ROLE shop PASSWORD 'hunter2'",
      "SELECT dblink_connect('host=a password=hunter2",
      "CREATE SERVER a FOREIGN DATA WRAPPER b OPTIONS (key 'hunter2')",
      "create  user\nmapping FOR shop SERVER a OPTIONS (x 'hunter2'",
      "/* x */ COPY t FROM 'https://me:hunter2@host/file'",
    ]
  ) {
    for (const role of ["migration", "beside", "other"] as const) {
      assert.match(shownQuery(role, text)!, /^\w+ \S+ … \(not shown: it may hold a password\)$/i);
    }
  }
});

Deno.test("what somebody else's statement says in strings and numbers is not shown", () => {
  const shown = (text: string) => shownQuery("other", text);
  assert.equal(
    shown(`SELECT t1.a, "x'y" FROM t1 WHERE b = 'it''s' AND c = 4.5e3 AND d = -.5 AND e IN (1, $2)`),
    `SELECT t1.a, "x'y" FROM t1 WHERE b = ? AND c = ? AND d = -? AND e IN (?, $2)`,
  );
  assert.equal(shown(String.raw`SELECT E'a\'b', U&'x', B'01', 'cut`), "SELECT ?, U&?, B?, ?");
  assert.equal(shown("DO $$ BEGIN PERFORM 'x'; END $$; SELECT $a$ $$ 'x' $a$"), "DO ?; SELECT ?");
  assert.equal(shown("SELECT 'a' /* 'b"), "SELECT ?");
});

Deno.test("what the server does not tell is not shown", () => {
  for (const text of [null, "", " ", "<insufficient privilege>"]) {
    assert.equal(shownQuery("other", text), null);
  }
});

Deno.test("what is long is cut off", () => {
  assert.equal(shownQuery("load", `SELECT ${"a".repeat(500)}`), `SELECT ${"a".repeat(393)} …`);
});

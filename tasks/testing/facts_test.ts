import assert from "node:assert/strict";
import {
  assertAsFound,
  assertSettledAsFound,
  difference,
  type Fact,
  type Look,
  settledDifference,
  together,
} from "./facts.ts";

function look(facts: Record<string, Fact>): Look {
  return new Map(Object.entries(facts));
}

const before = look({ stays: 1, goes: "away", table: { rows: 5, owner: "me", acl: ["a", "b", "b"] } });
const after = look({ stays: 1, comes: true, table: { rows: 6, owner: "me", acl: ["b", "a", "c"] } });
const lines = [
  "+ comes (true)",
  "- goes (away)",
  "~ table: rows 5 → 6",
  "~ table: acl + c",
  "~ table: acl - b",
];

Deno.test("a difference is a line for what is new, gone or changed, field by field", () => {
  assert.deepEqual(difference(before, after), lines);
  assert.deepEqual(difference(after, after), []);
});

Deno.test("lists that differ in order only, and long texts, show where they differ", () => {
  assert.deepEqual(difference(look({ key: [1, 2] }), look({ key: [2, 1] })), ["~ key: [1,2] → [2,1]"]);
  assert.deepEqual(difference(look({ acl: null }), look({ acl: [] })), ["~ acl: null → []"]);
  const [line] = difference(look({ text: `${"x".repeat(500)}a` }), look({ text: `${"x".repeat(500)}b` }));
  assert.match(line!, /^~ text: …x+a → …x+b$/);
  const many = difference(look({ rows: [] }), look({ rows: [1, 2, 3, 4, 5, 6, 7] }));
  assert.deepEqual(many.slice(4), ["~ rows: + 5", "~ rows: and 2 more"]);
});

Deno.test("what is expected can be left out, by the begin of its name or by a pattern", () => {
  const except = ["comes", /^- goes/, "table: acl"];
  assert.deepEqual(difference(before, after, { except }), ["~ table: rows 5 → 6"]);
  assertAsFound(before, after, { except: [...except, "table"] });
  assert.throws(() => assertAsFound(before, after), {
    message: `Not as it was found, 5 differences:\n${lines.join("\n")}`,
  });
});

Deno.test("what is gone after a moment is no difference, and what stays is one", async () => {
  let looks = 0;
  const again = () => Promise.resolve(++looks < 3 ? after : before);
  await assertSettledAsFound(before, again);
  assert.equal(looks, 3);
  const enough = (found: readonly string[]) => found.length === lines.length;
  assert.deepEqual(
    await settledDifference(before, () => Promise.resolve(after), {}, enough),
    lines,
  );
});

Deno.test("looks at several places are one, each thing under its place", () => {
  assert.deepEqual([...together({ here: look({ a: 1 }), there: look({ a: 2 }) })], [
    ["here: a", 1],
    ["there: a", 2],
  ]);
});

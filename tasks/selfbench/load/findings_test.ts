import assert from "node:assert/strict";
import type { ValidityCheck } from "../../model/validity.ts";
import { agreement } from "./accuracy.ts";
import { memoryFindings } from "./memory.ts";
import { recordingFindings } from "./recording.ts";
import { DISTURBANCES } from "./disturbances.ts";
import { judged } from "./validity.ts";
import { cellFinding, cellsOf, type JudgedValidity } from "./validity_matrix.ts";

Deno.test("response times agree within a tenth, or within 50 µs where they are short", () => {
  assert.equal(agreement("p50", [1090], [1000]).reached, true);
  assert.equal(agreement("p50", [1110], [1000]).reached, false);
  assert.equal(agreement("p50", [890], [1000]).reached, false);
  assert.equal(agreement("p50", [145], [100]).reached, true);
  assert.equal(agreement("p50", [145], null).reached, null);
});

Deno.test("memory is flat where the last quarter has no more than the second", () => {
  const flat = Array.from({ length: 40 }, (_, index) => (index < 10 ? 100 + index * 10 : 200) * 1e6);
  const growing = Array.from({ length: 40 }, (_, index) => (100 + index * 10) * 1e6);
  assert.deepEqual(memoryFindings(1e6, flat, [3e8]).map(({ reached }) => reached), [true, true, null]);
  assert.deepEqual(memoryFindings(1e6, growing, []).map(({ reached }) => reached), [true, false]);
  const large = flat.map((bytes) => bytes * 3);
  assert.deepEqual(memoryFindings(1e6, large, []).map(({ reached }) => reached), [false, true]);
  assert.match(memoryFindings(10, [1e8], [])[0]!.note!, /too short/);
});

Deno.test("recording is a share of a whole request, round by round", () => {
  const [share] = recordingFindings({
    recorded: [40, 50],
    bare: [41, 48],
    nothingRecorded: [1, 1.2],
    nothing: [0.8, 0.7],
  });
  assert.ok(Math.abs(share!.ours!.low - 0.5) < 1e-9);
  assert.ok(Math.abs(share!.ours!.high - 1) < 1e-9);
  assert.equal(share!.reached, true);
});

const check = (name: ValidityCheck["name"], ok: boolean): ValidityCheck => ({
  name,
  title: "",
  limit: "less",
  measured: "more",
  ok,
  cause: null,
});
const valid: JudgedValidity = { valid: true, checks: [check("on-time", true)] };
const late: JudgedValidity = {
  valid: false,
  checks: [check("generator-gap", true), check("on-time", false)],
};

Deno.test("a disturbed run must be refused, and for the right reason", () => {
  assert.equal(judged("", late, ["on-time"]).reached, true);
  assert.equal(judged("", late, ["generator-gap"]).reached, false);
  assert.equal(judged("", valid, ["on-time"]).reached, false);
  assert.match(judged("", late, ["on-time"]).note!, /on-time \(more; limit: less\)/);
});

const [healthy, stopped] = DISTURBANCES;

Deno.test("every healthy run must be taken for valid, and one that came to no judgement is not", () => {
  const cell = { scenario: "smoke", disturbance: healthy!, runs: 2 };
  assert.equal(cellFinding(cell, [valid, valid]).reached, true);
  const refused = cellFinding(cell, [valid, late]);
  assert.equal(refused.reached, false);
  assert.equal(refused.ours!.median, 1);
  assert.equal(refused.note, "1 valid, 1 INVALID; on-time 1× (more; limit: less)");
  const failed = cellFinding(cell, [valid, "bench ended with 3"]);
  assert.equal(failed.reached, false);
  assert.match(failed.note!, /1 came to no judgement: bench ended with 3/);
});

Deno.test("every run of a generator that was stopped must be refused for that", () => {
  const cell = { scenario: "smoke", disturbance: stopped!, runs: 2 };
  const gap: JudgedValidity = { valid: false, checks: [check("generator-gap", false)] };
  assert.equal(cellFinding(cell, [gap, gap]).reached, true);
  assert.equal(cellFinding(cell, [gap, late]).reached, false);
  assert.equal(cellFinding(cell, [gap, valid]).reached, false);
});

Deno.test("each condition of constant and of Poisson arrivals has a cell, each other scenario a healthy one", () => {
  const asked = {
    runs: 20,
    others: 5,
    conditions: DISTURBANCES.map(({ name }) => name),
    scenarios: null,
  };
  const named = (cells: ReturnType<typeof cellsOf>) =>
    cells.map(({ scenario, disturbance, runs }) => `${scenario} ${disturbance.name} ${runs}`);
  assert.deepEqual(named(cellsOf(["access-paths", "smoke", "spike"], asked)), [
    ...["smoke", "access-paths"].flatMap((name) =>
      ["healthy", "stopped", "starved", "saturated"].map((condition) => `${name} ${condition} 20`)
    ),
    "spike healthy 5",
  ]);
  const some = { ...asked, conditions: ["healthy"] as const, scenarios: ["smoke", "spike"] };
  assert.deepEqual(named(cellsOf(["access-paths", "smoke", "spike"], some)), [
    "smoke healthy 20",
    "spike healthy 5",
  ]);
});

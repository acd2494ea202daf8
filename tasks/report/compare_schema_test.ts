import assert from "node:assert/strict";
import { resolve } from "node:path";
import { placeStore, storeFile, withStore, withTempDir } from "../store/testing.ts";
import { compareRuns } from "../summary/compare/compare.ts";
import { makeRun, makeSeries } from "../summary/compare/testing.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";

/** As much of JSON Schema as the published one uses. */
interface Schema {
  readonly type: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

const SCHEMA = JSON.parse(
  Deno.readTextFileSync(resolve(import.meta.dirname!, "../../docs/schemas/comparison.schema.json")),
) as Schema;

/** Where a value is not as a schema has it: a field that is missing, unknown, or of another type. */
function faults(value: unknown, schema: Schema, path = "$"): string[] {
  const types = [schema.type].flat();
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const fits = types.includes(type) ||
    type === "number" && types.includes("integer") && Number.isInteger(value);
  if (!fits) return [`${path} is ${type}, not ${types.join(" or ")}`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path} is ${value}`];
  if ("const" in schema && schema.const !== value) return [`${path} is ${value}`];
  if (type === "array") {
    return (value as unknown[]).flatMap((each, at) => faults(each, schema.items!, `${path}[${at}]`));
  }
  if (type !== "object") return [];
  const fields = value as Record<string, unknown>;
  return [
    ...(schema.required ?? []).filter((name) => !(name in fields)).map((name) =>
      `${path}.${name} is missing`
    ),
    ...Object.entries(fields).flatMap(([name, own]) =>
      schema.properties?.[name] === undefined
        ? [`${path}.${name} is unknown`]
        : faults(own, schema.properties[name], `${path}.${name}`)
    ),
  ];
}

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("what compare prints is as the published schema has it", () =>
  withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    await withStore(storeFile(dir), "write", async (store) => {
      await makeSeries(store, 5, { label: "base" });
      await makeSeries(store, 5, { label: "slow", factor: 1.2, failing: 0.02, shed: 0.01 });
      await makeRun(store, { label: "else", config: { ratePerSecond: 9 } });
      const slower = await compareRuns(store, "base", "slow");
      assert.ok(slower.shifts.length > 0);
      assert.deepEqual(faults(asJson(slower), SCHEMA), []);
      assert.deepEqual(faults(asJson(await compareRuns(store, "base", "else")), SCHEMA), []);
    });
    assert.deepEqual(faults(asJson(comparisonFixture()), SCHEMA), []);
  }));

Deno.test("the check against the schema finds what is missing, unknown and of another type", () => {
  const { scenario: _scenario, ...rest } = asJson(comparisonFixture());
  assert.deepEqual(faults({ ...rest, more: 1, verdict: "better", id: 7 }, SCHEMA), [
    "$.scenario is missing",
    "$.id is number, not string",
    "$.verdict is better",
    "$.more is unknown",
  ]);
});

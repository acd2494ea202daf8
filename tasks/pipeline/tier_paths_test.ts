import assert from "node:assert/strict";
import type { PlannedArm } from "../model/arms.ts";
import { refuseUnrefreshed, refuseWrittenClones } from "./tier_paths.ts";

Deno.test("a probe that is over before a tier was brought up to date three times finds no rate, and says what would", () => {
  const arms = ["sql", "matview+cache", "aggregate"].map((path) => ({
    name: path,
    path,
  })) as unknown as PlannedArm[];
  const refused = (settings: Record<string, number | string>, seconds: number) => {
    try {
      refuseUnrefreshed(arms, { settings }, seconds);
      return null;
    } catch (error) {
      const { message, next } = error as { message: string; next: string };
      return `${message}. ${next}`;
    }
  };
  assert.equal(
    refused({ refresh_every: 10 }, 5),
    "Cannot search for the rate of matview+cache: a probe of 5 s is over before its tier was brought up to date 3 times, " +
      "which is done each 10 s. Use --duration 30s, or set a shorter interval, like --set refresh_every=1.",
  );
  assert.equal(refused({ refresh_every: 1 }, 5), null);
  assert.match(
    refused({ refresh_every: 1, aggregate: "batch", batch_every: 2 }, 5)!,
    /rate of aggregate: .*--duration 6s.*--set batch_every=1/,
  );
});

Deno.test("a search is refused whose probes would write into one clone, and no other", () => {
  const arm = (name: string, path: string, change?: unknown) =>
    ({ name, path, overrides: change === undefined ? {} : { change } }) as unknown as PlannedArm;
  type Asked = Parameters<typeof refuseWrittenClones>[1];
  const scenario = (write: boolean) => ({ name: "mine", operations: [{ write }] }) as unknown as Asked;
  const [sql, tier, changed] = [
    arm("sql", "sql"),
    arm("fast", "matview"),
    arm("indexed", "sql", { file: "a.sql" }),
  ];
  assert.throws(() => refuseWrittenClones([sql!, tier!], scenario(true)), /rate of fast: .* mine writes/);
  assert.throws(() => refuseWrittenClones([sql!, changed!], scenario(true)), /rate of indexed: /);
  refuseWrittenClones([sql!, tier!, changed!], scenario(false));
  refuseWrittenClones([sql!], scenario(true));
});

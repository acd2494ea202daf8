import assert from "node:assert/strict";
import type { PlannedArm } from "../model/arms.ts";
import { refuseUnrefreshed } from "./tier_paths.ts";

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

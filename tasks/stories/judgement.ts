import assert from "node:assert/strict";
import { ExitCode } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import type { ValidityCheck } from "../model/validity.ts";
import type { WantedVerdict } from "./story.ts";

/** Rules that a machine with too much else to do breaks. */
const OF_THE_LOAD = ["generator-gap", "on-time"];
/** Rules that are broken beside those, by the same cause. */
const BESIDE = ["arrivals", "samples"];

/**
 * Asserts that a run ended as wanted, by its verdict and its exit code. The one thing that is accepted besides: a
 * short run on a busy machine may rightly find itself INVALID. Then its summary must say that the generator stood
 * still, that requests left late, or that the host was too busy to be sampled.
 */
export function assertMeasured(
  code: number,
  { verdict, reasons, validity, slo }: Pick<RunSummary, "verdict" | "reasons" | "validity" | "slo">,
  wanted: Exclude<WantedVerdict, "migrated">,
): void {
  if (verdict !== "invalid" && wanted === "judged") {
    const missed = slo.filter(({ ok, term }) => !ok && term.metric !== "quantile").map(({ text }) => text);
    assert.deepEqual(missed, [], reasons.join("\n"));
    const codes = { pass: ExitCode.ok, inconclusive: ExitCode.ok, fail: ExitCode.verdictFailed } as const;
    assert.ok(verdict === "pass" || verdict === "inconclusive" || verdict === "fail", `${verdict}`);
    assert.equal(code, codes[verdict], `exit code of ${verdict}`);
    return;
  }
  if (verdict !== "invalid") {
    assert.equal(verdict ?? "no target", wanted, reasons.join("\n"));
    assert.equal(code, wanted === "fail" ? ExitCode.verdictFailed : ExitCode.ok, `exit code of ${verdict}`);
    return;
  }
  assertOfTheLoad(validity.checks, reasons);
  assert.equal(code, ExitCode.invalid, "exit code of an INVALID run");
}

function assertOfTheLoad(checks: readonly ValidityCheck[], reasons: readonly string[]): void {
  const broken = checks.filter(({ ok }) => !ok);
  assert.ok(
    broken.some(isOfTheLoad) && broken.every(({ name }) => [...OF_THE_LOAD, ...BESIDE].includes(name)),
    `INVALID, but not by the load on the machine: ${broken.map(({ name }) => name).join(", ")}\n${
      reasons.join("\n")
    }`,
  );
}

type JudgedRun = Pick<RunSummary, "verdict" | "reasons" | "validity">;

/**
 * Whether a command that had to end with another exit code found a run INVALID, by the load on the machine and nothing
 * else: then there is nothing more to be judged.
 * @param runs those that it named: its own, a pilot, one that was to confirm, or one to compare with
 */
export function isInvalidByLoad(code: number, runs: readonly JudgedRun[]): boolean {
  if (code !== ExitCode.invalid) return false;
  const invalid = runs.filter(({ verdict }) => verdict === "invalid");
  for (const { validity, reasons } of invalid) assertOfTheLoad(validity.checks, reasons);
  return invalid.length > 0;
}

/** Without the generator's priority the sampler may be held up alone; then the host's own figures say by what. */
function isOfTheLoad({ name, cause }: ValidityCheck): boolean {
  return OF_THE_LOAD.includes(name) || name === "samples" && cause !== null;
}

/** Verdicts of a migration whose steps were all done; on a busy machine users may have felt it. */
const OF_DONE: readonly number[] = [ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid];

/**
 * Asserts that a migration was made: all its steps are done, and each row is what it must be. Of several runs of one
 * command the exit code is not this one's alone.
 */
export function assertMigrated(
  code: number,
  { reasons, migration }: Pick<RunSummary, "reasons" | "migration">,
): void {
  assert.ok(migration !== undefined, "no migration");
  const said = reasons.join("\n");
  assert.ok(OF_DONE.includes(code), `exit code ${code}\n${said}`);
  const planned = migration.migration.steps.flatMap(({ statements }) => statements);
  assert.equal(migration.steps.length, planned.length, said);
  assert.deepEqual(migration.steps.filter(({ error, endUs }) => error !== null || endUs === null), [], said);
  assert.ok(migration.ledger.complete, said);
  assert.deepEqual([migration.ledger.problems, migration.checksums.different], [[], []], said);
}

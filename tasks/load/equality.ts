import { monotonicUs } from "../net/clock.ts";
import { sessionName } from "../model/session_name.ts";
import { expectArmKeys, openTargets, storedKeysOf, tellArmKeys } from "./open_targets.ts";
import { proofSlot, SAMPLES } from "./proof_slots.ts";
import { PROOF_LIMITS, ProofSession } from "./proof_session.ts";
import { databasesOf, type EqualityOptions } from "./equality_options.ts";
import { Prover } from "./prover.ts";
import { References } from "./references.ts";
import { WriteGuards } from "./write_guards.ts";

/**
 * Asks every operation over every arm with the same values and holds each answer against direct SQL's; a
 * write is judged by what it left in the database. The cache is asked twice: once to miss, once to hit. The
 * statements and the code are those that will be timed.
 * @returns how many answers were compared.
 * @throws {BenchbookError} (exit code 4) naming operation, path and first difference.
 * @throws {ServiceError} where the server fails, does not answer, or others hold locks that are needed
 * @throws {InterruptedError} after the signal
 */
export async function proveEqual(options: EqualityOptions): Promise<{ compared: number }> {
  const { scenario, arms, databaseUrl, runId, mix, seed } = options;
  const session = runId === undefined ? undefined : sessionName(runId, "proof");
  await using references = new References(session);
  await references.of(databaseUrl);
  const limits = PROOF_LIMITS;
  const targets = await openTargets(arms, { connections: 1, nowUs: monotonicUs, seed, limits });
  expectArmKeys(arms);
  try {
    using asking = new ProofSession({ ...options, databaseUrls: databasesOf(options) });
    await using guards = new WriteGuards();
    const prover = new Prover(options, mix, references, targets.byArm, asking, guards);
    const prove = async (index: number) => {
      options.onProgress(scenario.operations[index]!.name);
      for (let sample = 0; sample < SAMPLES; sample++) {
        await prover.prove(index, proofSlot(index, sample, arms.length));
      }
    };
    const { first, then } = inOrder(options);
    for (const index of first) await prove(index);
    await options.bringUpToDate?.();
    for (const index of then) await prove(index);
    return { compared: prover.compared };
  } finally {
    tellArmKeys(arms, storedKeysOf(targets.byArm));
    await targets.close();
  }
}

/** Where something is kept beside the tables, writes come first, so that it is shown to follow them. */
function inOrder({ scenario: { operations }, bringUpToDate }: EqualityOptions) {
  const all = [...operations.keys()];
  const early = (index: number) => bringUpToDate !== undefined && operations[index]!.write === true;
  return { first: all.filter(early), then: all.filter((index) => !early(index)) };
}

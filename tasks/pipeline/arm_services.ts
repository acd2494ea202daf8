import { redactUrl } from "../config.ts";
import type { PlannedArm } from "../model/arms.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { withClient } from "../seed/connect.ts";
import { graphqlProblem } from "../stack/graphql.ts";
import { lookAtRedis } from "../stack/open_redis.ts";

/** How the services that an arm may bring are looked at; what is wrong with one is the rest of a sentence. */
const LOOKS = {
  databaseUrl: async (url: string, signal: AbortSignal) => {
    try {
      await withClient(url, () => Promise.resolve(), { signal });
      return null;
    } catch (error) {
      if (!(error instanceof BenchbookError) || error instanceof InterruptedError) throw error;
      return [error.message, error.next ?? ""].filter((text) => text !== "").map((text) =>
        `${text.replace(/\.$/, "")}.`
      ).join(" ");
    }
  },
  redisUrl: async (url: string) => {
    const found = await lookAtRedis(url);
    return typeof found === "string" ? found : null;
  },
  graphqlUrl: async (url: string, signal: AbortSignal) => {
    const problem = await graphqlProblem(url, {}, undefined, signal);
    return problem === null ? null : `${problem} at ${redactUrl(url)}.`;
  },
} as const;

/**
 * Looks at the services that arms bring by their files, as at those of the run: an arm that cannot have its own is not
 * available, and the others are measured.
 * @returns why not, a sentence by the arm's name
 * @throws {InterruptedError} after `signal`
 */
export async function armsWithoutService(
  arms: readonly Pick<PlannedArm, "name" | "overrides">[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const missing = new Map<string, string>();
  for (const { name, overrides } of arms) {
    for (const [field, look] of Object.entries(LOOKS)) {
      const url = overrides[field as keyof typeof LOOKS];
      if (url === undefined || missing.has(name)) continue;
      const problem = await look(url, signal);
      if (problem !== null) missing.set(name, `${field} cannot be used: ${problem}`);
    }
  }
  if (signal.aborted) throw new InterruptedError();
  return missing;
}

/** The databases that arms bring, but for those arms that cannot have theirs. */
export function databasesOfArms(
  arms: readonly Pick<PlannedArm, "name" | "overrides">[],
  withoutService: ReadonlyMap<string, string>,
): string[] {
  return arms.filter(({ name }) => !withoutService.has(name)).flatMap(({ overrides }) =>
    overrides.databaseUrl ?? []
  );
}

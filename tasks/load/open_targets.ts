import { counter } from "../random/counter.ts";
import { type SessionLimits, statementLimitMs } from "../model/session_limits.ts";
import { expectKeys, forgetKeys, tellKeys } from "../targets/cache_keys.ts";
import { CachedTarget } from "../targets/cached.ts";
import { GraphqlTarget } from "../targets/graphql.ts";
import { SqlTarget } from "../targets/sql.ts";
import type { Target } from "../targets/target.ts";
import type { Network } from "../net/channel.ts";
import type { Arm } from "./plan.ts";

export interface TargetsOptions {
  /** Connections an arm. */
  readonly connections: number;
  readonly nowUs: () => number;
  readonly seed: number;
  /** When a request is given up, ms: sessions at PostgreSQL end a statement a little later. Never without it. */
  readonly timeoutMs?: number;
  /** What sessions at PostgreSQL may take, where no request is given up after `timeoutMs`. */
  readonly limits?: SessionLimits;
  /** Opens sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

export interface OpenTargets {
  /** In the order of the arms. */
  readonly byArm: readonly Target[];
  /** What is not as it should be, in whole sentences. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

const UNLIMITED = "PostgreSQL, or a pooler before it, takes no statement_timeout for a session: " +
  "a statement whose request is given up is cancelled, and nothing ends it where that comes to nothing.";

/**
 * Opens the way of each arm.
 * @throws {ServiceError} when one cannot be reached; those already open are closed.
 */
export async function openTargets(arms: readonly Arm[], options: TargetsOptions): Promise<OpenTargets> {
  const targets: Target[] = [];
  const { connections, nowUs, network, timeoutMs } = options;
  const limitMs = timeoutMs === undefined ? options.limits?.statementMs : statementLimitMs(timeoutMs);
  const lockMs = options.limits?.lockMs;
  const opened = async <T extends Target>(target: T): Promise<T> => {
    await target.open();
    targets.push(target);
    return target;
  };
  const close = async () => void await Promise.allSettled(targets.map((target) => target.close()));
  try {
    // To each arm its own: what one leaves under way at its end must not hold connections of the next.
    const direct: SqlTarget[] = [];
    const ofAllArms = connections * arms.filter(({ target }) => target.path !== "graphql").length;
    // Of another arm too: all ask the same.
    const readOnly = !arms.some(({ statements }) => statements.some(({ write }) => write));
    const sqlTarget = async (url: string, session?: string) => {
      const options = { url, session, limitMs, lockMs, readOnly, connections, ofAllArms, nowUs, network };
      const target = await opened(new SqlTarget(options));
      direct.push(target);
      return target;
    };
    const byArm: Target[] = [];
    for (const { target } of arms) {
      switch (target.path) {
        case "sql":
          byArm.push(await sqlTarget(target.url, target.session));
          break;
        case "graphql":
          byArm.push(await opened(new GraphqlTarget({ ...target, connections, nowUs, network })));
          break;
        case "sql+cache": {
          const random = counter(options.seed, "ttl");
          let stored = 0;
          const jitter = () => random.float(stored++, 0);
          byArm.push(
            await opened(
              new CachedTarget(await sqlTarget(target.url, target.session), {
                ...target,
                nowUs,
                jitter,
                network,
              }),
            ),
          );
          break;
        }
      }
    }
    const unlimited = direct.some((target) => target.unlimited);
    return { byArm, notes: unlimited ? [UNLIMITED] : [], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Removes what an arm left in the cache; the entries would expire, but the memory is the user's. */
export async function clearCache({ target }: Arm): Promise<void> {
  if (target.path === "sql+cache") await forgetKeys(target.redisUrl, target.prefix);
}

/** Says that keys of these arms are about to be stored by somebody, see `clearCache`. */
export function expectArmKeys(arms: readonly Arm[]): void {
  for (const { target } of arms) if (target.path === "sql+cache") expectKeys(target.prefix);
}

/** Takes in what somebody stored. @param keys in the order of the arms */
export function tellArmKeys(arms: readonly Arm[], keys: readonly (readonly string[])[]): void {
  for (const [index, { target }] of arms.entries()) {
    if (target.path === "sql+cache") tellKeys(target.prefix, keys[index]!);
  }
}

/** What targets stored and Redis would not list, in their order. */
export function storedKeysOf(targets: readonly Target[]): (readonly string[])[] {
  return targets.map((target) => target.storedKeys?.() ?? []);
}

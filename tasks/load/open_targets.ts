import { armCalled } from "../model/arms.ts";
import { BenchbookError, ServiceError } from "../model/errors.ts";
import { type SessionLimits, statementLimitMs } from "../model/session_limits.ts";
import { type CacheTarget, isDirect } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import { expectKeys, forgetKeys, tellKeys } from "../targets/cache_keys.ts";
import type { Target } from "../targets/target.ts";
import type { Network } from "../net/channel.ts";
import type { Arm } from "./plan.ts";

export interface TargetsOptions {
  /** The thread's number among those that share the load; default 0. */
  readonly worker?: number;
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

const UNLIMITED = "PostgreSQL, or a pooler in front of it, accepts no statement_timeout for a session: " +
  "a statement whose request times out is cancelled, but nothing ends it if that cancellation fails.";

/**
 * Opens the way of each arm.
 * @throws {BenchbookError} when one cannot be reached, or refuses an arm's session; those already open are closed.
 */
export async function openTargets(arms: readonly Arm[], options: TargetsOptions): Promise<OpenTargets> {
  const { connections, timeoutMs, limits } = options;
  const made = {
    ...options,
    limitMs: timeoutMs === undefined ? limits?.statementMs : statementLimitMs(timeoutMs),
    lockMs: limits?.lockMs,
    ofAllArms: connections * arms.filter(({ target }) => isDirect(pathOf(target.path))).length,
  };
  const byArm: Target[] = [];
  const close = async () => void await Promise.allSettled(byArm.map((target) => target.close()));
  try {
    // To each arm its own: what one leaves under way at its end must not hold connections of the next.
    for (const arm of arms) {
      const readOnly = !arm.statements.some(({ write }) => write);
      const opening = pathOf(arm.target.path).make(arm.target, { ...made, readOnly });
      await opening.open().catch((error) => {
        throw ofArm(arm, error);
      });
      byArm.push(opening);
    }
    return { byArm, notes: byArm.some(({ unlimited }) => unlimited) ? [UNLIMITED] : [], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An arm that stands for its path asks the services of the run; another one may have its own, and is named. */
function ofArm({ name, file, target }: Arm, error: unknown): unknown {
  if (!(error instanceof BenchbookError) || name === target.path) return error;
  const { message, exitCode, next } = error;
  const called = armCalled(name, file ?? "");
  return new BenchbookError(`Cannot measure the ${called}: ${message}`, exitCode, next, { cause: error });
}

/**
 * Removes what the arms left in their caches; the entries would expire, but the memory is the user's.
 * @throws {ServiceError} saying of each Redis, with the arms that used it, what is left there
 */
export async function clearCaches(arms: readonly Arm[]): Promise<void> {
  const places = Map.groupBy(cachesOf(arms), ({ cache }) => `${cache.redisUrl} ${cache.prefix}`);
  const cleared = await Promise.allSettled([...places.values()].map((stored) => {
    const { redisUrl, prefix } = stored[0]!.cache;
    return forgetKeys(redisUrl, prefix, { arms: stored.map(({ index }) => arms[index]!.name) });
  }));
  const errors = cleared.flatMap((result) =>
    result.status === "rejected" ? [result.reason as ServiceError] : []
  );
  if (errors.length < 2) {
    for (const error of errors) throw error;
    return;
  }
  throw new ServiceError(
    errors.map(({ message }) => message).join(". "),
    errors.map(({ next }) => next).join(" "),
    { cause: errors[0] },
  );
}

/** Says that keys of these arms are about to be stored by somebody, see `clearCaches`. */
export function expectArmKeys(arms: readonly Arm[]): void {
  for (const { cache } of cachesOf(arms)) expectKeys(cache);
}

/** Takes in what somebody stored. @param keys in the order of the arms */
export function tellArmKeys(arms: readonly Arm[], keys: readonly (readonly string[])[]): void {
  for (const { cache, index } of cachesOf(arms)) tellKeys(cache, keys[index]!);
}

function cachesOf(arms: readonly Arm[]): { readonly cache: CacheTarget; readonly index: number }[] {
  return arms.flatMap(({ target: { cache } }, index) => cache === undefined ? [] : [{ cache, index }]);
}

/** What targets stored and Redis would not list, in their order. */
export function storedKeysOf(targets: readonly Target[]): (readonly string[])[] {
  return targets.map((target) => target.storedKeys?.() ?? []);
}

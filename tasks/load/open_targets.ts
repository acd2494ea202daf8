import { counter } from "../random/counter.ts";
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
  /** Opens sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

export interface OpenTargets {
  /** In the order of the arms. */
  readonly byArm: readonly Target[];
  close(): Promise<void>;
}

/**
 * Opens the way of each arm.
 * @throws {ServiceError} when one cannot be reached; those already open are closed.
 */
export async function openTargets(arms: readonly Arm[], options: TargetsOptions): Promise<OpenTargets> {
  const targets: Target[] = [];
  const { connections, nowUs, network } = options;
  const opened = async <T extends Target>(target: T): Promise<T> => {
    await target.open();
    targets.push(target);
    return target;
  };
  const close = async () => void await Promise.allSettled(targets.map((target) => target.close()));
  try {
    // Arms never run at the same time, so the cached path falls back on the direct one's connections.
    const direct = new Map<string, SqlTarget>();
    const sqlTarget = async (url: string, session?: string) => {
      const known = direct.get(url) ??
        await opened(new SqlTarget({ url, session, connections, nowUs, network }));
      direct.set(url, known);
      return known;
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
    return { byArm, close };
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

import { USUAL_CACHE } from "../model/cache_settings.ts";
import { counter } from "../random/counter.ts";
import { readRedisOptions } from "../redis/connection.ts";
import { CachedTarget } from "../targets/cached.ts";
import type { Path } from "./path.ts";

/** The same path with a cache before it: Redis is asked first, and keeps what the path answers. */
export function cached(path: Path): Path {
  const name = `${path.name}+cache`;
  return {
    ...path,
    name,
    cached: true,
    needs: [...path.needs, "redis"],
    targetAt: (endpoints) => ({ ...path.targetAt(endpoints), path: name, cache: endpoints.cache! }),
    make: (target, options) => {
      const { nowUs, network, seed } = options;
      const cache = target.cache!;
      const random = counter(seed, "ttl");
      let drawn = 0;
      return new CachedTarget(path.make(target, options), {
        redisUrl: cache.redisUrl,
        shared: cache.shared,
        behaviour: { ...USUAL_CACHE, ...cache },
        // Another arm's answers to the same question may look otherwise, and are for it to miss.
        prefix: `${cache.prefix}${cache.arm ?? name}:`,
        tagPrefix: cache.prefix,
        entries: path.entries,
        nowUs,
        random: () => random.float(drawn++, 0),
        loadLimitMs: options.limitMs,
        network,
      });
    },
    hasTls: (target) => path.hasTls(target) || readRedisOptions(target.cache!.redisUrl).tls,
  };
}

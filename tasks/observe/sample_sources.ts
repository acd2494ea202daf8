import type { SampleSource } from "./source.ts";
import { GENERATOR } from "./sources/generator.ts";
import { HOST } from "./sources/host.ts";
import { LOCKS } from "./sources/locks.ts";
import { MOVE } from "./sources/move.ts";
import { POSTGRES } from "./sources/postgres.ts";
import { REDIS } from "./sources/redis.ts";
import { TIERS } from "./sources/tiers.ts";

/**
 * Everything that a run samples. The sampler opens them, the report draws their panels in this order, and
 * docs/samples.md lists them. A new one is a file in sources/ and a line here; what a query tells of PostgreSQL is a file
 * in queries/observe/ and an entry in sources/postgres.ts.
 */
export const SAMPLE_SOURCES: readonly SampleSource[] = [HOST, POSTGRES, LOCKS, MOVE, REDIS, TIERS, GENERATOR];

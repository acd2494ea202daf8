import { type Look, together } from "./facts.ts";
import { lookAtFolder } from "./look_at_folder.ts";
import { lookAtPostgres, type PostgresLookOptions } from "./look_at_postgres.ts";
import { lookAtProcesses, type ProcessMarks } from "./look_at_processes.ts";
import { lookAtRedis } from "./look_at_redis.ts";

/** All that a program could have touched. */
export interface Surroundings {
  readonly postgres?: { readonly url: string } & PostgresLookOptions;
  readonly redis?: string;
  readonly folder?: { readonly path: string; readonly except?: readonly RegExp[] };
  readonly processes?: ProcessMarks;
}

/** Looks at all of it, before and after, for `assertAsFound`. */
export async function lookAround({ postgres, redis, folder, processes }: Surroundings): Promise<Look> {
  return together({
    ...(postgres ? { PostgreSQL: await lookAtPostgres(postgres.url, postgres) } : {}),
    ...(redis ? { Redis: await lookAtRedis(redis) } : {}),
    ...(folder ? { [folder.path]: lookAtFolder(folder.path, folder.except) } : {}),
    ...(processes ? { processes: lookAtProcesses(processes) } : {}),
  });
}

import type { Path } from "./path.ts";
import { sql } from "./sql.ts";
import type { Tier } from "./tier.ts";

/**
 * Direct SQL over a tier, which lies in a clone of the run's database: what keeps it up taxes its own arms alone. What has
 * no file for it is asked as direct SQL asks it.
 */
export function tiered(tier: Tier): Path {
  const { name } = tier;
  return {
    ...sql,
    name,
    suffix: `.${name}.sql`,
    tier,
    targetAt: ({ postgres }) => ({ path: name, ...postgres }),
  };
}

import { join } from "node:path";
import { type Artillery, findArtillery, runArtillery } from "../peers/artillery.ts";
import { findK6, type K6, runK6 } from "../peers/k6.ts";
import type { AbsentPeer, Peer } from "../peers/peer.ts";
import { wayIn } from "../peers/way_in.ts";
import type { Pgbench } from "../seed/pgbench.ts";
import { selectOnly } from "./pgbench.ts";

/** One row of a table by its key, each key as likely as any other. */
export interface KeyQuestion {
  /** Of the database; may hold a password. */
  readonly url: string;
  /** With `$1` for the key. */
  readonly text: string;
  /** Keys go from 1 to this. */
  readonly keys: number;
}

/** pgbench is C, and keeps no record of its requests. */
const LEAST_OF_PGBENCH = 0.85;
const QUERIES = join(import.meta.dirname!, "../../../queries/selfbench/load");
/** What k6 must have been built with to ask PostgreSQL. */
const K6_IMPORTS = ["k6/x/sql", "k6/x/sql/driver/postgres"];

/** The peers of which there may be one here, found once. @param pgbench null where there is none */
export async function findSqlPeers(
  pgbench: Pgbench | null,
): Promise<readonly (Peer<KeyQuestion> | AbsentPeer)[]> {
  const [k6, artillery] = await Promise.all([findK6(), findArtillery()]);
  return [
    pgbench === null ? { name: "pgbench", unavailable: "not found on PATH" } : pgbenchPeer(pgbench),
    "unavailable" in k6 ? { name: "k6", ...k6 } : k6Peer(k6),
    "unavailable" in artillery ? { name: "artillery", ...artillery } : artilleryPeer(artillery),
  ];
}

/** It asks the question of its own, which is the same. */
function pgbenchPeer(program: Pgbench): Peer<KeyQuestion> {
  return {
    name: `pgbench ${program.version} -S -M prepared -c 8 -j 2`,
    least: LEAST_OF_PGBENCH,
    run: async ({ url }, turn) => (await selectOnly(program, { url, ...turn })).rate,
  };
}

/** k6 as a peer, or what it lacks to be one. */
export function k6Peer(k6: K6): Peer<KeyQuestion> | AbsentPeer {
  const lacking = K6_IMPORTS.filter((name) => !k6.imports.includes(name));
  if (lacking.length > 0) {
    return {
      name: "k6",
      unavailable: `${k6.path} (${k6.version}) lacks ${lacking.join(" and ")}: ` +
        "it must be built with xk6-sql and xk6-sql-driver-postgres",
    };
  }
  return {
    name: `k6 ${k6.version} with xk6-sql`,
    least: 1,
    note: "k6 asks by SQL's PREPARE and EXECUTE, since xk6-sql has no prepared statements",
    run: ({ url, text, keys }, turn) => {
      const { PGSSLMODE = "disable", ...env } = wayIn(url);
      return runK6(k6, join(QUERIES, "k6.js"), {
        ...env,
        BENCHBOOK_OPTIONS: `sslmode=${PGSSLMODE}`,
        BENCHBOOK_QUESTION: text,
        BENCHBOOK_KEYS: String(keys),
      }, turn);
    },
  };
}

function artilleryPeer(artillery: Artillery): Peer<KeyQuestion> {
  return {
    name: `Artillery ${artillery.version} with pg`,
    least: 1,
    note: "Artillery's users ask by functions of JavaScript with pg, prepared; it records each response time",
    run: ({ url, text, keys }, turn) =>
      runArtillery(artillery, join(QUERIES, "artillery.yml"), {
        ...wayIn(url),
        BENCHBOOK_QUESTION: text,
        BENCHBOOK_KEYS: String(keys),
      }, turn),
  };
}

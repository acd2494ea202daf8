import { findProgram } from "../../stack/programs.ts";
import type { AbsentPeer, Peer } from "../peers/peer.ts";
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

/** The peers of which there may be one here. @param pgbench null where there is none */
export function findSqlPeers(pgbench: Pgbench | null): readonly (Peer<KeyQuestion> | AbsentPeer)[] {
  return [
    pgbench === null ? { name: "pgbench", unavailable: "not found on PATH" } : pgbenchPeer(pgbench),
    ...absentTools(),
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

/** Tools that people would also ask about. */
function absentTools(): AbsentPeer[] {
  return ["k6", "artillery"].map((name) => ({
    name,
    unavailable: findProgram(name) === null
      ? "not found on PATH"
      : "found, and not measured: it speaks SQL only by an extension",
  }));
}

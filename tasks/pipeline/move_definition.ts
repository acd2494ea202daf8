import type { Migration } from "../model/migration.ts";
import { movePlan } from "../move/move_steps.ts";

/** What the move to another server is called as a migration. */
export const MOVE_SERVER = "move-server";

/** Clients wait while they go over to another server: a second of that is little, and no pause at all impossible. */
const STALL_LIMIT_MS = 1000;

/** The move to another server as a migration. @param andBack whether the safe form goes back again, too */
export function moveServerMigration(andBack = false): Migration {
  return {
    name: MOVE_SERVER,
    title: "Moves to a new server, with its clients",
    before: [],
    beside: [],
    variants: [
      movePlan({ variant: "naive", andBack: false }),
      movePlan({ variant: "safe", andBack }),
    ],
    stallLimitMs: STALL_LIMIT_MS,
  };
}

import type { Shape, Table } from "../dataset.ts";
import { organizations } from "./organizations.ts";
import { eventTables } from "./event_tables.ts";
import { type People, users } from "./users.ts";

/** All tables, parents first. */
export function tables(shape: Shape, people: People): readonly Table[] {
  const home = organizations(shape);
  return [home.table, users(shape, home, people), ...eventTables(shape)];
}

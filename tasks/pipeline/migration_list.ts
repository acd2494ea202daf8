import { listMigrations } from "../migrate/definition.ts";
import { moveServerMigration } from "./move_definition.ts";
import { say } from "../terminal/command.ts";

/** Lists the migrations that come with Benchbook, each with what it does. */
export async function tellMigrations(root: string): Promise<void> {
  const migrations = [...await listMigrations(root), moveServerMigration()];
  const width = Math.max(...migrations.map(({ name }) => name.length)) + 2;
  for (const { name, title } of migrations) say(`${name.padEnd(width)}${title}`);
}

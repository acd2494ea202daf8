import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { SCHEMA_FOLDER } from "./sql.ts";

/** A step from one version of the store's schema to the next. */
export interface StoreMigration {
  readonly version: number;
  readonly sql: string;
}

/** What a migration needs of a connection. */
export interface Migratable {
  run(sql: string): Promise<unknown>;
  version(): Promise<number>;
}

/** All migrations of queries/analysis/schema/, ascending; `001.sql` leads to version 1. */
export function storeMigrations(): StoreMigration[] {
  return [...Deno.readDirSync(SCHEMA_FOLDER)]
    .flatMap((entry) => {
      const match = /^(\d+)\.sql$/.exec(entry.name);
      return match === null ? [] : [{ version: Number(match[1]), name: entry.name }];
    })
    .sort((a, b) => a.version - b.version)
    .map(({ version, name }) => ({ version, sql: Deno.readTextFileSync(join(SCHEMA_FOLDER, name)) }));
}

/**
 * Whether a store of this version can be used as it is, must be migrated first, or is too new.
 * @throws {ServiceError} when the store was written by a newer Benchbook.
 */
export function needsMigration(
  file: string,
  version: number,
  migrations: readonly StoreMigration[],
): boolean {
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new ServiceError(
      `Cannot use ${file} as a store of schema version ${newest} or older: it has version ${version}`,
      "A newer Benchbook wrote it. Use that version, or name another file with --db.",
    );
  }
  return version < newest;
}

/**
 * Brings a store forward, each migration in a transaction of its own, so that a failure leaves a whole
 * version.
 */
export async function migrate(target: Migratable, migrations: readonly StoreMigration[]): Promise<void> {
  const from = await target.version();
  for (const migration of migrations) {
    if (migration.version <= from) continue;
    await target.run("BEGIN TRANSACTION");
    try {
      await target.run(
        "CREATE TABLE IF NOT EXISTS schema_version " +
          "(version INTEGER NOT NULL, applied_at TIMESTAMP NOT NULL DEFAULT current_timestamp)",
      );
      await target.run(migration.sql);
      await target.run(`INSERT INTO schema_version (version) VALUES (${migration.version})`);
      await target.run("COMMIT");
    } catch (error) {
      await target.run("ROLLBACK");
      throw error;
    }
  }
}

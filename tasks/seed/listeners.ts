import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { schemaSql } from "./sql.ts";

export interface Listener {
  readonly kind: "replication" | "event trigger";
  /** As it is called in a sentence: `publication changes (FOR ALL TABLES)`. */
  readonly what: string;
  /** The statement that silences an event trigger. */
  readonly disable: string | null;
}

/**
 * Refuses to write rows that logical replication would carry to the user's subscribers. A subscriber without a table
 * of that name stops at the first such row for good, and the server keeps its WAL from then on.
 * @param action what cannot be done: "run order-entry"
 * @param schemas that rows would be written into
 * @throws {UsageError} naming publications and slots
 */
export async function refuseReplicated(
  client: Client,
  action: string,
  schemas: readonly string[],
): Promise<void> {
  refuse(action, await listeners(client, schemas, false));
}

/**
 * Refuses to make tables, and to write rows into them, where the user's replication or event triggers would act on it.
 * @param action what cannot be done: `seed "shop"`
 * @param schemas that are made, the marker's own among them
 * @throws {UsageError} naming publications, slots and event triggers
 */
export async function refuseListeners(
  client: Client,
  action: string,
  schemas: readonly string[],
): Promise<void> {
  refuse(action, await listeners(client, schemas, true));
}

/**
 * Refuses to remove tables where the user's event triggers would act on it. Replication carries no DROP.
 * @throws {UsageError} naming the event triggers
 */
export async function refuseEventTriggers(client: Client, action: string): Promise<void> {
  refuse(action, (await listeners(client, [], true)).filter(({ kind }) => kind === "event trigger"));
}

/**
 * What would carry rows of these schemas to the user's subscribers, such as "publication live (FOR ALL TABLES)".
 * @param schemas that rows are written into, or removed from
 */
export async function replicating(client: Client, schemas: readonly string[]): Promise<string[]> {
  return (await listeners(client, schemas, false)).map(({ what }) => what);
}

/**
 * What would hear of tables that are made in these schemas, and of rows written into them: publications, logical slots and event
 * triggers, such as "publication live (FOR ALL TABLES)".
 */
export async function listening(client: Client, schemas: readonly string[]): Promise<string[]> {
  return (await listeners(client, schemas, true)).map(({ what }) => what);
}

/**
 * Who would hear of rows that are written into schemas, and with `ddl` of tables that are made there, or of anything: the
 * user's replication, and event triggers.
 */
export async function listeners(
  client: Client,
  schemas: readonly string[],
  ddl: boolean | "any",
): Promise<Listener[]> {
  return (await client.query<Listener>(schemaSql("benchbook/listeners.sql"), [
    schemas,
    ddl !== false,
    ddl === "any",
  ])).rows;
}

function refuse(action: string, found: readonly Listener[]): void {
  const named = (kind: Listener["kind"]) =>
    found.filter((each) => each.kind === kind).map(({ what }) => what);
  const [replicated, triggers] = [named("replication"), named("event trigger")];
  if (replicated.length > 0) {
    throw new UsageError(
      `Cannot ${action}: its rows would be replicated to your subscribers by ${replicated.join(", ")}`,
      "Nothing was changed. Use another database, or publish chosen tables instead of all.",
    );
  }
  if (triggers.length > 0) {
    throw new UsageError(
      `Cannot ${action}: what it creates or drops would fire ${triggers.join(", ")}`,
      `Nothing was changed. Use another database, or disable it meanwhile: ${
        found.flatMap(({ disable }) => disable ?? []).join(" ")
      }`,
    );
  }
}

import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { sessionName, sessionPrefix } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { openClient, withClient } from "../seed/connect.ts";
import { placeOf, urlOf } from "../undo/place.ts";
import type { DatabasePlace } from "../undo/record.ts";
import { cloneSql } from "./clone_sql.ts";

/** A database that can be cloned, as far as the server tells. */
export interface Cloneable {
  readonly place: DatabasePlace;
  readonly bytes: number;
  /** What the copy adds to the write-ahead log before the server may remove it again, at the most. */
  readonly logBytes: number;
  readonly role: string;
  readonly superuser: boolean;
  /** Where it lies on the server's machine; null where the role may not know, or it lies in several places. */
  readonly folder: string | null;
  /** Other databases of the server that the role may connect to. */
  readonly elsewhere: readonly string[];
  /** What can be done without a clone, as a sentence. */
  readonly instead: string;
}

interface Facts extends Pick<Cloneable, "bytes" | "logBytes" | "role" | "superuser"> {
  readonly database: string;
  readonly owner: string;
  readonly pid: number;
  readonly mayCreate: boolean;
  readonly mayCopy: boolean;
  readonly inDataFolder: boolean;
  readonly dataFolder: string | null;
}

/** What can be done without a clone to measure a change in. */
export const ARM_INSTEAD =
  "Without a clone: make a copy of the database yourself, and name it in an arm file as databaseUrl.";
/** Sessions that were closed a moment ago are gone by then. */
const CLOSED_MS = 3000;
const LOOK_MS = 100;
/** Sessions named in a message. */
const SHOWN = 5;

/**
 * Looks whether a database can be cloned, as far as rights go.
 * @param url may hold a password and is never shown
 * @param runId whose sessions are ours
 * @param instead what can be done without a clone, as a sentence
 * @throws {UsageError} saying what stands against it, and what to do
 */
export async function inspectCloneable(
  url: string,
  runId: string,
  embedded: boolean,
  instead = ARM_INSTEAD,
): Promise<Cloneable> {
  return await withClient(url, async (client) => {
    const { rows: [facts] } = await client.query<Facts>(cloneSql("database.sql"));
    const { rows: others } = await client.query<{ name: string }>(cloneSql("elsewhere.sql"));
    const elsewhere = others.map(({ name }) => name);
    const pooled = (client as unknown as { processID: number }).processID !== facts!.pid;
    refuseWithoutRight(facts!, url, pooled, { elsewhere, instead });
    const { bytes, logBytes, role, superuser, inDataFolder, dataFolder } = facts!;
    const place = await placeOf(client, url, embedded);
    const folder = inDataFolder ? dataFolder : null;
    return { place, bytes, logBytes, role, superuser, elsewhere, instead, folder };
  }, { name: sessionName(runId, "clone") });
}

/**
 * Looks whether others are in a database that is to be cloned, before anything is done for it.
 * @throws {UsageError} naming them
 */
export async function refuseConnected(url: string, database: Cloneable, runId: string): Promise<void> {
  const { place } = database;
  await withClient(url, async (client) => {
    const until = performance.now() + CLOSED_MS;
    for (;;) {
      const connected = await connectedTo(client, place.database, runId);
      if (connected.length === 0) return;
      if (performance.now() >= until) throw inUse(database, url, connected);
      await sleep(LOOK_MS);
    }
  }, { name: sessionName(runId, "clone") });
}

function refuseWithoutRight(
  { database, role, owner, mayCreate, mayCopy }: Facts,
  url: string,
  pooled: boolean,
  { elsewhere, instead }: Pick<Cloneable, "elsewhere" | "instead">,
): void {
  const refused = (why: string, next: string) =>
    new UsageError(`Cannot clone ${databaseText(database, url)}: ${why}`, `${next} ${instead}`);
  if (pooled) {
    throw refused(
      "DATABASE_URL leads to a pooler, whose connections keep the database in use",
      "Name the server itself.",
    );
  }
  if (!mayCreate) {
    throw refused(
      `the role "${role}" may not create databases (CREATEDB)`,
      `ALTER ROLE "${role}" CREATEDB gives it that right.`,
    );
  }
  if (!mayCopy) {
    throw refused(
      `the role "${role}" must own the database to copy it, and "${owner}" does`,
      `GRANT "${owner}" TO "${role}" lets it act as its owner.`,
    );
  }
  if (elsewhere.length === 0) {
    throw refused(
      "no session may be in it meanwhile, and the server has no other database that the role may connect to",
      "CREATE DATABASE postgres makes one.",
    );
  }
}

/** A session that is in the way, or a prepared transaction, which has none. */
export interface Connected {
  /** Null: a prepared transaction. */
  readonly pid: number | null;
  readonly role: string | null;
  /** What it is called. */
  readonly application: string | null;
  /** Null: it is on the server's own machine, or the role may not know. */
  readonly address: string | null;
  readonly since: Date | null;
}

/** Who is connected to a database, but for sessions of a run; none where the role may not see that. */
export async function connectedTo(client: Client, database: string, runId: string): Promise<Connected[]> {
  try {
    return (await client.query<Connected>(cloneSql("connected.sql"), [database, sessionPrefix(runId)])).rows;
  } catch (error) {
    if ((error as { code?: string }).code === "42501") return [];
    throw error;
  }
}

/** Why a database cannot be cloned now. @param connected none: the server does not say who */
export function inUse(
  { place, instead }: Pick<Cloneable, "place" | "instead">,
  url: string,
  connected: readonly Connected[],
): UsageError {
  const ours = connected.filter(({ application }) => application?.startsWith("benchbook"));
  const prepared = connected.some(({ pid }) => pid === null);
  return new UsageError(
    `Cannot clone ${databaseText(place.database, url)}: no session may be in it meanwhile, and ${
      connected.length === 0
        ? "there are some that the role may not see"
        : `there ${connected.length === 1 ? "is" : "are"} ${connectedText(connected)}`
    }`,
    [
      ...connected.length > 0 && ours.length === connected.length ? [] : [
        `Benchbook ends no session but its own: end ${
          connected.length === 1 ? "it" : "them"
        }, then try again.`,
      ],
      ...prepared ? ["COMMIT PREPARED or ROLLBACK PREPARED ends a prepared transaction."] : [],
      ...ours.length > 0 ? ["`deno task down` ends those of the stack that `deno task up` has started."] : [],
      ...instead === "" ? [] : [instead],
    ].join(" "),
  );
}

/** `pid 71 (psql, role bob), pid 72 (role bob, from 10.0.0.7, since 2026-…), the prepared transaction "pay" (role bob)`. */
export function connectedText(connected: readonly Connected[]): string {
  const named = connected.slice(0, SHOWN).map(({ pid, role, application, address, since }) => {
    if (pid === null) return `the prepared transaction "${application}" (role ${role})`;
    // Whose session it is says its name; one without is known by where it came from, and when.
    const origin = [
      address === null ? "" : `from ${address}`,
      since === null ? "" : `since ${since.toISOString()}`,
    ];
    const facts = [application, role === null ? "" : `role ${role}`, ...application ? [] : origin].filter(
      Boolean,
    );
    return `pid ${pid}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
  });
  return `${named.join(", ")}${connected.length > SHOWN ? ` and ${connected.length - SHOWN} more` : ""}`;
}

/** For people. */
export function databaseText(database: string, url: string): string {
  return `the database "${database}" at ${placeOfUrl(url).at}`;
}

/**
 * Connects to another database of the server than the one that is cloned.
 * @throws {UsageError} where none lets the role in
 */
export async function openElsewhere(
  url: string,
  { elsewhere, place, instead }: Pick<Cloneable, "elsewhere" | "place" | "instead">,
  runId: string,
): Promise<Client> {
  let failed: unknown;
  for (const name of elsewhere) {
    try {
      return await openClient(urlOf(url, name), sessionName(runId, "clone"));
    } catch (error) {
      failed = error;
    }
  }
  throw new UsageError(
    `Cannot clone ${
      databaseText(place.database, url)
    }: no session may be in it meanwhile, and none can be opened in ` +
      `${elsewhere.map((name) => `"${name}"`).join(", ")} instead: ${(failed as Error).message}`,
    instead,
    { cause: failed },
  );
}

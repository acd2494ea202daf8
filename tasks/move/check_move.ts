import type { Client } from "pg";
import { InterruptedError, UsageError } from "../model/errors.ts";
import { withClient } from "../seed/connect.ts";
import { type Listener, listeners } from "../seed/listeners.ts";
import { contentRefusals, listed, type MoveObstacle } from "./check_content.ts";
import { refuseStoredPassword } from "./connection_text.ts";
import type { MoveEnd, MoveOptions } from "./move_options.ts";
import { moveSql } from "./move_sql.ts";
import { readRights, rolesAt } from "./rights.ts";

interface Server {
  readonly major: number;
  readonly version: string;
  readonly walLevel: string;
  readonly isReplica: boolean;
  readonly role: string;
  readonly superuser: boolean;
  readonly replication: boolean;
  readonly mayCreate: boolean;
  readonly slots: number;
  readonly senders: number;
  readonly workers: number;
  /** The same for two ways to one database. */
  readonly identity: string;
}

/** What a move can be, as its servers are. */
export interface MoveCheck {
  /** Whether writes at the target can be carried back to the source. */
  readonly wayBack: boolean;
  /** What cannot be shown and why, a sentence each. */
  readonly notes: readonly string[];
}

/** The link out, two copies at once, and the slot that tells what is written; the link back, and its own. */
const [SOURCE_SLOTS, TARGET_SLOTS] = [4, 2];

/** Subscriptions know since then which rows were replicated to them, and do not send them back. */
const ORIGINS_SINCE = 16;

/**
 * Looks whether a move is possible, before anything is made.
 * @throws {UsageError} with all that stands against it, and what would do
 * @throws {ServiceError} where a server cannot be reached
 */
export async function checkMove(options: MoveOptions): Promise<MoveCheck> {
  const { source, target, schemas, signal, variant, andBack } = options;
  const name = "benchbook move";
  const { from, things, heard: heardThere, extensions, rights, definers, defaults } = await withClient(
    source.url,
    (client) => lookAtSource(client, schemas),
    { name, signal },
  );
  const needed = [...rights.flatMap(({ role }) => role ?? []), ...definers.map(({ role }) => role)];
  const { to, heard: heardHere, missing, there, roles } = await withClient(
    target.url,
    (client) => lookAtTarget(client, schemas, { extensions, roles: needed }),
    { name, signal },
  );
  if (signal?.aborted) throw new InterruptedError();
  const refusals: MoveObstacle[] = [
    ...between(from, to),
    ...contentRefusals(things, variant === "safe"),
    ...missing.map(({ name }): MoveObstacle => [
      `the target does not have the extension ${name}`,
      `Install ${name} on the target's machine.`,
    ]),
    ...there.length === 0 ? [] : [
      [
        `the target already has ${listed(there.map(({ name }) => name))}`,
        "Name an empty database.",
      ] as const,
    ],
    ...definerRefusals(definers.filter(({ role }) => role !== from.role && !roles.has(role))),
    ...heardThere.map((one) => heardRefusal(one, "source")),
    ...heardHere.map((one) => heardRefusal(one, "target")),
    ...[from, to].flatMap((server, nth) => rightRefusals(server, nth === 0 ? "source" : "target")),
  ];
  const wayBack = variant === "safe" && target.connection !== null && from.major >= ORIGINS_SINCE;
  const notes = defaults.length === 0 ? [] : [
    `What new objects will be given (ALTER DEFAULT PRIVILEGES) is not carried, of ${
      listed(defaults.map(({ name }) => name))
    }.`,
  ];
  if (variant === "safe") {
    refusals.push(...sendRefusals(source, from, "source", SOURCE_SLOTS), ...receiveRefusals(to, "target"));
    if (wayBack) {
      refusals.push(...sendRefusals(target, to, "target", TARGET_SLOTS), ...receiveRefusals(from, "source"));
    } else {
      const why = from.major < ORIGINS_SINCE
        ? `the source is PostgreSQL ${from.version}, and only from ${ORIGINS_SINCE} on a subscription can leave out what came by replication`
        : "no connection string from the source to the target is known";
      notes.push(`There is no way back from the target: ${why}.`);
      if (andBack) refusals.push([`there is no way back: ${why}`, "Move without --and-back."]);
    }
  } else if (andBack) {
    refusals.push(["stopping, copying and starting has no way back", "Use the safe variant for --and-back."]);
  }
  refuse(refusals);
  return { wayBack, notes };
}

/** What the source is, and has. */
async function lookAtSource(client: Client, schemas: readonly string[]) {
  const rowsOf = async <Row extends object>(file: string) =>
    (await client.query<Row>(moveSql(file), [schemas])).rows;
  return {
    from: await serverOf(client),
    things: await rowsOf<{ problem: string; name: string }>("check_source.sql"),
    heard: await listeners(client, schemas, "any"),
    extensions: (await rowsOf<{ name: string }>("extensions.sql")).map(({ name }) => name),
    rights: await readRights(client, schemas),
    definers: await rowsOf<{ name: string; role: string }>("definers.sql"),
    defaults: await rowsOf<{ name: string }>("default_rights.sql"),
  };
}

/** What the target is, and has, and of what it needs what it lacks. */
async function lookAtTarget(
  client: Client,
  schemas: readonly string[],
  { extensions, roles }: { readonly extensions: readonly string[]; readonly roles: readonly string[] },
) {
  const rowsOf = async (text: string, values: unknown[]) =>
    (await client.query<{ name: string }>(text, values)).rows;
  const standing = moveSql("standing.sql", { objects: moveSql("objects.sql") });
  return {
    to: await serverOf(client),
    heard: await listeners(client, schemas, "any"),
    missing: await rowsOf(moveSql("check_extensions.sql"), [extensions]),
    there: await rowsOf(standing, [schemas]),
    roles: await rolesAt(client, roles),
  };
}

async function serverOf(client: Client): Promise<Server> {
  const { version, ...server } = (await client.query<Server>(moveSql("check_server.sql"))).rows[0]!;
  // What the distribution adds says nothing here.
  return { ...server, version: version.split(" ")[0]! };
}

function between(from: Server, to: Server): MoveObstacle[] {
  const refusals: MoveObstacle[] = [];
  if (from.identity === to.identity) {
    refusals.push(["source and target are one database", "Name another one as the target."]);
  }
  if (to.major < from.major) {
    refusals.push([
      `the target is PostgreSQL ${to.version}, older than the source's ${from.version}`,
      `Name a target of PostgreSQL ${from.major} or newer: an older one need not know what the tables are made of.`,
    ]);
  }
  for (const [server, side] of [[from, "source"], [to, "target"]] as const) {
    if (server.isReplica) {
      refusals.push([`the ${side} is a replica, which takes no writes`, "Name its primary."]);
    }
  }
  return refusals;
}

/** What would run with the rights of whoever moves. */
function definerRefusals(
  definers: readonly { readonly name: string; readonly role: string }[],
): MoveObstacle[] {
  return definers.map(({ name, role }) => [
    `the function ${name} runs with the rights of ${role} (SECURITY DEFINER), and the target has no such role`,
    "Make the role there: pg_dumpall --roles-only has it.",
  ]);
}

/** What a move makes besides the tables would be carried to others, who lack it, or would set something off. */
function heardRefusal({ kind, what, disable }: Listener, side: string): MoveObstacle {
  return kind === "replication"
    ? [
      `rows of the ${side} are replicated to others by ${what}`,
      "Publish chosen tables instead of all, others than those that move.",
    ]
    : [`what is made at the ${side} would fire ${what}`, `Disable it meanwhile: ${disable}`];
}

function rightRefusals({ mayCreate, role }: Server, side: string): MoveObstacle[] {
  return mayCreate ? [] : [[
    `the role ${role} may not create a schema in the ${side}'s database`,
    `As its owner: GRANT CREATE ON DATABASE … TO ${role};`,
  ]];
}

function sendRefusals(end: MoveEnd, server: Server, side: string, slots: number): MoveObstacle[] {
  const refusals: MoveObstacle[] = [];
  const other = side === "source" ? "target" : "source";
  if (server.walLevel !== "logical") {
    refusals.push([
      `the ${side} has wal_level = ${server.walLevel}, and must have logical`,
      `On the ${side}: ALTER SYSTEM SET wal_level = 'logical'; then restart it.`,
    ]);
  }
  if (!server.replication) {
    refusals.push([
      `the role ${server.role} of the ${side} lacks REPLICATION`,
      `As a superuser there: ALTER ROLE ${server.role} REPLICATION;`,
    ]);
  }
  if (server.slots < slots) {
    refusals.push([
      `the ${side} has ${server.slots} free replication slots, and ${slots} are needed`,
      "Remove slots that nobody uses (pg_replication_slots), or raise max_replication_slots and restart it.",
    ]);
  }
  if (server.senders < slots) {
    refusals.push([
      `the ${side} has room for ${server.senders} more WAL senders, and ${slots} are needed`,
      "Raise max_wal_senders, and restart it.",
    ]);
  }
  if (end.connection === null) {
    refusals.push([
      `no connection string is known by which the ${other} reaches the ${side}`,
      `Give one without a password; the ${other} reads that from a file of its own (passfile=…, or the .pgpass of the user it runs as).`,
    ]);
  } else refuseStoredPassword(end.connection);
  return refusals;
}

function receiveRefusals(server: Server, side: string): MoveObstacle[] {
  const refusals: MoveObstacle[] = [];
  if (!server.superuser) {
    refusals.push([
      `the role ${server.role} of the ${side} is no superuser, and a subscription of others must store a password`,
      "Use a superuser's URL: what a subscription stores can be read in pg_dump and pg_subscription.",
    ]);
  }
  if (server.workers < 2) {
    refusals.push([
      `the ${side} has room for ${server.workers} more logical replication workers, and 2 are needed`,
      "Raise max_logical_replication_workers and max_worker_processes, and restart it.",
    ]);
  }
  return refusals;
}

function refuse(refusals: readonly MoveObstacle[]): void {
  if (refusals.length === 0) return;
  const unlike = new Map(refusals);
  throw new UsageError(
    `Cannot move to the target: ${[...unlike.keys()].join("; ")}`,
    [...new Set(unlike.values())].join(" "),
  );
}

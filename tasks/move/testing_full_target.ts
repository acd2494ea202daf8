import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, statfsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "../stack/databases.ts";
import { embeddedDatabaseUrl, startPostgres } from "../stack/postgres.ts";
import { clusterPlace, prepareCluster } from "../stack/postgres_cluster.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { runProgram } from "../stack/programs.ts";
import { withPostgres } from "../stack/testing.ts";
import type { MoveOptions, MoveOutcome } from "./move_options.ts";
import { moveServer } from "./move_server.ts";
import { betweenServers, type MovedServer, startWriter, until, withPg } from "./testing_move.ts";

const MB = 1024 * 1024;

const rows = (from: number, to: number) =>
  `INSERT INTO shop.item SELECT i, repeat(md5(i::text), 30) FROM generate_series(${from}, ${to}) i`;
/** Some 12 MB. */
const SHOP = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.item (id bigint PRIMARY KEY, note text NOT NULL);
  ${rows(1, 12_000)};
  ANALYZE`;

/** What a slow machine takes, ms, and more. */
const PATIENCE_MS = 60_000;
/** Once the disk is full a copy, or what follows it, is given up then, ms; where something else is to end the move, later. */
const STALL_MS: Readonly<Record<string, number>> = { "3.1": 3_000, "6.1": 6_000, close: PATIENCE_MS };
/** A part of them has room, and no further file of the write-ahead log, of 16 MB. */
const TABLE_BYTES = 6 * MB;
/** Goes on in the present file of the log until some 3 MB of it are left. */
const NEARLY_NEXT = `
  SELECT pg_logical_emit_message(false, 'benchbook', repeat('x', greatest(0, 13 * 1024 * 1024 - file_offset)))
  FROM pg_walfile_name_offset(pg_current_wal_lsn())`;

/** What a move can leave on a server. */
const LEFT = `
  SELECT slot_name::text AS name FROM pg_replication_slots UNION ALL SELECT subname FROM pg_subscription
  UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT nspname FROM pg_namespace WHERE nspname ~ 'benchbook_move'
  UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'shop' AND current_setting('port') = $1
  UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT evtname FROM pg_event_trigger`;

/** What came of a move to a server whose disk was filled up. */
export interface FullTarget {
  /** `3.1`: where the first part of step 3 begins; `close`: while clients are held. */
  readonly at: string;
  readonly outcome: MoveOutcome;
  /** What clients were refused. */
  readonly refused: readonly unknown[];
  /** Whether the source has each row that it acknowledged. */
  readonly whole: boolean;
  /** What of a move is on a server afterwards: on the target once its disk has room and it serves again. */
  readonly left: { readonly source: readonly string[]; readonly target: readonly string[] };
  /** What is told as left then. */
  readonly still: readonly string[];
}

/** A server whose data lie on a disk of their own, and its log with them or elsewhere. */
class SmallTarget {
  readonly home: string;
  #running: ProcessId | undefined;
  /** It stays where it was. */
  #port: number | null = null;

  constructor(readonly disk: string) {
    this.home = join(disk, "home");
    mkdirSync(this.home, { mode: 0o711 });
    // Elsewhere it would fill up somebody else's.
    assert.ok(clusterPlace(this.home).data.startsWith(disk));
  }

  /** @param logElsewhere where the write-ahead log is to lie instead */
  async make(logElsewhere: string | null): Promise<void> {
    const place = clusterPlace(this.home);
    await prepareCluster(place, this.home, join(this.home, "initdb.log"));
    if (logElsewhere === null) return;
    const log = join(place.data, "pg_wal");
    mkdirSync(logElsewhere);
    chmodSync(logElsewhere, 0o711);
    const { code, output } = await runProgram("cp", ["-a", log, logElsewhere]);
    assert.equal(code, 0, output);
    rmSync(log, { recursive: true });
    symlinkSync(join(logElsewhere, "pg_wal"), log);
  }

  async start(): Promise<MovedServer> {
    await this.stop();
    const begun = ({ process }: { process: ProcessId }) => this.#running = process;
    const at = this.#port === null ? {} : { port: this.#port };
    const { port, process } = await startPostgres(this.home, begun, undefined, at);
    this.#port = port;
    const adminUrl = embeddedDatabaseUrl(this.home, port, "postgres");
    return { url: await createDatabase(adminUrl, "test"), home: this.home, process };
  }

  async stop(): Promise<void> {
    if (this.#running !== undefined) await stopProcess(this.#running, "SIGINT");
    this.#running = undefined;
  }

  /** Leaves so much free. */
  fill(leaveBytes: number): void {
    const { bavail, bsize } = statfsSync(this.disk);
    using file = Deno.openSync(join(this.disk, "filler"), { write: true, create: true });
    const block = new Uint8Array(MB);
    for (let left = bavail * bsize - leaveBytes; left > 0; left -= MB) {
      file.writeSync(block.subarray(0, Math.min(left, MB)));
    }
  }

  free(): void {
    rmSync(join(this.disk, "filler"), { force: true });
  }
}

/** Moves what there is, fills the target's disk where it is to be, and writes rows at the source for which it has no room. */
async function moved(options: MoveOptions, at: string, target: SmallTarget): Promise<FullTarget> {
  const writer = startWriter({ source: options.source.url, target: options.target.url }, nextId(), 25);
  let more: Promise<unknown> = Promise.resolve();
  let filled = false;
  const fill = () => {
    filled = true;
    target.fill(at === "3.1" ? TABLE_BYTES : 0);
    const from = nextId();
    return more = withPg(options.source.url, (client) => client.query(rows(from, from + 2_000)));
  };
  await withPg(options.target.url, (client) => client.query(NEARLY_NEXT));
  const outcome = await moveServer({
    ...options,
    get stallMs() {
      return filled ? STALL_MS[at] : PATIENCE_MS;
    },
    pauseMs: 2_000,
    gate: {
      ...writer.gate,
      close: async (signal) => {
        await writer.gate.close(signal);
        if (at === "close") await fill();
      },
    },
    onRecord: ({ step, statement, endUs }) => {
      if (`${step}.${statement}` === at && endUs === null) void fill();
    },
  });
  const before = writer.acknowledged.length;
  await until(() => writer.acknowledged.length > before);
  await writer.stop();
  await more;
  target.free();
  await target.start();
  const still = await outcome.finish();
  const names = (url: string) =>
    withPg(
      url,
      async (client) =>
        (await client.query<{ name: string }>(LEFT, [new URL(options.target.url).port])).rows.map((
          { name },
        ) => name),
    );
  const whole = await withPg(options.source.url, async (client) => {
    const found = await client.query("SELECT FROM shop.item WHERE id = ANY ($1)", [writer.acknowledged]);
    return found.rowCount === writer.acknowledged.length;
  });
  const left = { source: await names(options.source.url), target: await names(options.target.url) };
  return { at, outcome, refused: writer.refused, whole, left, still };
}

let lastId = 0;
const nextId = () => lastId += 1_000_000;

/** Arguments: the small disk, a folder for the write-ahead log or "", and where the disk is filled. Prints `FullTarget`s as JSON. */
if (import.meta.main) {
  const [disk, logFolder, ...ats] = Deno.args as [string, string, ...string[]];
  const target = new SmallTarget(disk);
  try {
    await target.make(logFolder === "" ? null : logFolder);
    const all: FullTarget[] = [];
    await withPostgres(async (_, source) => {
      await withPg(source.url, (client) => client.query(SHOP));
      for (const at of ats) {
        const server = await target.start();
        await betweenServers(source, server, async ({ options }) => {
          all.push(await moved(options, at, target));
        });
      }
    });
    console.log(JSON.stringify(all));
  } finally {
    await target.stop();
  }
}

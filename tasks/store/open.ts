import { formatSeconds } from "../model/units.ts";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { dirname } from "node:path";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { fileProblem, isNoFile } from "./duckdb_file.ts";
import { duckdbOptions } from "./duckdb_options.ts";
import { fillEmpty } from "./empty_file.ts";
import { migrate, needsMigration, storeMigrations } from "./migrations.ts";
import { plain, type QueryParameters, withLast } from "./values.ts";
import { sleep } from "../net/sleep.ts";

/** DuckDB could not read or write its file, or had no room to work: a resource failed, not a statement. */
export class StoreError extends ServiceError {
  override name = "StoreError";
}

/** Another process holds the store. */
export class StoreBusyError extends ServiceError {
  override name = "StoreBusyError";
}

/** An open DuckDB file. Keep it open for moments only: while it is, no other process can write. */
export interface Store extends Disposable {
  readonly file: string;
  readonly mode: "read" | "write";
  readonly connection: DuckDBConnection;
  /**
   * Rows of one statement as plain objects; parameters are named `$name`, those it does not name are ignored.
   */
  rows<T>(sql: string, parameters?: QueryParameters): Promise<T[]>;
  /** Runs one or more statements without a result. */
  run(sql: string, parameters?: QueryParameters): Promise<void>;
  /** Runs `body` in a transaction: all of it or nothing. */
  transaction<T>(body: () => Promise<T>): Promise<T>;
  /** Closes connection and file, so that another process can open it at once. */
  close(): void;
}

export interface OpenOptions {
  readonly mode: "read" | "write";
  /** How long to wait for another process's lock; default 5 s to read, 10 s to write. */
  readonly waitMs?: number;
  /** Ends the wait with an InterruptedError. */
  readonly signal?: AbortSignal;
  /** Called once, when the wait begins. */
  readonly onWait?: (holder: string) => void;
}

const RETRY_MS = 100;

/**
 * Opens the store; to write also creates it and brings its schema forward.
 * @throws {UsageError} to read when there is no store yet; when the file holds tables of something else, or is none.
 * @throws {StoreBusyError} when another process holds it for longer than the wait.
 * @throws {ServiceError} when it is not a DuckDB file or only a part of one, or when a newer Benchbook wrote it.
 */
export async function openStore(file: string, options: OpenOptions): Promise<Store> {
  let problem: ReturnType<typeof fileProblem>;
  try {
    problem = fileProblem(file);
  } catch (error) {
    throw unusable(file, (error as Error).message, error);
  }
  if (problem !== null && isNoFile(problem)) {
    throw new UsageError(
      `Cannot use ${file} as a store: it ${problem}`,
      "Give --db the path of a DuckDB file, new or not.",
    );
  }
  if (problem !== null) throw unusable(file, `it ${problem}`);
  if (options.mode === "read" && isNothing(file)) throw noRuns(file);
  if (options.mode === "write") await makeRoom(file);
  // What is written ahead would be merged into a file before it is known whose it is.
  if (options.mode === "write" && exists(`${file}.wal`)) await refuseForeignFile(file, options);
  const migrations = storeMigrations();
  const store = await openWaiting(file, options);
  try {
    const version = await schemaVersion(store);
    if (!needsMigration(file, version, migrations)) return store;
    if (version === 0) {
      await refuseForeignTables(store);
      if (options.mode === "read") throw noRuns(file);
    }
    if (options.mode === "write") {
      await migrate({ run: (sql) => store.run(sql), version: () => schemaVersion(store) }, migrations);
      return store;
    }
  } catch (error) {
    store.close();
    throw error;
  }
  // An older store is brought forward by a moment of writing, then read.
  store.close();
  (await openStore(file, { ...options, mode: "write" })).close();
  return await openStore(file, options);
}

async function openWaiting(file: string, options: OpenOptions): Promise<Store> {
  const waitMs = options.waitMs ?? (options.mode === "read" ? 5000 : 10_000);
  const deadline = performance.now() + waitMs;
  let told = false;
  while (true) {
    try {
      return await openNow(file, options.mode);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (
        !/could not set lock|conflicting lock|file handle conflict|different configuration/i.test(message)
      ) {
        throw unusable(file, firstLine(message), error);
      }
      const holder = holderOf(message);
      if (performance.now() >= deadline) {
        throw new StoreBusyError(
          `Cannot open ${file} to ${options.mode} within ${formatSeconds(waitMs / 1000)}: ${holder} holds it`,
          "Most likely a notebook or the DuckDB shell: close it there and try again. Nothing is lost; what was " +
            "measured stays in the spool until it can be loaded.",
        );
      }
      if (!told) options.onWait?.(holder);
      told = true;
      await sleep(RETRY_MS);
      if (options.signal?.aborted) throw new InterruptedError();
    }
  }
}

async function openNow(file: string, mode: "read" | "write"): Promise<Store> {
  const instance = await DuckDBInstance.create(file, duckdbOptions(file, mode));
  try {
    return wrap(file, mode, instance, await instance.connect());
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

function wrap(
  file: string,
  mode: "read" | "write",
  instance: DuckDBInstance,
  connection: DuckDBConnection,
): Store {
  let open = true;
  const failed = (error: unknown): never => {
    throw storeError(file, mode, error);
  };
  const close = () => {
    if (!open) return;
    open = false;
    connection.closeSync();
    instance.closeSync();
  };
  return {
    file,
    mode,
    connection,
    async rows<T>(sql: string, parameters: QueryParameters = {}) {
      const result = await withLast(connection, sql, parameters, (last) => last.runAndReadAll()).catch(
        failed,
      );
      return result.getRowObjectsJS().map((row) => plain(row) as T);
    },
    async run(sql, parameters = {}) {
      await withLast(connection, sql, parameters, (last) => last.run()).catch(failed);
    },
    async transaction(body) {
      await connection.run("BEGIN TRANSACTION");
      try {
        const value = await body();
        await connection.run("COMMIT").catch(failed);
        return value;
      } catch (error) {
        await connection.run("ROLLBACK").catch(() => {});
        throw error;
      }
    },
    close,
    [Symbol.dispose]: close,
  };
}

function noRuns(file: string): UsageError {
  return new UsageError(`Cannot read runs from ${file}: there are no runs yet`, "Run deno task bench first.");
}

/** No file, or an empty one that nothing was written ahead for. */
function isNothing(file: string): boolean {
  return !exists(file) || (Deno.statSync(file).size === 0 && !exists(`${file}.wal`));
}

/** A folder to write to, and no empty file, which DuckDB takes for a damaged one: a full disk leaves such. */
async function makeRoom(file: string): Promise<void> {
  try {
    Deno.mkdirSync(dirname(file), { recursive: true });
    if (exists(file) && Deno.statSync(file).size === 0) await fillEmpty(file);
  } catch (error) {
    throw unusable(file, (error as Error).message, error);
  }
}

function unusable(file: string, fault: string, cause?: unknown): ServiceError {
  // What DuckDB says of it would be taken for a fault of the disk.
  const state = /could not read enough bytes/i.test(fault) ? `it is cut short (${fault})` : fault;
  const next = /permission denied|read-only|no space left/i.test(state)
    ? "Make its folder writable, with room on its disk, or name another file with --db."
    : "Name another file with --db, or move this one away: the next bench makes a new one.";
  return new ServiceError(`Cannot open ${file} as a DuckDB store: ${state}`, next, { cause });
}

/** DuckDB's errors of disks and memory as sentences; others are defects of ours, and stay. */
function storeError(file: string, mode: "read" | "write", error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const resource = /^(IO|Out of Memory|FATAL|INTERNAL) Error|no space left|could not (read|write)/i;
  if (!resource.test(message)) return error;
  return new StoreError(
    `Cannot ${mode === "read" ? "read" : "write to"} the store ${file}: ${firstLine(message)}`,
    mode === "read"
      ? "Is the file whole, and is there room for temporary files beside it?"
      : "Is its disk full? Free some space; what is stored stays as it was.",
    { cause: error },
  );
}

/** A database of the user's is not ours to make tables in. */
async function refuseForeignTables(store: Store): Promise<void> {
  const [table] = await store.rows<{ name: string }>(
    "SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name LIMIT 1",
  );
  if (table === undefined) return;
  throw new UsageError(
    `Cannot use ${store.file} as a store: it is a database of something else, with the table ${table.name}`,
    "Name another file with --db, new or not.",
  );
}

/** Looks without writing whether a file is somebody else's. */
async function refuseForeignFile(file: string, options: OpenOptions): Promise<void> {
  using store = await openWaiting(file, { ...options, mode: "read" });
  if (await schemaVersion(store) === 0) await refuseForeignTables(store);
}

/** 0 for a file without Benchbook's tables. */
async function schemaVersion(store: Store): Promise<number> {
  const tables = await store.rows(
    "SELECT DISTINCT table_name FROM duckdb_tables() " +
      "WHERE table_name IN ('schema_version', 'run', 'timing') AND NOT temporary",
  );
  // Others number their schemas too, in tables of that name.
  if (tables.length < 3) return 0;
  const rows = await store.rows<{ version: number }>(
    "SELECT coalesce(max(version), 0) AS version FROM schema_version",
  );
  return rows[0]!.version;
}

/** DuckDB names the process that holds the lock on Linux and macOS. */
function holderOf(message: string): string {
  const match = /lock is held in (.+?) \(PID (\d+)\)/i.exec(message);
  return match === null ? "another process" : `another process (${match[1]}, pid ${match[2]})`;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.trim();
}

function exists(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

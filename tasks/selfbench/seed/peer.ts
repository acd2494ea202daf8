import pg from "pg";
import { openClient, translate, UNLIMITED } from "../../seed/connect.ts";
import type { Dataset } from "../../seed/dataset.ts";
import { ddl } from "../../seed/ddl.ts";
import { ddlSteps } from "../../seed/load.ts";
import { type LoadStep, runLoadSteps } from "../../seed/load_steps.ts";
import type { Loader } from "../../seed/loader.ts";
import { rowsByTable } from "../../seed/made_tables.ts";
import { schemaSql } from "../../seed/sql.ts";
import type { CopyFile, CopyFiles } from "./copy_files.ts";

/** The server's own COPY, for somebody who has the very same rows in files. */
export interface CopyPeer {
  /** An empty database; may hold a password. */
  readonly url: string;
  readonly dataset: Dataset;
  readonly files: CopyFiles;
  /** Relations are spread over them, the longest first; one takes them in turn. */
  readonly connections: number;
}

/** What follows the rows: nothing, the files one after the other as `psql -f` runs them, or as Benchbook does. */
export type After = "nothing" | "in order" | "spread";

/** Makes the tables, loads the files and does what follows. @returns seconds for all of it */
export async function copyFromFiles(peer: CopyPeer, after: After): Promise<number> {
  // Read before the clock starts: Benchbook's parser is no part of the peer.
  const steps = after === "spread"
    ? await ddlSteps(peer.dataset, rowsByTable(peer.files.files), () => {})
    : [];
  const statements = after === "in order" ? await inOrder(peer.dataset) : [];
  const begun = performance.now();
  await withConnections(peer.url, peer.connections, async (loaders) => {
    const [first] = loaders as [Loader];
    await first.run(schemaSql(`${peer.dataset.name}/tables.sql`));
    const copies = copySteps(peer);
    // Keys of a table that is loaded are built while another still comes in, as Benchbook does it.
    await runLoadSteps([...copies, ...steps], loaders);
    for (const statement of statements) await first.run(statement);
  });
  return (performance.now() - begun) / 1000;
}

function copySteps({ files, connections, dataset }: CopyPeer): LoadStep<Loader>[] {
  return files.files.map((file): LoadStep<Loader> => ({
    locks: [{ table: tableOf(dataset, file), mode: "row exclusive" }],
    // Of equal weights the first in the list comes first.
    weight: connections === 1 ? Infinity : file.bytes,
    run: (loader) => copyFile(loader, file),
  }));
}

/** As Benchbook copies a table that a connection has for itself: its rows are stored as frozen. */
async function copyFile(loader: Loader, { path, relation, columns }: CopyFile): Promise<void> {
  await loader.run("BEGIN");
  await loader.run(`TRUNCATE ONLY ${relation}`);
  await loader.run(`COPY ${relation} (${columns.join(", ")}) FROM ${pg.escapeLiteral(path)} (FREEZE)`);
  await loader.run("COMMIT");
}

/** The data set's files in their order, and the VACUUM with which Benchbook ends. */
async function inOrder(dataset: Dataset): Promise<string[]> {
  const files = ["constraints.sql", "indexes.sql"].map((file) => ddl(dataset.name, file));
  return [
    ...(await Promise.all(files)).flat().map(({ text }) => text),
    schemaSql(`${dataset.name}/functions.sql`),
    ...Object.entries(dataset.tableSchemas).map(([table, schema]) =>
      `VACUUM (FREEZE, ANALYZE) ${schema}.${table}`
    ),
  ];
}

/** Opens connections with the session's settings that Benchbook's own have, and closes them. */
async function withConnections<T>(
  url: string,
  count: number,
  use: (loaders: readonly Loader[]) => Promise<T>,
): Promise<T> {
  const loaders: Loader[] = [];
  try {
    for (let i = 0; i < count; i++) loaders.push(await openConnection(url));
    return await use(loaders);
  } catch (error) {
    throw translate(error);
  } finally {
    await Promise.all(loaders.map((loader) => loader.close()));
  }
}

async function openConnection(url: string): Promise<Loader> {
  const client = await openClient(url, undefined, UNLIMITED);
  await client.query(schemaSql("benchbook/session.sql"));
  return {
    pid: 0,
    copy: () => Promise.reject(new Error("A peer makes no rows")),
    run: async (sql) => void await client.query(sql),
    close: () => client.end().catch(() => {}),
  };
}

/** The table that a file's relation is, or is a partition of. */
function tableOf({ tableSchemas }: Dataset, { name }: CopyFile): string {
  return `${tableSchemas[name]}.${name}`;
}

import { join } from "node:path";
import { InterruptedError } from "../../model/errors.ts";
import { CopyWriter } from "../../seed/copy_writer.ts";
import type { DatasetTable } from "../../seed/dataset.ts";
import { contentHash, type TableSum } from "../../seed/hash.ts";
import { RowSum } from "../../seed/row_hash.ts";

/** A file of COPY text with all rows of a relation. */
export interface CopyFile extends Pick<DatasetTable, "name" | "relation" | "columns" | "rows"> {
  readonly path: string;
  readonly bytes: number;
}

/** The very rows that Benchbook makes, as files. */
export interface CopyFiles {
  /** In the order in which the data set loads its relations. */
  readonly files: readonly CopyFile[];
  readonly rows: number;
  readonly bytes: number;
  /** Of the rows in all files, as `seed` takes it over the rows that it sends. */
  readonly hash: string;
}

/** How many units of each relation are written to tell how long all will be. */
const SAMPLE_UNITS = 500;
const READ_BYTES = 1024 * 1024;

/** About so many bytes the files of these relations will take. */
export function estimateBytes(tables: readonly DatasetTable[]): number {
  return tables.reduce((sum, table) => {
    const out = new CopyWriter();
    const units = Math.min(table.units, SAMPLE_UNITS);
    let bytes = 0;
    for (let sample = 0; sample < units; sample++) {
      table.write(Math.floor(sample * table.units / units), out);
      bytes += out.length;
      out.reset();
    }
    return sum + (units === 0 ? 0 : bytes / units * table.units);
  }, 0);
}

/**
 * Writes the files, readable for everyone, on disk when this returns: writing them back must not fall into a
 * measurement.
 */
export async function writeCopyFiles(
  tables: readonly DatasetTable[],
  folder: string,
  options: { readonly signal?: AbortSignal; readonly onFile?: (relation: string) => void } = {},
): Promise<CopyFiles> {
  const files: CopyFile[] = [];
  const sums: Record<string, RowSum> = {};
  for (const table of tables) {
    options.onFile?.(table.relation);
    const path = join(folder, `${table.relation}.copy`);
    const sum = sums[table.name] ??= new RowSum();
    const { rows, bytes } = await writeRows(table, path, sum, options.signal);
    files.push({ name: table.name, relation: table.relation, columns: table.columns, path, rows, bytes });
  }
  return {
    files,
    rows: total(files, "rows"),
    bytes: total(files, "bytes"),
    hash: contentHash(Object.fromEntries(
      Object.entries(sums).map(([name, sum]): [string, TableSum] => [name, { rows: sum.rows, sum: sum.hex }]),
    )),
  };
}

async function writeRows(table: DatasetTable, path: string, sum: RowSum, signal?: AbortSignal) {
  const before = sum.rows;
  using file = Deno.openSync(path, { write: true, createNew: true });
  const out = new CopyWriter(undefined, sum);
  let bytes = 0;
  const flush = async () => {
    for (let at = 0; at < out.length;) at += await file.write(out.payload.subarray(at));
    bytes += out.length;
    out.reset();
    if (signal?.aborted) throw new InterruptedError();
  };
  for (let unit = 0; unit < table.units; unit++) {
    table.write(unit, out);
    if (out.full) await flush();
  }
  await flush();
  await file.sync();
  Deno.chmodSync(path, 0o644);
  return { rows: sum.rows - before, bytes };
}

/** Reads the files once, so that what the server then measures is not the disk. */
export async function warm({ files }: CopyFiles): Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  for (const { path } of files) {
    using file = Deno.openSync(path);
    while (await file.read(buffer) !== null);
  }
}

function total(files: readonly CopyFile[], what: "rows" | "bytes"): number {
  return files.reduce((sum, file) => sum + file[what], 0);
}

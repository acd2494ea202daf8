import { CopyWriter } from "../copy_writer.ts";
import type { DatasetTable, Shape } from "../dataset.ts";
import { DECLARED } from "./distributions.ts";
import { northwind } from "./northwind.ts";

/** The shape of a scale with its own counts and distributions, but for those given. */
export function shapeOf(
  scale: string,
  seed: number,
  counts: Readonly<Record<string, number>> = {},
  distributions: Shape["distributions"] = {},
): Shape {
  const declared = Object.fromEntries(
    Object.entries(DECLARED).map(([name, { default: value }]) => [name, value]),
  );
  return {
    seed,
    counts: { ...northwind.scales[scale]!, ...counts },
    distributions: { ...declared, ...distributions },
  };
}

/** The tables of a shape by name. */
export async function tablesOf(shape: Shape): Promise<Readonly<Record<string, DatasetTable>>> {
  // As a worker gets it.
  const prepared = structuredClone(await northwind.prepare(shape));
  return Object.fromEntries(northwind.tables(shape, prepared).map((table) => [table.name, table]));
}

const out = new CopyWriter(4 * 1024 * 1024);
const decoder = new TextDecoder();

/** The COPY text of these units. */
export function written(table: DatasetTable, units: Iterable<number>): string {
  out.reset();
  for (const unit of units) table.write(unit, out);
  return decoder.decode(out.payload);
}

/** The rows of these units by column; nulls are "\N". */
export function rowsOf(table: DatasetTable, units: Iterable<number>): Record<string, string>[] {
  return written(table, units).split("\n").slice(0, -1).map((line) => {
    const fields = line.split("\t");
    if (fields.length !== table.columns.length) {
      throw new Error(`${table.name} has a row of ${fields.length} fields`);
    }
    return Object.fromEntries(table.columns.map((column, at) => [column, fields[at]!]));
  });
}

/** 0 … n − 1. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index);
}

import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { readOwned, writeDurably } from "./own_record.ts";

const MOST_BYTES = 2 ** 16;

/** What records of a kind are, and how they are called. */
export interface RecordKind<Kept> {
  /** Of the home. */
  readonly folder: string;
  /** The name of its file. */
  nameOf(record: Kept): string;
  /** For `Cannot keep a record of …`. */
  whatOf(record: Kept): string;
  /** @returns null where it is none that may be acted upon; what it throws says the same */
  parse(text: string): Kept | null;
  /** What to do by hand. @param file `Cannot use …: PATH is damaged` */
  damagedText(file: { readonly name: string; readonly path: string; readonly why: string }): string;
}

/** What lies in such a folder. */
export interface FolderRecords<Kept> {
  readonly records: readonly Kept[];
  /** A sentence for each file that is none to act upon; it is kept. */
  readonly damaged: readonly string[];
}

/**
 * Records of what is made on servers, each a file in a folder of the home, which is written before the thing is made:
 * whatever happens then, the next start finds it.
 */
export class RecordFolder<Kept> {
  readonly #kind: RecordKind<Kept>;

  constructor(kind: RecordKind<Kept>) {
    this.#kind = kind;
  }

  /** @throws {ServiceError} when it cannot be written; then nothing may be made */
  keep(home: string, record: Kept): void {
    const { folder, nameOf, whatOf } = this.#kind;
    try {
      writeDurably(this.path(home, nameOf(record)), JSON.stringify(record));
    } catch (error) {
      throw new ServiceError(
        `Cannot keep a record of ${whatOf(record)} in ${join(home, folder)}: ${(error as Error).message}`,
        "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
        { cause: error },
      );
    }
  }

  /** Nothing is left of what it tells. */
  forget(home: string, name: string): void {
    rmSync(this.path(home, name), { force: true });
    try {
      rmdirSync(join(home, this.#kind.folder));
    } catch {
      // Another one's record is there.
    }
  }

  /** Where a record lies. */
  path(home: string, name: string): string {
    return join(home, this.#kind.folder, `${name}.json`);
  }

  /** What lies in a home. */
  kept(home: string): FolderRecords<Kept> {
    const records: Kept[] = [];
    const damaged: string[] = [];
    for (const name of this.#names(home)) {
      const path = this.path(home, name);
      const read = readOwned(path, MOST_BYTES);
      const record = read === null ? null : this.#parse(read.text);
      const isItself = record !== null && this.#kind.nameOf(record) === name;
      const why = read?.refused ?? (isItself ? null : "is damaged");
      if (why === null) records.push(record!);
      else damaged.push(this.#kind.damagedText({ name, path, why }));
    }
    return { records, damaged };
  }

  #names(home: string): string[] {
    try {
      return readdirSync(join(home, this.#kind.folder)).filter((file) => file.endsWith(".json"))
        .map((file) => file.slice(0, -".json".length)).sort();
    } catch {
      return [];
    }
  }

  #parse(text: string): Kept | null {
    try {
      return this.#kind.parse(text);
    } catch {
      return null;
    }
  }
}

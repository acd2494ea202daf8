import { writeCommand } from "../redis/wire.ts";
import { keyHash } from "./key_hash.ts";
import type { Call, Statement, Value } from "./target.ts";

/** What the cache is asked for a call. */
export interface Lookup {
  readonly statement: Statement;
  readonly values: readonly Value[];
  readonly key: string;
  /** Of its name, which is the same in all runs and arms. */
  readonly keyHash: number;
  /** Of the whole key, for the checksum of its entry: that of another run or arm is none of this key. */
  readonly entryHash: number;
  /** Asks for the entry. */
  readonly command: Uint8Array;
  /** The key of the version that an entry must have; null where nothing outdates entries. */
  readonly tagKey: string | null;
}

/** How keys are made of what is asked. */
export class CacheKeys {
  readonly #prefix: string;
  readonly #prefixHash: number;
  readonly #tagPrefix: string | null;

  /**
   * @param prefix of the entries of one arm
   * @param tagPrefix of the versions that all arms of a run share; null: there are none
   */
  constructor(prefix: string, tagPrefix: string | null) {
    this.#prefix = prefix;
    this.#prefixHash = keyHash(prefix);
    this.#tagPrefix = tagPrefix;
  }

  lookupOf({ statement, values }: Pick<Call, "statement" | "values">): Lookup {
    const name = `${statement.name}:${JSON.stringify(values)}`;
    const key = `${this.#prefix}${name}`;
    const { tag } = statement;
    const hash = keyHash(name);
    const tagged = this.#tagPrefix !== null && tag !== undefined;
    return {
      statement,
      values,
      key,
      keyHash: hash,
      // Of the two halves, so that the prefix is gone through once and not for each lookup.
      entryHash: (hash ^ this.#prefixHash) >>> 0,
      command: writeCommand(["GET", key]),
      tagKey: tagged ? this.#tagKey(tag, values) : null,
    };
  }

  /** Those of the versions that a write changes. */
  outdatedBy({ statement: { outdates = [] }, values }: Pick<Call, "statement" | "values">): string[] {
    return this.#tagPrefix === null ? [] : outdates.map((tag) => this.#tagKey(tag, values));
  }

  #tagKey({ family, at }: NonNullable<Statement["tag"]>, values: readonly Value[]): string {
    return `${this.#tagPrefix}${family}:${JSON.stringify(at.map((index) => values[index]))}`;
  }

  /** Of the lock that one load of this key at a time holds. */
  lockOf({ key }: Lookup): string {
    return `${this.#prefix}lock:${key.slice(this.#prefix.length)}`;
  }
}

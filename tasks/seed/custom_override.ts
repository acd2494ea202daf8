import type { DatabaseError } from "pg";
import { UsageError } from "../model/errors.ts";
import { type CopyWriter, MAX_UNIT_BYTES } from "./copy_writer.ts";
import { type MovableContext, movableContext } from "./custom_context.ts";
import { type Conversion, conversionTo } from "./custom_value.ts";
import type { ColumnGenerator } from "./customisation.ts";

/** One row of so many is generated twice: a generator that is not pure is found at its first row. */
const TWICE = 64;

/** Which column is generated, and by what. */
export interface OverrideOptions {
  /** With the table's. */
  readonly name: string;
  /** As `format_type` writes it. */
  readonly type: string;
  readonly notNull: boolean;
  /** The generator's file, for messages. */
  readonly path: string;
  readonly generate: ColumnGenerator;
  readonly seed: number;
}

/** A column whose fields a generator makes. */
export class Override {
  readonly #options: OverrideOptions;
  readonly #conversion: Conversion;
  readonly #at: MovableContext;
  #rows = 0;
  #yielded: unknown;

  constructor(options: OverrideOptions) {
    this.#options = options;
    this.#conversion = conversionTo(options.type);
    this.#at = movableContext(options.seed, options.name);
  }

  /**
   * Writes the field of a row.
   * @param value reads what Benchbook would have written
   * @param limit what the block's length must stay below
   * @throws {UsageError} naming file, column and row
   */
  write(row: number, line: number, value: () => string | null, out: CopyWriter, limit: number): void {
    const text = this.#text(row, line, value);
    if (this.#rows++ % TWICE === 0) {
      const again = this.#text(row, line, value);
      if (again !== text) {
        throw this.#error(
          row,
          line,
          `it must yield the same whenever it is called for a row: it yielded ${shown(text)} and then ${
            shown(again)
          }`,
          "Draw with random(), integer(), pick() and the like, and keep nothing from one call to the next.",
        );
      }
    }
    try {
      out.text(text);
    } catch (error) {
      // Not even the block has room for it.
      throw error instanceof RangeError ? this.tooLong(row, line) : error;
    }
    if (out.length >= limit) throw this.tooLong(row, line);
  }

  /** That the unit of this row is too large, by what this column has in it. */
  tooLong(row: number, line: number): UsageError {
    return this.#error(
      row,
      line,
      `the row, with those made from the same parent, must take less than ${MAX_UNIT_BYTES} bytes: it takes more`,
    );
  }

  /** That PostgreSQL does not take the field that was written last, the one of this row. */
  refused(row: number, line: number, error: DatabaseError): UsageError {
    const { type, notNull } = this.#options;
    const wanted = `a value of the type ${type}${notNull ? "" : ", or null"}`;
    // The detail of a broken constraint is the whole row.
    const detail = error.code?.startsWith("22") && error.detail ? `. ${error.detail}` : "";
    const reason = cut((error.message + detail).replace(/\s+/g, " "), SAID);
    const state = `it must yield ${wanted}: it yielded ${shown(this.#yielded)} (PostgreSQL: ${reason})`;
    return this.#error(row, line, state, undefined, { cause: error });
  }

  #text(row: number, line: number, read: () => string | null): string | null {
    this.#at.move(row, line, read);
    let value: unknown;
    try {
      value = this.#options.generate(this.#at.context);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw this.#error(row, line, `it threw: ${message}`, undefined, { cause });
    }
    this.#yielded = value;
    if (value === null) return null;
    const text = this.#conversion.text(value);
    if (text !== undefined) return text;
    // It is refused already: how it ends must not count as an unhandled rejection.
    if (value instanceof Promise) value.catch(() => {});
    const wanted = this.#conversion.wanted + (this.#options.notNull ? "" : ", or null");
    throw this.#error(row, line, `it must yield ${wanted}: it yielded ${shown(value)}`);
  }

  #error(row: number, line: number, state: string, next?: string, options?: ErrorOptions): UsageError {
    const place = line === 0 ? `row ${row}` : `row ${row}, line ${line}`;
    const { path, name } = this.#options;
    return new UsageError(`Cannot use ${path} for ${name}, ${place}: ${state}`, next, options);
  }
}

/** A value for a message, shortened. */
function shown(value: unknown): string {
  if (value instanceof Promise) return "a Promise (a generator must not be async)";
  if (typeof value === "string" && value.length > SHOWN) {
    return `${Deno.inspect(value.slice(0, SHOWN))}… (${[...value].length} characters)`;
  }
  return cut(Deno.inspect(value, { depth: 2, breakLength: Infinity, compact: true }), SHOWN);
}

/** Characters of a value, and of PostgreSQL's words, that a message shows. */
const SHOWN = 60;
const SAID = 200;

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

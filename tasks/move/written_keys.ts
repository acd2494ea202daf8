import { Buffer } from "node:buffer";

/** A row that was written. */
export interface WrittenKey {
  /** Of the table. */
  readonly oid: number;
  /** As text, in the order of the table's columns; null: it is null, or was not sent, as an old row's other columns are not. */
  readonly values: readonly (string | null)[];
  /** The replication origin that it came by; null: it was written there. */
  readonly origin: string | null;
}

/** A table as a message names it. */
export interface WrittenTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** What was written, as PostgreSQL's logical replication tells it. */
export interface ReplicatedWrites {
  /** Of each table that occurs, by its oid on that server. */
  readonly tables: ReadonlyMap<number, WrittenTable>;
  readonly keys: readonly WrittenKey[];
  /** Tables that were emptied. */
  readonly truncated: readonly number[];
}

/**
 * Reads the messages of the plugin pgoutput, version 1 of its protocol: which rows were inserted, updated or deleted. An
 * update that changes the key counts for both keys.
 * Source: PostgreSQL's documentation, "Logical Replication Message Formats".
 * @throws {RangeError} where a message is none of these
 */
export function readWritten(messages: readonly Buffer[]): ReplicatedWrites {
  const tables = new Map<number, WrittenTable>();
  const keys: WrittenKey[] = [];
  const truncated: number[] = [];
  let origin: string | null = null;
  for (const message of messages) {
    const reader = new Reader(message);
    switch (reader.letter()) {
      case "B":
        origin = null;
        break;
      case "O":
        reader.bytes(8);
        origin = reader.text();
        break;
      case "R": {
        const oid = reader.int32();
        tables.set(oid, { schema: reader.text(), name: reader.text(), columns: readColumns(reader) });
        break;
      }
      case "I":
      case "U":
      case "D": {
        const oid = reader.int32();
        const columns = tables.get(oid);
        if (columns === undefined) {
          throw new RangeError(`A change must follow its table: ${oid} is not known`);
        }
        while (!reader.ended) {
          reader.letter();
          keys.push({ oid, values: readTuple(reader), origin });
        }
        break;
      }
      case "T": {
        const count = reader.int32();
        reader.int8();
        for (let nth = 0; nth < count; nth++) truncated.push(reader.int32());
        break;
      }
        // Commit, type and message tell of no row.
    }
  }
  return { tables, keys, truncated };
}

function readColumns(reader: Reader): string[] {
  reader.int8();
  return Array.from({ length: reader.int16() }, () => {
    reader.int8();
    const name = reader.text();
    reader.int32();
    reader.int32();
    return name;
  });
}

function readTuple(reader: Reader): (string | null)[] {
  return Array.from({ length: reader.int16() }, () => {
    const kind = reader.letter();
    return kind === "t" ? reader.bytes(reader.int32()).toString("utf8") : null;
  });
}

class Reader {
  #at = 0;

  constructor(readonly message: Buffer) {}

  get ended(): boolean {
    return this.#at >= this.message.length;
  }

  letter(): string {
    return String.fromCharCode(this.int8());
  }

  int8(): number {
    return this.message.readUInt8(this.#at++);
  }

  int16(): number {
    this.#at += 2;
    return this.message.readUInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.message.readUInt32BE(this.#at - 4);
  }

  text(): string {
    const end = this.message.indexOf(0, this.#at);
    const text = this.message.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  bytes(length: number): Buffer {
    this.#at += length;
    return this.message.subarray(this.#at - length, this.#at);
  }
}

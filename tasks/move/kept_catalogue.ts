import type { Client } from "pg";
import type { MoveSide } from "../model/client_gate.ts";
import { ServiceError } from "../model/errors.ts";
import { listed } from "./check_content.ts";
import { AFTER, BEFORE, readStatements, type Statement } from "./copy_schema.ts";
import { readRights, type Right } from "./rights.ts";

/** Of a name that a statement begins with, so many characters are shown. */
const MOST_SHOWN = 80;

/**
 * What the catalogue of a server held when the other one was made the same. Replication carries rows and no change of a
 * table: one that is made afterwards would be missing at the other server, or keep rows from being applied there.
 */
export class KeptCatalogue {
  readonly side: MoveSide;
  readonly #client: Client;
  readonly #schemas: readonly string[];
  readonly #copied = new Map<string, ReadonlySet<string>>();
  #rights: readonly Right[] = [];

  /** @param client a session of its own at that server */
  constructor(side: MoveSide, client: Client, schemas: readonly string[]) {
    this.side = side;
    this.#client = client;
    this.#schemas = schemas;
  }

  /** Takes what was copied by the statements of a file. */
  copied(file: string, statements: readonly Statement[]): void {
    this.#copied.set(file, textsOf(statements));
  }

  /** The owners and rights, which are taken too. */
  async rights(): Promise<readonly Right[]> {
    return this.#rights = await readRights(this.#client, this.#schemas);
  }

  /** Takes what is there now. */
  async take(): Promise<void> {
    await this.rights();
    for (const file of [BEFORE, AFTER]) {
      this.copied(file, await readStatements(this.#client, file, this.#schemas));
    }
  }

  /** @throws {ServiceError} where anything has changed since, naming it */
  async check(): Promise<void> {
    const changed = await this.changed();
    if (changed === null) return;
    throw new ServiceError(
      `Cannot move tables that are changed meanwhile: at the ${this.side} these are not as they were: ${changed}`,
      "Keep changes of the schema for later, then move again.",
    );
  }

  /** What has changed since, for a sentence; null: nothing. */
  async changed(): Promise<string | null> {
    const changed: string[] = [];
    for (const [file, before] of this.#copied) {
      const now = textsOf(await readStatements(this.#client, file, this.#schemas));
      changed.push(...before.symmetricDifference(now));
    }
    const rights = await readRights(this.#client, this.#schemas);
    changed.push(...textsOf(this.#rights).symmetricDifference(textsOf(rights)));
    return changed.length === 0 ? null : listed([...new Set(changed.map(headOf))]);
  }
}

function textsOf(statements: readonly Pick<Statement, "text">[]): ReadonlySet<string> {
  return new Set(statements.map(({ text }) => text));
}

/** Which object a statement makes. */
function headOf(text: string): string {
  const [head] = /^[^(\n]*/.exec(text)!;
  return head.trim().slice(0, MOST_SHOWN);
}

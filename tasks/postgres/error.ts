import { zeroTerminated } from "./wire.ts";

/** An error as the server reported it. */
export class PgError extends Error {
  override readonly name = "PgError";
  /** SQLSTATE. */
  readonly code: string;
  /** ERROR ends the statement, FATAL the connection, PANIC all of them; never translated. */
  readonly severity: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;

  constructor(fields: ReadonlyMap<string, string>) {
    super(fields.get("M") ?? "");
    this.code = fields.get("C") ?? "XX000";
    this.severity = fields.get("V") ?? fields.get("S") ?? "ERROR";
    this.detail = fields.get("D");
    this.hint = fields.get("H");
  }

  get endsConnection(): boolean {
    return this.severity === "FATAL" || this.severity === "PANIC";
  }
}

/**
 * Reads the body of an ErrorResponse: fields of a letter and a text, ended by a zero byte.
 * https://www.postgresql.org/docs/current/protocol-error-fields.html
 * @throws when it is none
 */
export function readError(bytes: Uint8Array, body: number, end: number): PgError {
  const fields = new Map<string, string>();
  for (let at = body; at < end && bytes[at] !== 0;) {
    const letter = String.fromCharCode(bytes[at]!);
    const { text, next } = zeroTerminated(bytes, at + 1, end);
    fields.set(letter, text);
    at = next;
  }
  return new PgError(fields);
}

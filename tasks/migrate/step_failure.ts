/** A statement of a step that did not end well, whoever's fault it is. */
export class StepFailure extends Error {
  override name = "StepFailure";
  /**
   * @param index of the statement within its step, from 0
   * @param cause what the server or the connection said
   * @param why what a person must know besides, as a part of a sentence; null: nothing
   * @param done how far it came, where it is not undone by its failure, likewise
   */
  constructor(
    readonly index: number,
    override readonly cause: unknown,
    readonly why: string | null = null,
    readonly done: string | null = null,
  ) {
    super(messageOf(cause), { cause });
  }

  /** SQLSTATE, or the code of a connection's error; null where there is none. */
  get code(): string | null {
    return codeOf(this.cause);
  }
}

/** SQLSTATE, or the code of a connection's error; null where there is none. */
export function codeOf(error: unknown): string | null {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^([0-9A-Z]{5}|E[A-Z]+)$/.test(code) ? code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What may succeed when it is tried again: a lock that was not free, a deadlock, a transaction that came too late. */
export function isPassing(error: unknown): boolean {
  return ["55P03", "40P01", "40001"].includes(codeOf(error) ?? "");
}

/** What a request may take beyond its time before the server ends its statement by itself. */
const MARGIN_MS = 1000;

/** What a session may take, ms. */
export interface SessionLimits {
  /** For a statement, and for a transaction in which nothing is asked. */
  readonly statementMs: number;
  /** For a lock that somebody holds; as long as for the statement if absent. */
  readonly lockMs?: number;
}

/** Settings, in milliseconds, by which a server ends what a session does; 0: it does not. */
const LIMITS = ["statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"] as const;

/**
 * How long a statement whose request is given up after some time may run: where asking to cancel it came to nothing.
 */
export function statementLimitMs(requestTimeoutMs: number): number {
  return Math.ceil(requestTimeoutMs) + MARGIN_MS;
}

/** Asks for the limits that a session has of its role, database or server: a name and milliseconds a row. */
export const LIMITS_QUERY = `SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN (${
  LIMITS.map((name) => `'${name}'`).join(", ")
})`;

/**
 * The `options` of a session with limits of ours. What is stricter at the server stays as it is there, and what the
 * user's own options say comes after ours and so holds.
 * @param found rows of `LIMITS_QUERY`, asked in a session without them
 * @param options the user's own, if any
 */
export function limitedOptions(
  found: readonly { readonly name: string; readonly setting: string }[],
  { statementMs, lockMs }: SessionLimits,
  options: string | undefined,
): string | undefined {
  const ours = LIMITS.flatMap((name) => {
    const limitMs = name === "lock_timeout" ? lockMs : statementMs;
    if (limitMs === undefined) return [];
    const current = Number(found.find((row) => row.name === name)?.setting ?? 0);
    return current > 0 && current <= limitMs ? [] : [`-c ${name}=${limitMs}`];
  });
  const all = [...ours, ...options === undefined ? [] : [options]];
  return all.length === 0 ? undefined : all.join(" ");
}

/** Whether a server, or rather a pooler before it, refused a session for what it was to begin with. */
export function refusesOptions(error: unknown): boolean {
  const { code, message = "" } = error as { code?: string; message?: string };
  return code === "08P01" || /unsupported startup parameter/i.test(message);
}

import { BenchbookError, ServiceError, UsageError } from "../model/errors.ts";
import { connectClient, type PgClient } from "../postgres/client.ts";
import type { Patience } from "../postgres/patience.ts";
import { placeOfUrl } from "../postgres/place.ts";

/** For a statement that loads or reads whole tables: it takes its time while the server answers others. */
export const UNLIMITED = { limitMs: Infinity } as const;

/**
 * Opens a connection for seeding, checking or undoing, gives it to `use` and closes it.
 * @throws {ServiceError} when the server cannot be reached or the connection is lost; an error that the
 * server itself reports about a statement is passed on as a ServiceError with its SQLSTATE.
 */
export async function withClient<T>(
  url: string,
  use: (client: PgClient) => Promise<T>,
  patience: Partial<Patience> = {},
): Promise<T> {
  const client = await openClient(url, "benchbook-seed", patience);
  try {
    return await use(client);
  } catch (error) {
    throw translate(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Opens a connection that its caller closes.
 * @param name what the server shows of it
 * @throws {ServiceError} when the server cannot be reached
 */
export async function openClient(
  url: string,
  name = "benchbook-seed",
  patience: Partial<Patience> = {},
): Promise<PgClient> {
  try {
    return await connectClient(url, { applicationName: name, patience });
  } catch (error) {
    throw error instanceof BenchbookError ? error : unreachable(url, error);
  }
}

interface Coded {
  readonly code?: string;
  readonly detail?: string;
  readonly message: string;
}

function unreachable(url: string, error: unknown): BenchbookError {
  const { code, message } = error as Coded;
  const { at: where, user, database } = placeOfUrl(url);
  const options = { cause: error };
  switch (code) {
    case "28P01":
    case "28000":
      return new ServiceError(
        `Cannot log in to PostgreSQL at ${where} as "${user}": the server refused it`,
        "Check user and password.",
        options,
      );
    case "3D000":
      return new ServiceError(
        `Cannot open the database "${database}" at ${where}: it does not exist`,
        "Create it first.",
        options,
      );
    default:
      return new ServiceError(
        `Cannot connect to PostgreSQL at ${where}: ${
          code === "ECONNREFUSED" ? "nothing listens there" : message
        }`,
        "Check that it runs and that host and port are right.",
        options,
      );
  }
}

/**
 * What pg threw, as an error for the user. Errors of the server have a SQLSTATE of five characters; those
 * without one mean that the connection is gone. Anything else is passed through.
 */
export function translate(error: unknown): unknown {
  if (error instanceof BenchbookError) return error;
  const { code, message, detail } = error as Coded;
  const options = { cause: error };
  if (code === "42501") {
    return new UsageError(
      `Cannot go on with the database: ${message}`,
      "Use a role that owns what is there.",
      options,
    );
  }
  if (code === "25006") {
    return new ServiceError(
      "Cannot change the database: it takes no writes",
      "Name the primary and not a replica; look at default_transaction_read_only of the role and the database.",
      options,
    );
  }
  if (code === "53100") {
    return new ServiceError(
      `Cannot store the data: the server's disk is full`,
      "Free some space there.",
      options,
    );
  }
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("57P") && !code.startsWith("08")) {
    return new ServiceError(
      `Cannot go on with the database: ${message}${detail ? ` (${detail})` : ""} (SQLSTATE ${code})`,
      undefined,
      options,
    );
  }
  if (isConnectionLoss(code, message)) {
    return new ServiceError(
      `Cannot go on with the database: the connection was lost (${message})`,
      "Look into the server's log, then try again; what was half done is cleaned up.",
      options,
    );
  }
  return error;
}

function isConnectionLoss(code: string | undefined, message: string): boolean {
  return code !== undefined && /^(57P|08|ECONN|EPIPE|ETIMEDOUT|ENET|EHOST)/.test(code) ||
    /connection|socket|not queryable/i.test(message);
}

import type { Client } from "pg";
import { ServiceError, UsageError } from "../model/errors.ts";
import type { MadeObject } from "./marker.ts";
import { type Holdings, type Known, lookAt } from "./own_objects.ts";

/** So long a table that others are using is waited for: whoever comes after us waits for it too. */
const LOCK_TIMEOUT = "5s";

/** In the order in which they are dropped: what leans on another kind comes before it. */
const KINDS = ["function", "view", "materialized view", "table", "sequence", "type", "schema"];

interface Removal {
  /** Given what is there once nobody can add to it; throws where something stands against it. */
  readonly refuse: (holdings: Holdings) => void | Promise<void>;
  /** What others made within the schemas goes with them; `refuse` has looked at what leans on them from without. */
  readonly withAllWithin?: boolean;
}

/**
 * Drops Benchbook's own objects in the schemas, one by one and without CASCADE: what leans on them and is not ours
 * makes it fail. Belongs into a transaction, which a refusal rolls back: all go, or none.
 *
 * @throws {ServiceError} while other sessions are using the tables
 */
export async function removeObjects(
  client: Client,
  schemas: readonly string[],
  known: Known,
  { refuse, withAllWithin = false }: Removal,
): Promise<void> {
  const tables = namesOf("table", (await lookAt(client, schemas, known)).own);
  await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  try {
    // ONLY: what inherits from them is another's.
    if (tables.length > 0) {
      await client.query(
        `LOCK TABLE ${tables.map((table) => `ONLY ${table}`).join(", ")} IN ACCESS EXCLUSIVE MODE`,
      );
    }
    const holdings = await lookAt(client, schemas, known);
    await refuse(holdings);
    for (const kind of withAllWithin ? ["schema"] : KINDS) {
      const names = namesOf(kind, holdings.own);
      if (names.length > 0) {
        await client.query(`DROP ${kind} ${names.join(", ")} ${withAllWithin ? "CASCADE" : "RESTRICT"}`);
      }
    }
  } catch (error) {
    throw explained(error);
  }
}

function namesOf(kind: string, own: readonly MadeObject[]): string[] {
  return own.filter(({ object }) =>
    object.startsWith(`${kind} `) && !/^table (column|constraint) /.test(object)
  )
    .map(({ object }) => object.slice(kind.length + 1));
}

function explained(error: unknown): unknown {
  const { code, message, detail } = error as { code?: string; message: string; detail?: string };
  if (code === "55P03") {
    return new ServiceError(
      "Cannot remove Benchbook's tables: other sessions are using them",
      "Wait until they have ended, then try again; nothing was removed.",
      { cause: error },
    );
  }
  // Made in the moment between looking and dropping.
  if (code === "2BP01") {
    return new UsageError(`Cannot remove Benchbook's tables: ${detail ?? message}`, "Nothing was removed.", {
      cause: error,
    });
  }
  return error;
}

/** What the server says of a statement that it refuses. */
export interface Complaint {
  readonly message: string;
  /** SQLSTATE. */
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Privileges on objects that are no tables. */
const PRIVILEGES: Readonly<Record<string, string>> = {
  schema: "USAGE ON SCHEMA",
  sequence: "USAGE ON SEQUENCE",
  function: "EXECUTE ON FUNCTION",
};

/** What the server adds to a complaint, to stand behind it; "" where it adds nothing. */
export function addedText({ detail, hint }: Partial<Complaint>): string {
  return [detail, hint].flatMap((part) => part === undefined ? [] : [`. ${part.replace(/\.$/, "")}`]).join(
    "",
  );
}

/**
 * The grant that a role lacks; null where it is something else that a complaint is about, or in another language.
 * @param onTable what a role needs on a table for it, such as "SELECT, DELETE"
 */
export function missingGrant({ code, message }: Complaint, onTable: string): string | null {
  if (code !== "42501") return null;
  const denied = /^permission denied for (\w+) (.+)$/.exec(message);
  if (denied === null) return null;
  const [, kind, name] = denied as unknown as [string, string, string];
  return `Grant the role what it lacks: GRANT ${
    PRIVILEGES[kind] ?? `${onTable} ON`
  } ${name} TO it (a table by its schema.name).`;
}

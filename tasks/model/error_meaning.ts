/** What codes mean that a switch-over brings about, in a few words; SQLSTATEs and those of the system. */
const MEANINGS: Readonly<Record<string, string>> = {
  "08000": "connection exception",
  "08001": "no connection could be made",
  "08003": "the connection was closed",
  "08004": "the server refused the connection",
  "08006": "the connection was lost",
  "08P01": "not PostgreSQL's protocol",
  "0A000": "not supported",
  "25006": "the server takes no writes",
  "26000": "the prepared statement is gone",
  "28000": "the role may not log in",
  "28P01": "wrong password",
  "3D000": "the database is not there",
  "40001": "serialization failure",
  "40P01": "deadlock",
  "42501": "a right is lacking",
  "42P01": "the table is not there",
  "53100": "the disk is full",
  "53300": "too many connections",
  "55P03": "lock not available",
  "57014": "statement cancelled",
  "57P01": "ended by an administrator",
  "57P02": "ended by a crash of the server",
  "57P03": "the server takes no connections now",
  "57P05": "idle for too long",
  EAI_AGAIN: "the host's name cannot be looked up now",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ENOTFOUND: "the host's name is not known",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "no answer in time",
  shed: "too many were waiting",
  timeout: "no answer in time",
};

/** Null where that is not known. */
export function meaningOf(code: string): string | null {
  return MEANINGS[code] ?? null;
}

/** `57P01 (ended by an administrator)`. */
export function codeText(code: string): string {
  const meaning = meaningOf(code);
  return meaning === null ? code : `${code} (${meaning})`;
}

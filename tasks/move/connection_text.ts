import { UsageError } from "../model/errors.ts";

/**
 * Refuses a connection string with a password: a subscription stores it, for all to read who may read the catalogue or a
 * dump.
 * @throws {UsageError} never with the password
 */
export function refuseStoredPassword(connection: string): void {
  if (!holdsPassword(connection)) return;
  throw new UsageError(
    "Cannot store the connection string of a subscription: it must hold no password, and does",
    "Take it out. The server that connects reads it from a file of its own: passfile='/path' in the string, or the " +
      ".pgpass of the user that it runs as.",
  );
}

function holdsPassword(connection: string): boolean {
  if (/^postgres(ql)?:\/\//.test(connection)) {
    const [, user = ""] = /^postgres(?:ql)?:\/\/(?:([^/@]*)@)?/.exec(connection)!;
    return user.includes(":") || /[?&](ssl)?password=/i.test(connection);
  }
  // A value may hold the word too; then a person has to say it otherwise.
  return /(^|\s)(ssl)?password\s*=/i.test(connection);
}

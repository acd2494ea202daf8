import process from "node:process";
import { optional } from "../files/optional.ts";
import { ServiceError } from "../model/errors.ts";
import type { User } from "./places.ts";

/**
 * The user that PostgreSQL runs as when root started us (it refuses root): who called sudo, else `postgres`,
 * else `nobody`. Null when we are an ordinary user already.
 * @throws {ServiceError} when root has no such user to turn to.
 */
export function unprivilegedUser(sudoUid: string | undefined = process.env.SUDO_UID): User | null {
  if (process.getuid?.() !== 0) return null;
  const users = readUsers();
  const user = users.find(({ uid }) => uid !== 0 && String(uid) === sudoUid) ??
    users.find(({ name }) => name === "postgres") ??
    users.find(({ name }) => name === "nobody");
  if (user === undefined) {
    throw new ServiceError(
      "Cannot start PostgreSQL as root: there is no user `postgres` or `nobody` to run it as",
      "Run as an ordinary user, or set DATABASE_URL to a server of your own.",
    );
  }
  return user;
}

/** The user with this id, as far as /etc/passwd knows it. */
export function userById(uid: number): User | null {
  return readUsers().find((user) => user.uid === uid) ?? null;
}

function readUsers(): User[] {
  return (optional("/etc/passwd") ?? "").split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || uid === undefined || gid === undefined) return [];
    // macOS gives `nobody` the ids -2, which setuid takes as unsigned.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

import { rmSync } from "node:fs";
import process from "node:process";
import { join } from "node:path";
import { ServiceError } from "../../model/errors.ts";
import { SERVER_FILE } from "../../stack/home_entries.ts";
import { reachableBy, reachableDir, type User } from "../../stack/places.ts";

/** Any user that has no rights of its own on what is ours. */
const OTHERS: User = { uid: -1, gid: -1, name: "others" };

/**
 * Gives `use` an empty folder whose files the database server can read, and removes it afterwards. What a
 * process that was killed left in it goes at the next start: the caller holds the lock of the home.
 * @param sameUser the server runs as the very user that we are
 * @throws {ServiceError} when something lies there that is not ours
 */
export async function withServerFolder<T>(
  home: string,
  sameUser: boolean,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = sameUser || reachableBy(home, OTHERS)
    ? join(home, "selfbench")
    : `${reachableDir(home)}-selfbench`;
  refuseForeign(folder);
  rmSync(folder, { recursive: true, force: true });
  Deno.mkdirSync(folder);
  // The server reads files whose names it is told, and needs to list nothing.
  Deno.chmodSync(folder, 0o711);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Outside the home anyone can put something under our name. */
function refuseForeign(folder: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.lstatSync(folder);
  } catch {
    return;
  }
  if (found.isDirectory && found.uid === process.getuid?.()) {
    const foreign = [...Deno.readDirSync(folder)].find(({ name, isFile }) =>
      !isFile || !SERVER_FILE.test(name)
    );
    if (foreign === undefined) return;
    throw new ServiceError(
      `Cannot use ${folder} for the files that COPY reads: it holds ${foreign.name}, which is not Benchbook's`,
      "Move it away, or set BENCHBOOK_HOME to another folder.",
    );
  }
  throw new ServiceError(
    `Cannot use ${folder} for the files that COPY reads: it belongs to user id ${found.uid}`,
    "Remove it, or set BENCHBOOK_HOME to another folder.",
  );
}

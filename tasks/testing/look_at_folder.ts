import { createHash } from "node:crypto";
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Fact, Look } from "./facts.ts";

const BUFFER = new Uint8Array(1 << 16);

/**
 * Looks at a folder and all that lies in it: type, mode, owner, size, content, and where links lead. Links are
 * not followed.
 * @param except paths from the folder on that are left out, with what lies under them
 */
export function lookAtFolder(folder: string, except: readonly RegExp[] = []): Look {
  const facts = new Map<string, Fact>();
  const visit = (path: string, name: string) => {
    if (except.some((pattern) => pattern.test(name))) return;
    let stat: Stats;
    try {
      stat = lstatSync(path);
    } catch (error) {
      // Gone since it was listed, or never there: both are facts.
      if ((error as { code?: string }).code === "ENOENT") return;
      throw error;
    }
    facts.set(name || ".", {
      type: typeOf(stat),
      mode: (stat.mode & 0o7777).toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      ...(stat.isFile() ? { size: stat.size, content: contentOf(path) } : {}),
      ...(stat.isSymbolicLink() ? { target: readlinkSync(path) } : {}),
    });
    if (!stat.isDirectory()) return;
    for (const entry of readdirSync(path)) visit(join(path, entry), name === "" ? entry : `${name}/${entry}`);
  };
  visit(folder, "");
  return facts;
}

function typeOf(stat: Stats): string {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "folder";
  if (stat.isSymbolicLink()) return "link";
  return stat.isSocket() ? "socket" : stat.isFIFO() ? "pipe" : "device";
}

function contentOf(path: string): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, BUFFER); read > 0; read = readSync(file, BUFFER)) {
      hash.update(BUFFER.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex").slice(0, 16);
}

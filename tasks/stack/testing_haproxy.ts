import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { claimHome } from "./home.ts";
import { findHaproxy } from "./haproxy.ts";
import { findProgram } from "./programs.ts";
import type { FoundProgram } from "./unpacked_program.ts";

/** Whether a test that needs HAProxy has to be left out: there is none, and nothing to fetch one with. */
export const NO_HAPROXY = findProgram("haproxy") === null && findProgram("apt-get") === null;

/** The HAProxy that a test's home finds; fetched once into the checkout's own home, because that takes seconds. */
export async function placeHaproxy(home: string): Promise<FoundProgram> {
  const { home: own } = readConfig();
  claimHome(own);
  const found = await findHaproxy({ home: own, haproxy: undefined });
  assert.ok(typeof found !== "string", String(found));
  if (found.libraries === null) return found;
  mkdirSync(join(home, "haproxy"), { recursive: true });
  symlinkSync(join(own, "haproxy", "root"), join(home, "haproxy", "root"));
  return found;
}

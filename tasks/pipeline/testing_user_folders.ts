import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { reachableDir } from "../stack/places.ts";
import { type Look, together } from "../testing/facts.ts";
import { lookAtFolder } from "../testing/look_at_folder.ts";
import type { Workbench } from "./testing.ts";

/** What people have around Benchbook: where it starts, beside its home, among its reports, in their own home. */
const THEIRS: Readonly<Record<string, string>> = {
  "letter.txt": "Dear Ada,\n",
  "project/plan.md": "# Plan\n",
  "reports/notes.md": "What we thought of it.\n",
  "reports/2025/index.html": "<p>Last year's</p>\n",
  "tmp/upload.part": "half of it",
  "person/.profile": "umask 022\n",
};

/** What tasks are told of these folders. */
export function foldersEnvironment(folder: string): Record<string, string> {
  return {
    HOME: join(folder, "person"),
    TMPDIR: join(folder, "tmp"),
    // Of the programs that run the tests, not of Benchbook.
    DENO_DIR: Deno.env.get("DENO_DIR") ??
      join(Deno.env.get("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "deno"),
  };
}

export function furnishFolders(folder: string): void {
  for (const [name, text] of Object.entries(THEIRS)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  // Where a small disk is mounted over.
  mkdirSync(join(folder, "disk"));
}

/** Written by every run, and too large to be read each time. */
const STORE = /^reports\/benchbook\.duckdb$/;

/**
 * Differences that Benchbook declares: kept from run to run in its home are what is known of the machine, what services
 * said, what notebooks printed, what the list of runs shows, and two folders with nothing in them.
 */
export const DECLARED = [
  /^[-+~] folder: home\/(spool|undo|logs|calibration\.json)(:|$)/,
  /^[-+] folder: home\/notebooks(\/[0-9a-f]{64}\.json)?$/,
  /^[-+~] folder: home\/lists(\/[0-9a-f]{64}\.json)?(:|$)/,
  /^[-+~] folder: home\/logs\/(postgres|redis|graphql(-\d+)?)\.log(\.1)?(:|$)/,
];

/** Looks at all of them, and at the place that a home may have in /var/tmp. */
export function lookAtFolders({ folder, home }: Workbench): Look {
  return together({
    folder: lookAtFolder(folder, [STORE]),
    outside: lookAtFolder(reachableDir(home)),
  });
}

import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { claimHome } from "../stack/home.ts";
import { pageSources } from "./report_key.ts";
import { keptPages, keptText } from "./kept_pages.ts";
import type { ListedPage } from "./site_row.ts";
import { readReports } from "./site_summaries.ts";

/** Where pages lie, and where is kept what lists show of them. */
export type ListPlaces = Pick<Config, "root" | "reports" | "home">;

/** The folder in Benchbook's home: a file for each reports folder. */
const LISTS = "lists";
/** The oldest go first. */
const MOST_LISTS = 20;
/** What may be removed of it: what somebody else put there is theirs. */
const OURS = /^[0-9a-f]{64}(\.json|\.\d+\.part)$/;

/** What the list of runs shows of each page of a reports folder; only what has changed since the last time is read. */
export async function listedPages({ root, reports, home }: ListPlaces): Promise<ListedPage[]> {
  const sources = await pageSources(root);
  const name = createHash("sha256").update(realpathSync(reports)).digest("hex");
  const file = join(home, LISTS, `${name}.json`);
  const text = await Deno.readTextFile(file).catch(() => "");
  const kept = keptPages(sources, text);
  const pages = await readReports(reports, kept);
  const now = keptText(sources, kept);
  if (now !== text) keep(home, file, now);
  return pages;
}

/** A home that cannot be written to costs time only. */
function keep(home: string, file: string, text: string): void {
  const partial = `${file.slice(0, -".json".length)}.${Deno.pid}.part`;
  try {
    claimHome(home);
    mkdirSync(join(home, LISTS), { recursive: true });
    writeFileSync(partial, text, { mode: 0o600 });
    renameSync(partial, file);
    prune(join(home, LISTS));
  } catch {
    rmSync(partial, { force: true });
  }
}

function prune(folder: string): void {
  if (lstatSync(folder).isSymbolicLink()) return;
  const lists = readdirSync(folder).filter((name) => OURS.test(name))
    .map((name) => ({ name, at: lstatSync(join(folder, name)).mtimeMs }));
  lists.sort((a, b) => b.at - a.at);
  for (const { name } of lists.slice(MOST_LISTS)) rmSync(join(folder, name), { force: true });
}

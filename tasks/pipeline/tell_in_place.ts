import type { RunSummary } from "../model/summary.ts";
import { counted, formatCount } from "../model/units.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { seedAnewCommand } from "../seed/seed_command.ts";
import { resolveData } from "../seed/spec.ts";
import { isOwnServer } from "../stack/own_server.ts";
import { wentOver } from "../summary/migration/moved.ts";
import type { Job } from "./job.ts";
import type { MigrateRequest } from "./migrate_request.ts";

/** Said before and after: what the user's own databases hold stays changed. @param after what came of it; null: it has not begun */
export function tellInPlace(job: Job & MigrateRequest, after: RunSummary | null): void {
  if (job.given.inPlace === undefined) return;
  job.terminal.print(job.move === null ? changeText(job, after) : moveText(job, after));
}

function changeText(
  job: Job & MigrateRequest,
  after: RunSummary | null,
): string {
  const { config, file, given: { inPlace } } = job;
  const where = `the database "${inPlace}" at ${placeOfUrl(config.databaseUrl!).at}`;
  if (after === null) {
    return `! ${file} is made in ${where} itself, and nothing of it is undone afterwards.${ownText(job)}`;
  }
  const { steps = [], migration } = after.migration ?? {};
  const planned = migration?.steps.flatMap(({ statements }) => statements).length ?? 0;
  const done = steps.filter(({ endUs, error }) => endUs !== null && error === null).length;
  if (steps.length === 0) return `! Nothing of ${file} was begun in ${where}: the same command begins anew.`;
  return done === planned
    ? `${file} was made in ${where} itself: nothing of it is undone.`
    : `! Of ${file} ${formatCount(done)} of ${counted(planned, "statement")} ${
      done === 1 ? "was" : "were"
    } made in ${where} itself: nothing of it is undone.`;
}

/** What it means where that is no database of the user's: other runs ask the same one. */
function ownText({ config: { home, databaseUrl }, data }: Job & MigrateRequest): string {
  if (!isOwnServer(home, databaseUrl!)) return "";
  const anew = data === null
    ? ""
    : `; ${
      seedAnewCommand({ ...data, variation: resolveData(data).variation })
    }, with DATABASE_URL unset, makes its ` +
      "data set anew afterwards";
  return ` That database is Benchbook's own, and other runs of this home ask it too${anew}.`;
}

function moveText({ config, scenario: { name } }: Job & MigrateRequest, after: RunSummary | null): string {
  const [from, to] = [config.databaseUrl!, config.targetDatabaseUrl!].map((url) => {
    const { database, at } = placeOfUrl(url);
    return `"${database}" at ${at}`;
  });
  if (after === null) {
    return `! The tables of ${name} are copied from ${from} to ${to}, where they stay, and the load goes over to it.`;
  }
  return !wentOver(after.migration?.moved)
    ? `! The tables of ${name} are where they were, in ${from}. What was copied to ${to} was removed, unless it is named above.`
    : `What was copied of the tables of ${name} stays in ${to}; the load's own rows were removed at both servers.`;
}

import type { MigrationSummary } from "../model/migration_summary.ts";
import { SERVICE_NAMES, type ServiceFact } from "../model/run.ts";
import { measuredRequests, type RunSummary } from "../model/summary.ts";
import { formatCount, formatSeconds, isoMinutes } from "../model/units.ts";
import { datasetText } from "./dataset_text.ts";
import { loadModel } from "./method.ts";

/** What was measured, when, where and on what, for page one. */
export function provenance(summary: RunSummary): { readonly name: string; readonly value: string }[] {
  const { run, environment: env, accounting, migration, probe } = summary;
  const { dataset } = env;
  const services = env.services.filter(({ available }) => available).map((service) =>
    `${serviceName(service, env.services)} ${service.version ?? "of unknown version"} (${service.origin})`
  );
  return [
    { name: "Run", value: run.label === null ? run.runId : `${run.runId}, “${run.label}”` },
    { name: "Commit", value: run.gitCommit?.slice(0, 12) ?? "not in a Git checkout" },
    { name: "Date", value: `${isoMinutes(run.startedAt)} UTC` },
    ...probe === undefined
      ? [{ name: "Data", value: datasetText(dataset) }, { name: "Data hash", value: dataset.hash }]
      : [{ name: "Database", value: probe.probe.place }],
    { name: "Load", value: `${loadModel(run.config)}; seed ${run.seed}` },
    { name: "Duration", value: durationText(summary) },
    ...migration === undefined ? [] : [{ name: "Change", value: changeText(migration) }],
    {
      name: "Requests",
      value: `${formatCount(measuredRequests(summary))} measured of ${
        formatCount(accounting.scheduled)
      } scheduled`,
    },
    { name: "Versions", value: [...services, `Benchbook ${env.benchbook}`, `Deno ${env.deno}`].join(", ") },
    { name: "Host", value: `${env.hostname}: ${env.cpu}, ${env.cores} cores, ${env.os} ${env.kernel}` },
  ];
}

function durationText({ run: { config }, untilDecided, migration, probe }: RunSummary): string {
  if (probe !== undefined) return formatSeconds(probe.seconds);
  if (migration === undefined) {
    return `${formatSeconds(untilDecided?.seconds ?? config.durationSeconds)} measured after ${
      formatSeconds(config.warmupSeconds)
    } warm-up`;
  }
  return migration.segments.map(({ segment, startUs, endUs }) =>
    `${segment} ${formatSeconds((endUs - startUs) / 1e6)}`
  ).join(", ");
}

/** What was changed, how and where. */
function changeText({ migration: { name, file, variant, place, database } }: MigrationSummary): string {
  const what = variant === "own" ? file ?? name : `${name}, the ${variant} way`;
  return `${what}; ${place === "clone" ? `on a copy of ${database}` : `in ${database} itself`}`;
}

/** What a service is called: with the name of its instance where there are several of its kind. */
export function serviceName({ name, instance }: ServiceFact, all: readonly ServiceFact[]): string {
  const several = instance !== undefined && all.filter((other) => other.name === name).length > 1;
  return several ? `${SERVICE_NAMES[name]} (${instance})` : SERVICE_NAMES[name];
}

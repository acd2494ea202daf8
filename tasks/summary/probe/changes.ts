import { codeText } from "../../model/error_meaning.ts";
import { PROBE_METRICS, type ServerChange, type ServerSight } from "../../model/probe.ts";
import { type ProbeSample, sightOf } from "./samples.ts";

/** What became another of the way to the server, in order of time; the first is the server at the beginning. */
export function serverChanges(samples: readonly ProbeSample[]): ServerChange[] {
  const changes: ServerChange[] = [];
  let server: ServerSight | null = null;
  for (const sample of samples) {
    const { atUs, metric, labels } = sample;
    switch (metric) {
      case PROBE_METRICS.server: {
        const next = sightOf(sample);
        const compared = server === null ? {} : { compared: comparedTo(next, server) };
        changes.push({ atUs, kind: "server", text: serverText(next, server), ...compared });
        server = next;
        break;
      }
      case PROBE_METRICS.resolved:
        changes.push({
          atUs,
          kind: "resolved",
          text: `${labels.host ?? "the host's name"} stands for ${labels.addresses}`,
        });
        break;
      case PROBE_METRICS.away:
        changes.push({
          atUs,
          kind: "away",
          text: `new connections fail: ${codeText(labels.code || "no answer")}`,
        });
    }
  }
  return changes;
}

/** `10.0.0.2:5432, promoted (timeline 1 → 2)`. */
function serverText(server: ServerSight, before: ServerSight | null): string {
  const { address, port } = server;
  const facts = before === null ? [stateOf(server)] : differences(server, before);
  if (facts.length === 0) facts.push("answers again");
  return [port === 0 ? "over a Unix socket" : `${address}:${port}`, ...facts].join(", ");
}

function comparedTo(server: ServerSight, before: ServerSight): ServerChange["compared"] {
  const isAt = server.address === before.address && server.port === before.port;
  const isOf = server.system === before.system || server.system === null || before.system === null;
  return !isAt || !isOf ? "other" : differences(server, before).length > 0 ? "changed" : "same";
}

function stateOf({ recovery, readOnly, timeline }: ServerSight): string {
  const takes = recovery ? "a replica" : readOnly ? "takes no writes" : "takes writes";
  return timeline === null ? takes : `${takes}, timeline ${timeline}`;
}

function differences(server: ServerSight, before: ServerSight): string[] {
  const isOther = server.system !== null && before.system !== null && server.system !== before.system;
  const timeline = server.timeline !== before.timeline && server.timeline !== null && before.timeline !== null
    ? [`timeline ${before.timeline} → ${server.timeline}`]
    : [];
  const told = [
    ...isOther ? [`another cluster (system identifier ${before.system} → ${server.system})`] : timeline,
    ...server.address !== before.address || server.port !== before.port
      ? [`before: ${before.address}:${before.port}`]
      : [],
    ...!isOther && server.started !== before.started ? ["started anew"] : [],
    ...server.recovery !== before.recovery
      ? [server.recovery ? "a replica now" : "no replica any more"]
      : server.readOnly !== before.readOnly
      ? [server.readOnly ? "takes no writes now" : "takes writes again"]
      : [],
  ];
  return told;
}

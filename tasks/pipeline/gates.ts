import { join } from "node:path";
import type { ClientGate } from "../model/client_gate.ts";
import { joinGates } from "../move/client_gate.ts";
import { commandGate } from "../move/command_gate.ts";
import { graphqlGates } from "../stack/graphql_gate.ts";
import type { GraphqlService, Instance } from "../stack/services.ts";
import type { MoveServers } from "./move_servers.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** The gates of all clients of a system as one. @param command the user's, for clients of theirs; null: there are none */
export function gateOf(
  { stack, config: { home }, terminal }: SystemUnderTest,
  { source, target, loadGate }: MoveServers,
  command: string | null,
): ClientGate {
  const urls = { source: source.url, target: target.url };
  const log = join(home, "logs", "on-switch.log");
  const onOutput = (text: string) => terminal.print(`--on-switch: ${text.trimEnd()}`);
  const graphql = stack.instances.filter(isGraphql);
  return joinGates([
    ...command === null ? [] : [commandGate({ command, urls, log, onOutput })],
    // All processes of a service bear the URLs of all.
    ...graphql.slice(0, 1).flatMap((service) => graphqlGates(service, urls)),
    loadGate,
  ]);
}

function isGraphql(instance: Instance): instance is GraphqlService {
  return instance.service === "graphql" && "processUrls" in instance;
}

import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { embeddedGraphqlUrl } from "./graphql.ts";
import { findHaproxy, HAPROXY_ADVICE, haproxyVersion, startHaproxy } from "./haproxy.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import type { Instance, StackOptions } from "./services.ts";
import { freeName, record, type ServiceRecord } from "./state.ts";
import type { FoundProgram } from "./unpacked_program.ts";

/** @throws {ServiceError} where there is none */
export async function neededHaproxy(
  config: Config,
  { onStep, signal }: StackOptions,
): Promise<FoundProgram> {
  const program = await findHaproxy(config, onStep, signal);
  signal?.throwIfAborted();
  if (typeof program === "string") throw new ServiceError(`Cannot start HAProxy: ${program}`, HAPROXY_ADVICE);
  return program;
}

/**
 * A HAProxy before GraphQL processes of ours.
 * @param connections that are made to it
 * @throws {ServiceError} where it does not start; then it does not run
 */
export async function openHaproxy(
  program: FoundProgram,
  home: string,
  { owner, onStep, signal }: StackOptions,
  control: InstanceControl,
  processes: readonly Pick<ServiceRecord, "name" | "port">[],
  connections: number,
): Promise<Instance> {
  onStep?.("Starting HAProxy");
  const name = freeName(home, "haproxy");
  const servers = Object.fromEntries(processes.map(({ name, port }) => [name, port]));
  const start: StartInstance = (owner, port) =>
    startHaproxy({ home, program, name, servers, connections, port }, ({ process, port }) => {
      control.started.add(name);
      record(home, { name, process, port, stopSignal: "SIGTERM", facts: {} }, owner);
    }, signal);
  const { process, port } = await start(owner);
  control.add(name, start);
  return {
    name,
    service: "haproxy",
    role: "balancer",
    origin: "embedded",
    url: embeddedGraphqlUrl(port),
    version: await haproxyVersion(program),
    settings: { balance: "roundrobin", servers: Object.keys(servers).join(", ") },
    process,
  };
}

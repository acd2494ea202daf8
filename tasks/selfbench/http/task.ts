import type { Config } from "../../config.ts";
import { graphql } from "../../paths/graphql.ts";
import { datasets } from "../../seed/catalog.ts";
import { fillDatabase } from "../../pipeline/prepare.ts";
import { loadQuestion } from "../../targets/workload.ts";
import type { Finding } from "../finding.ts";
import { measurePart, type PartContext, type PartFindings } from "../measure_part.ts";
import { makeLoad, type OneArm } from "../one_arm.ts";
import { partCommand, readPart } from "../options.ts";
import { besidePeers } from "../peers/beside.ts";
import type { AbsentPeer, Peer } from "../peers/peer.ts";
import { withServer } from "../servers/serving.ts";
import { findHttpPeers } from "./peers.ts";
import type { Question } from "./question.ts";

/** What `selfbench http` is to measure. */
export interface HttpBenchPlan {
  readonly rounds: number;
  readonly seconds: number;
}

const CONNECTIONS = 8;
const WARMUP_SECONDS = 1;
const ROOT = new URL("../../../", import.meta.url).pathname;
const DATA = { dataset: "northwind", scale: "tiny", seed: 42 };
const ID = 1;

/** `selfbench http`: measures and prints. @throws {UsageError} for a command line that cannot be meant */
export async function httpPart(args: readonly string[], config: Config): Promise<void> {
  const title = "Measure GraphQL over HTTP in a closed loop of 8 beside other tools.";
  const task = partCommand("http", title, {
    rounds: ["turns of each side", "number of rounds", 1, 100],
    seconds: ["seconds of a turn", "number of seconds", 1, 600],
  });
  const { json, ...plan } = readPart<HttpBenchPlan>(task, args);
  await measurePart("http", { json, config }, [graphql.name], (context) => benchHttp(plan, context));
}

/** The same request by all sides: to a server that does next to nothing, and to GraphQL over a database. */
export async function benchHttp(plan: HttpBenchPlan, context: PartContext): Promise<PartFindings> {
  const { config, stack, terminal, signal } = context;
  const { statements } = await loadQuestion(`${ROOT}queries/workloads/access-paths`, "product-by-id");
  const question = statements[".graphql"]!;
  const peers = await terminal.step("Find the peers", async () => ({ value: await findHttpPeers() }));
  const findings = await withServer(
    "./instant.ts",
    [],
    ({ url }) =>
      beside("a server that answers at once", question.text, { url, headers: {} }, peers, plan, context),
  );
  const notMeasured: string[] = [];
  const { url } = await fillDatabase(stack, DATA, { replace: false, home: config.home }, terminal, signal);
  const service = await stack.graphql(url, datasets[DATA.dataset]!.schemas, { poolSize: CONNECTIONS });
  if (service.available) {
    const name = `GraphQL${service.version === null ? "" : ` (${service.version})`}`;
    findings.push(...await beside(name, question.text, service, peers, plan, context));
  } else notMeasured.push(`GraphQL over a database: ${service.reason}`);
  return { findings, notMeasured };
}

async function beside(
  server: string,
  text: string,
  { url, headers }: Pick<Question, "url" | "headers">,
  peers: readonly (Peer<Question> | AbsentPeer)[],
  { rounds, seconds }: HttpBenchPlan,
  context: PartContext,
): Promise<Finding[]> {
  const { dir, signal } = context;
  const arm: OneArm = {
    target: { path: graphql.name, url, headers },
    text,
    params: { product_id: { kind: "integer", min: ID, max: ID } },
    load: { clients: CONNECTIONS },
    warmup: WARMUP_SECONDS,
    seconds,
    connections: CONNECTIONS,
  };
  const ours = async () => {
    const recorded = await makeLoad(arm, dir, signal);
    return recorded.ok / recorded.seconds;
  };
  return await besidePeers({
    what: `closed loop of ${CONNECTIONS} against ${server}`,
    unit: "requests/s",
    step: `Post to ${server}`,
    rounds,
    ours,
    peers,
    question: { url, headers, body: JSON.stringify({ query: text, variables: { product_id: ID } }) },
    turn: { connections: CONNECTIONS, seconds, dir, signal },
    // The server's own code must be compiled before anyone's turn.
    before: ours,
  }, context);
}

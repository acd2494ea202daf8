import { type LoadPlan, mixOf } from "../load/plan.ts";
import { codeText } from "../model/error_meaning.ts";
import { ServiceError } from "../model/errors.ts";
import type { LedgerEntry } from "../model/migration.ts";
import { PROBE_METRICS, PROBE_SOURCE, type ServerSight } from "../model/probe.ts";
import { progressed } from "../model/progressed.ts";
import type { Sample } from "../model/run.ts";
import { sleep } from "../net/sleep.ts";
import { connectClient, type PgClient } from "../postgres/client.ts";
import { placeOfUrl } from "../postgres/place.ts";
import type { MissingWrites } from "../probe/carried.ts";
import {
  forgetLedger,
  isSameCluster,
  keepLedger,
  type LedgerPlace,
  ledgerSchema,
  type ProbeLedgerRecord,
} from "../probe/ledger_record.ts";
import { makeLedger, notMade, refuseHeard } from "../probe/ledger_table.ts";
import { dropRecorded, leftText } from "../probe/left_ledgers.ts";
import { lookAtServer } from "../probe/look_at_server.ts";
import type { Seen } from "../probe/server_watch.ts";
import { tellUnverified, verifyProbeLedger } from "../probe/verify_ledger.ts";
import { listening } from "../seed/listeners.ts";
import { self } from "../stack/process.ts";
import { slotWrites } from "../undo/may_write.ts";

/** The server may be away when the probe ends: it is waited for so long. */
const BACK_MS = 10_000;
const AGAIN_MS = 250;
/** What a server that is there says for good: the password, the role or the database is not what it was. */
const FINAL: ReadonlySet<string> = new Set(["28P01", "28000", "3D000"]);
/** Of all that is asked of it then. */
const CONNECT_MS = 3000;

/** What was kept of a run, for its ledger. */
export interface LoadThatWas {
  readonly plan: LoadPlan;
  /** Servers in the order in which they were met. */
  readonly seen: readonly Seen[];
  readonly atUs: number;
  readonly onEntries: (entries: readonly LedgerEntry[]) => void;
  readonly onSamples: (samples: readonly Sample[]) => void;
}

/** What the end of a ledger came to, in whole sentences. */
export interface LedgerEnd {
  /** What could not be found out. */
  readonly notes: readonly string[];
  /** What is left at the server that answers, or may be. */
  readonly left: readonly string[];
  /** What is left at servers that the URL does not lead to any more. */
  readonly elsewhere: readonly string[];
}

/** A probe's ledger on a user's server, from its making to its removal. */
export class ProbeLedger {
  readonly #home: string;
  readonly #url: string;
  readonly #session: string;
  #record: ProbeLedgerRecord;
  /** Why the last attempt to connect failed: a code, or in words. */
  #refusal = "no answer";

  private constructor(home: string, url: string, session: string, record: ProbeLedgerRecord) {
    this.#home = home;
    this.#url = url;
    this.#session = session;
    this.#record = record;
  }

  /** @throws {UsageError} where the role or the server does not allow it, {ServiceError} where it fails */
  static async make(
    { home, url, runId, session, client, server }: {
      readonly home: string;
      readonly url: string;
      readonly runId: string;
      readonly session: string;
      readonly client: PgClient;
      readonly server: ServerSight;
    },
  ): Promise<ProbeLedger> {
    const { host, port, database } = placeOfUrl(url);
    const record: ProbeLedgerRecord = {
      version: 1,
      schema: ledgerSchema(runId),
      mark: `Ledger of a Benchbook probe, ${crypto.randomUUID()}. It goes when the probe ends.`,
      owner: self(),
      of: { host, port, database },
      servers: [placeOf(server)],
    };
    await refuseHeard(client, record.schema, url);
    keepLedger(home, record);
    try {
      await makeLedger(client, record);
    } catch (error) {
      forgetLedger(home, record);
      throw notMade(error, url);
    }
    return new ProbeLedger(home, url, session, record);
  }

  get schema(): string {
    return this.#record.schema;
  }

  /**
   * Makes it at a server that has none, as far as the role may, and nobody there would hear of it.
   * @returns who would, and so kept it from being made
   */
  async makeAnew(client: Parameters<typeof makeLedger>[0], server: ServerSight): Promise<readonly string[]> {
    const heard = await listening(client, [this.schema]);
    if (heard.length > 0) return heard;
    const known = this.#record.servers.some((other) => isSameCluster(other, server));
    if (!known) this.#keep([...this.#record.servers, placeOf(server)]);
    await makeLedger(client, this.#record).catch((error) => {
      // A schema without its table, or a server that does not allow it: writes fail there, and are told of.
      if (typeof (error as { code?: unknown }).code !== "string") throw error;
    });
    return [];
  }

  /** Looks for every write, and removes the ledger. */
  async end(load: LoadThatWas, signal: AbortSignal): Promise<LedgerEnd> {
    const client = await this.#connect(signal);
    if (client === null) {
      keepLedger(this.#home, { ...this.#record, owner: null });
      tellUnverified(this.#verifying(load));
      return {
        notes: [
          `The ledger could not be looked at: no server let it in when the probe had ended: ${
            codeText(this.#refusal)
          }.`,
        ],
        left: [leftText(this.#home, this.#record, this.#record.servers, null)],
        elsewhere: [],
      };
    }
    try {
      const notes = await this.#verify(client, load);
      return { ...await this.#remove(client), notes };
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** Removes it where no load was made. */
  async remove(signal: AbortSignal): Promise<readonly string[]> {
    const client = await this.#connect(signal);
    if (client === null) {
      keepLedger(this.#home, { ...this.#record, owner: null });
      return [leftText(this.#home, this.#record, this.#record.servers, null)];
    }
    try {
      return (await this.#remove(client)).left;
    } finally {
      await client.end().catch(() => {});
    }
  }

  #verifying({ plan, onEntries }: LoadThatWas) {
    const { spoolDir } = plan;
    const writes = slotWrites({ ...plan, loop: "open" });
    return { spoolDir, writes, arms: [{ path: "sql" as const, ours: true }], onEntries };
  }

  async #verify(client: PgClient, load: LoadThatWas): Promise<string[]> {
    const { plan, seen, atUs, onSamples } = load;
    const last = await lookAtServer(client, seen.at(-1)!.server);
    const servers = last === seen.at(-1)!.server
      ? seen
      : [...seen, { atUs, server: last, carriers: null, hadNoTable: false }];
    try {
      const missing = await verifyProbeLedger({
        ...this.#verifying(load),
        client,
        schema: this.schema,
        mix: mixOf(plan),
        // Numbers are dealt over all streams, and the ledger's is the first.
        rate: plan.streams[0]!.rate * plan.streams.length,
        seen: servers,
      });
      onSamples(samplesOf(missing, atUs));
      return [];
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      tellUnverified(this.#verifying(load));
      return [`${error.message}.`];
    }
  }

  async #remove(client: PgClient): Promise<Pick<LedgerEnd, "left" | "elsewhere">> {
    try {
      const { dropped, left, isHere } = await dropRecorded(this.#home, client, this.#record);
      progressed();
      return dropped || !isHere ? { left: [], elsewhere: left } : { left, elsewhere: [] };
    } catch (error) {
      keepLedger(this.#home, { ...this.#record, owner: null });
      return {
        left: [leftText(this.#home, this.#record, this.#record.servers, (error as Error).message)],
        elsewhere: [],
      };
    }
  }

  async #connect(signal: AbortSignal): Promise<PgClient | null> {
    const until = performance.now() + BACK_MS;
    for (;;) {
      try {
        return await connectClient(this.#url, {
          applicationName: this.#session,
          connectTimeoutMs: CONNECT_MS,
        });
      } catch (error) {
        this.#refusal = (error as { code?: string }).code ?? (error as Error).message;
        if (performance.now() >= until || signal.aborted || FINAL.has(this.#refusal)) return null;
        progressed();
        await sleep(AGAIN_MS);
      }
    }
  }

  #keep(servers: readonly LedgerPlace[]): void {
    this.#record = { ...this.#record, servers };
    keepLedger(this.#home, this.#record);
  }
}

function placeOf({ system, address, port }: ServerSight): LedgerPlace {
  return { system, address, port };
}

function samplesOf({ notReplicated, unclear, why }: MissingWrites, atUs: number): Sample[] {
  const sample = (metric: string, value: number, labels: Sample["labels"] = {}): Sample => ({
    atUs: Math.round(atUs),
    source: PROBE_SOURCE,
    metric,
    labels,
    value,
  });
  return [
    sample(PROBE_METRICS.notReplicated, notReplicated.size),
    sample(PROBE_METRICS.unclear, unclear.size),
    ...why.map((text) => sample(PROBE_METRICS.carried, 1, { text })),
  ];
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Client } from "pg";
import { PROBE_METRICS, PROBE_SOURCE, type ServerSight } from "../model/probe.ts";
import type { Sample } from "../model/run.ts";
import { listed } from "../model/units.ts";
import { sleep } from "../net/sleep.ts";
import { connectClient } from "../postgres/client.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { type Carriers, carriersOf, lookAtServer, placeOfServer } from "./look_at_server.ts";

/** A new connection as often as this: where new ones lead to is what a switch-over changes. */
const PERIOD_MS = 500;
const CONNECT_MS = 2000;
const ANSWER_MS = 5000;
/** A publication may be made meanwhile: it is looked for at every so many looks. */
const CARRIERS_EVERY = 10;

export interface WatchServerOptions {
  /** May hold a password. */
  readonly url: string;
  /** Further hosts whose names are looked up. */
  readonly others: readonly string[];
  /** What its connections are called at the server. */
  readonly session: string;
  /** Of the ledger; null without one. */
  readonly schema: string | null;
  /** The server that was asked before the run. */
  readonly first: ServerSight;
  readonly nowUs: () => number;
  readonly emit: (samples: readonly Sample[]) => void;
  /**
   * Makes the ledger's table at a server that has none; it is not called again for this server. Gives what kept it from that, as
   * `publication live (FOR ALL TABLES)`.
   */
  readonly makeAnew: (client: Client, server: ServerSight) => Promise<readonly string[]>;
}

/** A server as it was seen, with what is known of the ledger there. */
export interface Seen {
  readonly atUs: number;
  readonly server: ServerSight;
  /** At the last look while it answered; null where it was not looked for, or could not be. */
  carriers: Carriers | null;
  /** The table was not there when the server was met, or later. */
  hadNoTable: boolean;
}

export interface ServerWatch {
  /** Ends it. @returns the servers in the order in which they were met */
  stop(): Promise<readonly Seen[]>;
}

/** Looks again and again which server new connections reach and what the host's name stands for, and tells what changes. */
export function watchServer(options: WatchServerOptions): ServerWatch {
  const watch = new Watch(options);
  const ended = watch.run();
  return {
    async stop() {
      watch.over = true;
      await ended;
      return watch.seen;
    },
  };
}

class Watch {
  over = false;
  readonly seen: Seen[];
  readonly #options: WatchServerOptions;
  #last: Seen;
  #looks = 0;
  #away: string | null = null;
  readonly #resolved = new Map<string, string>();
  readonly #hosts: readonly string[];

  constructor(options: WatchServerOptions) {
    this.#options = options;
    const hosts = new Set([placeOfUrl(options.url).host, ...options.others]);
    this.#hosts = [...hosts].filter((host) =>
      !host.startsWith("/") && isIP(host.replace(/^\[|\]$/g, "")) === 0
    );
    this.#last = { atUs: 0, server: options.first, carriers: null, hadNoTable: false };
    this.seen = [this.#last];
    this.#tell(PROBE_METRICS.server, labelsOf(options.first), 0);
  }

  async run(): Promise<void> {
    while (!this.over) {
      const began = performance.now();
      await Promise.all([...this.#hosts.map((host) => this.#resolve(host)), this.#look()]);
      for (let left = PERIOD_MS - (performance.now() - began); left > 0 && !this.over; left -= 50) {
        await sleep(Math.min(50, left));
      }
    }
  }

  async #resolve(host: string): Promise<void> {
    const addresses = await lookup(host, { all: true, verbatim: true }).then(
      (found) => found.map(({ address }) => address).sort().join(", "),
      (error) => (error as { code?: string }).code ?? "not found",
    );
    if (addresses === this.#resolved.get(host)) return;
    this.#resolved.set(host, addresses);
    this.#tell(PROBE_METRICS.resolved, { host, addresses });
  }

  async #look(): Promise<void> {
    const { url, session } = this.#options;
    let client: Client;
    try {
      client = await connectClient(url, {
        applicationName: session,
        connectTimeoutMs: CONNECT_MS,
        queryTimeoutMs: ANSWER_MS,
      });
    } catch (error) {
      return this.#tellAway(error);
    }
    try {
      await this.#meet(client);
    } catch (error) {
      this.#tellAway(error);
    } finally {
      await client.end().catch(() => {});
    }
  }

  async #meet(client: Client): Promise<void> {
    const { schema, makeAnew } = this.#options;
    const server = await lookAtServer(client, this.#last.server);
    if (server !== this.#last.server) {
      this.#last = { atUs: Math.round(this.#options.nowUs()), server, carriers: null, hadNoTable: false };
      this.seen.push(this.#last);
      this.#looks = 0;
      this.#tell(PROBE_METRICS.server, labelsOf(server));
    } else if (this.#away !== null) this.#tell(PROBE_METRICS.server, labelsOf(server));
    this.#away = null;
    if (schema === null || this.#looks++ % CARRIERS_EVERY !== 0) return;
    this.#last.carriers = await carriersOf(client, schema);
    if (this.#last.carriers.table || this.#last.hadNoTable || server.readOnly) return;
    this.#last.hadNoTable = true;
    const heard = await makeAnew(client, server);
    if (heard.length === 0) return;
    const text = `The probe made no table at ${placeOfServer(server)}, where ${
      listed(heard)
    } would have heard of it.`;
    this.#tell(PROBE_METRICS.carried, { text });
  }

  #tellAway(error: unknown): void {
    const code = (error as { code?: string }).code ?? "";
    if (this.#away === code || this.over) return;
    this.#away = code;
    // Once it answers again all is looked at.
    this.#looks = 0;
    this.#tell(PROBE_METRICS.away, { code });
  }

  #tell(
    metric: string,
    labels: Readonly<Record<string, string>>,
    atUs = Math.round(this.#options.nowUs()),
  ): void {
    this.#options.emit([{ atUs, source: PROBE_SOURCE, metric, labels, value: 1 }]);
  }
}

function labelsOf({ address, port, started, system, timeline, recovery, readOnly }: ServerSight) {
  return {
    address,
    port: String(port),
    started,
    system: system ?? "",
    timeline: timeline ?? "",
    recovery: String(recovery),
    readOnly: String(readOnly),
  };
}

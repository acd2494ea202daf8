import { ServiceError } from "../../model/errors.ts";
import { UNLIMITED, withClient } from "../../seed/connect.ts";
import type { Dataset } from "../../seed/dataset.ts";
import { contentHash, sumTables } from "../../seed/hash.ts";
import { askProcess } from "../own_process.ts";
import type { Contestant } from "../rounds.ts";
import type { CopyFiles } from "./copy_files.ts";
import { type After, copyFromFiles } from "./peer.ts";
import { initialise, type Pgbench } from "./pgbench.ts";
import type { Seeded, SeedOrder } from "./seed_messages.ts";
import { type Server, withFreshDatabase } from "./server.ts";

/** What the sides have in common. */
export interface SideContext {
  readonly server: Server;
  readonly dataset: Dataset;
  readonly files: CopyFiles;
  readonly order: Omit<SeedOrder, "url" | "work">;
  readonly signal: AbortSignal;
}

/** What a side needed in a round. */
export interface Did {
  readonly seconds: number;
  /** The most that the process which seeds had resident; null where it is not known, or it is not ours. */
  readonly peakBytes: number | null;
  /** See `Seeded`; null where it is not ours. */
  readonly prepareSeconds: number | null;
}

/** Benchbook's own seeding, by `seed` as the product calls it. */
export function oursSide(name: string, work: SeedOrder["work"], context: SideContext): Contestant<Did> {
  const { server, order, signal } = context;
  return {
    name,
    run: (round, tell) =>
      withFreshDatabase(server, signal, async (url) => {
        const seeded = await askProcess<string, Seeded>({
          doing: "measure the seeding",
          module: new URL("./seed_process.ts", import.meta.url),
          order: { ...order, url, work } satisfies SeedOrder,
          onSaid: tell,
          signal,
        });
        if (seeded.hash !== context.files.hash) throw otherRows(name, seeded.hash, context);
        if (round === 0) await readBack(name, url, context, tell);
        return seeded;
      }),
  };
}

/** The server's own COPY of the same rows from files, and what follows it. */
export function copySide(
  name: string,
  connections: number,
  after: After,
  context: SideContext,
): Contestant<Did> {
  const { server, dataset, files, signal } = context;
  return {
    name,
    run: (round, tell) =>
      withFreshDatabase(server, signal, async (url) => {
        const seconds = await copyFromFiles({ url, dataset, files, connections }, after);
        if (round === 0) await readBack(name, url, context, tell);
        return { seconds, peakBytes: null, prepareSeconds: null };
      }),
  };
}

/** pgbench with rows of its own. */
export function pgbenchSide(
  name: string,
  program: Pgbench,
  scale: number,
  context: SideContext,
): Contestant<Did> {
  const { server, signal } = context;
  return {
    name,
    run: () =>
      withFreshDatabase(server, signal, async (url) => {
        const seconds = await initialise(program, url, scale, signal);
        return { seconds, peakBytes: null, prepareSeconds: null };
      }),
  };
}

/** Reads what a side has stored. Once a side: it always does the same, and at a large scale reading takes longer. */
async function readBack(
  name: string,
  url: string,
  context: SideContext,
  tell: (text: string) => void,
): Promise<void> {
  tell("reading back");
  const hash = contentHash(await withClient(url, (client) => sumTables(client, context.dataset), UNLIMITED));
  if (hash !== context.files.hash) throw otherRows(name, hash, context);
}

function otherRows(name: string, hash: string, { files }: SideContext): ServiceError {
  return new ServiceError(
    `Cannot compare "${name}" with the others: it loaded other rows (hash ${hash}, that of the files is ${files.hash})`,
    "This is a defect of Benchbook.",
  );
}

import { applyChange } from "../clone/apply_change.ts";
import { cloneName, type CloneRecord } from "../clone/clone_record.ts";
import {
  type Cloneable,
  databaseText,
  inspectCloneable,
  openElsewhere,
  refuseConnected,
} from "../clone/cloneable.ts";
import { dropClone, leftText } from "../clone/drop_clone.ts";
import { makeClone } from "../clone/make_clone.ts";
import { UsageError } from "../model/errors.ts";
import { type TierUpkeep, upkeepOf } from "../model/tier_settings.ts";
import { owe } from "../model/owed.ts";
import { formatBytes } from "../model/units.ts";
import type { Tier } from "../paths/tier.ts";
import { openClient, withClient } from "../seed/connect.ts";
import { isEmbedded, type Stack } from "../stack/services.ts";
import { installTier } from "../tiers/install_tier.ts";
import type { PlacedTier } from "../tiers/placed_tier.ts";
import { urlOf } from "../undo/place.ts";
import { freeForClone, refuseWithoutRoomForClone } from "./clone_room.ts";
import type { HeldDatabase } from "./hold_database.ts";
import type { Job } from "./job.ts";
import { statementsText, unreadText, wantedBy, type WantedClone } from "./wanted_clones.ts";

const LEFT =
  "A clone of the database may be left: the next deno task bench drops it, and so does deno task clean --writes.";

/** The clones of a job. */
export class ArmClones {
  readonly #job: Job;
  readonly #wanted: readonly WantedClone[];
  readonly #urls = new Map<string, string>();
  readonly #records: CloneRecord[] = [];
  readonly #lacking: string[] = [];
  /** Whether a change could not be applied. */
  #failed = false;
  #paid = () => {};
  #original: { readonly url: string; readonly database: Cloneable; readonly embedded: boolean } | null = null;

  constructor(job: Job) {
    this.#job = job;
    this.#wanted = wantedBy(job);
  }

  /** By the names of arms; may hold passwords. */
  get urls(): ReadonlyMap<string, string> {
    return new Map(this.#wanted.flatMap(({ name, arms }) => {
      const url = this.#urls.get(name);
      return url === undefined ? [] : arms.map((arm): [string, string] => [arm, url]);
    }));
  }

  /** The tiers that are there, with the arms that ask them. */
  get tiers(): readonly PlacedTier[] {
    return this.#wanted.flatMap(({ name, arms, change }) => {
      const url = this.#urls.get(name);
      return "migration" in change && url !== undefined
        ? [{ tier: change, arms, url, upkeep: this.#upkeepOf(change) }]
        : [];
    });
  }

  /** What the run as a whole is measured on; may hold a password. @param original its database, where nothing is migrated */
  measured(original: string): string {
    const whole = this.#wanted.find(({ arms }) => arms.length === 0);
    return whole === undefined ? original : this.#urls.get(whole.name) ?? original;
  }

  /** What clones do not have of the original, and what may not go with them, a sentence each. */
  get lacking(): readonly string[] {
    return this.#lacking;
  }

  /**
   * Looks whether a database of the user's may and can be cloned, before anything is done with it.
   * @throws {UsageError} without `--clone`, saying what it would do, and where a right is lacking or others are in it
   */
  async check({ postgres }: Stack): Promise<void> {
    const { runId, given } = this.#job;
    const [wanted] = this.#wanted;
    if (wanted === undefined || isEmbedded(postgres)) return;
    const url = postgres.adminUrl;
    const database = await inspectCloneable(url, runId, false, wanted.instead);
    if (given.clone) return await refuseConnected(url, database, runId);
    const names = this.#wanted.map((_, index) => cloneName(runId, index + 1));
    throw new UsageError(
      `Cannot ${wanted.what} a clone of ${databaseText(database.place.database, url)}, which takes ${
        formatBytes(database.bytes)
      } of the server's disk, and --clone is not given`,
      `With --clone Benchbook makes ${
        names.join(", ")
      } on that server by CREATE DATABASE … TEMPLATE, for which nobody ` +
        `else may be connected to "${database.place.database}" (who comes then waits), ${wanted.then}, and drops ` +
        "it. Nothing was changed.",
    );
  }

  /**
   * Makes the clones and applies the changes.
   * @param url of the database as it is to be measured; may hold a password
   * @throws {UsageError} where that cannot be, with what PostgreSQL says; {ServiceError} without room on the disk
   */
  async make({ postgres }: Stack, url: string, held: HeldDatabase): Promise<void> {
    const { config: { home }, runId } = this.#job;
    const embedded = isEmbedded(postgres);
    for (const wanted of this.#wanted) {
      // Nobody is sent away from a database that is Benchbook's own.
      const database = await inspectCloneable(url, runId, embedded, embedded ? "" : wanted.instead);
      this.#original = { url, database, embedded };
      await this.#clone(wanted, freeForClone({ home, url, embedded, database }), held);
      await this.#apply(wanted);
    }
    // What was copied and made is on disk before anything is measured; elsewhere that is for the server to say.
    if (embedded && this.#wanted.length > 0) await withClient(url, (client) => client.query("CHECKPOINT"));
  }

  async #clone({ name, unread }: WantedClone, free: number | null, held: HeldDatabase): Promise<void> {
    const { terminal, config: { home }, runId, signal } = this.#job;
    const { url, database, embedded } = this.#original!;
    const of = this.#wanted.length > 1 ? ` for ${name}` : "";
    await terminal.step(`Clone the database${of}`, async (progress) => {
      const size = formatBytes(database.bytes);
      if (!embedded) {
        const room = free === null ? "how much is free is not known" : `${formatBytes(free)} are free`;
        progress.note(`${size} on the server, ${room}`);
      }
      refuseWithoutRoomForClone(database, free);
      const at = this.#records.length;
      const keep = (record: CloneRecord) => {
        if (this.#records.length === 0) this.#paid = owe(LEFT);
        this.#records[at] = record;
      };
      const { record, lacking } = await held.released(() =>
        makeClone({ home, url, database, runId, signal }, keep)
      );
      this.#urls.set(name, urlOf(url, record.name));
      const known = [...lacking, ...unread.length === 0 ? [] : [unreadText(unread)]];
      for (const sentence of known) progress.note(sentence);
      this.#lacking.push(...known);
      return { value: null, detail: size };
    });
  }

  async #apply({ name, change }: WantedClone): Promise<void> {
    const { terminal, runId, signal, config: { root }, plan: { seed } } = this.#job;
    const url = this.#urls.get(name)!;
    if ("migration" in change) {
      await terminal.step(`Make the tier ${change.name} by ${change.migration}`, async (onStatement) => {
        const length = await installTier(change, {
          root,
          url,
          runId,
          seed,
          upkeep: this.#upkeepOf(change),
          signal,
          onStatement,
        });
        return { value: null, detail: statementsText({ length }) };
      });
    } else if (change.statements.length > 0) {
      await terminal.step(`Apply ${change.file}`, async (progress) => {
        const onStatement = ({ shown }: { readonly shown: string }) => progress(shown);
        await applyChange(change, { url, runId, signal, onStatement }).catch((error) => {
          this.#failed = !signal.aborted;
          throw error;
        });
        return { value: null, detail: statementsText(change.statements) };
      });
    }
  }

  #upkeepOf({ name }: Tier): TierUpkeep | null {
    return upkeepOf(name, this.#job.scenario.settings);
  }

  /** Drops all that was made, and says what is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#records.length === 0) return;
    const left = await this.#drop();
    this.#paid();
    for (const line of left) this.#job.terminal.print(`! ${line}`);
    if (this.#failed && left.length === 0) {
      this.#job.terminal.print("The clone that the change was tried on is dropped.");
    }
    this.#job.leftClones.push(...left);
  }

  async #drop(): Promise<string[]> {
    const { config: { home }, runId } = this.#job;
    const { url, database } = this.#original!;
    const left: string[] = [];
    try {
      const client = await openElsewhere(url, database, runId).catch(() => openClient(url, "benchbook undo"));
      try {
        for (const record of this.#records) {
          const dropped = await dropClone(home, record, client);
          if (typeof dropped !== "string") left.push(dropped.left);
        }
      } finally {
        await client.end().catch(() => {});
      }
    } catch (error) {
      left.push(...this.#records.map((record) => leftText(record, `${(error as Error).message}.`, home)));
    }
    return left;
  }
}

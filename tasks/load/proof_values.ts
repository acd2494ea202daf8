import { UsageError } from "../model/errors.ts";
import { isCaptured } from "../model/scenario.ts";
import type { CapturedRow } from "./captured_row.ts";
import { type Mix, NOT_CAPTURED } from "./mix.ts";
import type { LoadedScenario } from "./scenario.ts";

/** Whose values are wanted: an operation's, drawn by a slot, with the reserved keys of the slot `own`. */
export interface Wanted {
  /** Of the operation. */
  readonly index: number;
  readonly slot: number;
  /** Where what it captures is asked; a URL. */
  readonly database: string;
  readonly own: number;
}

type Drawn = ReturnType<Mix["valuesOf"]>;

/** The values that the comparison of paths asks with. */
export class ProofValues {
  readonly #drawn = new Map<string, Promise<Drawn>>();

  /** @param ask asks an earlier step of a session by SQL; gives its first row */
  constructor(
    readonly scenario: Pick<LoadedScenario, "operations">,
    readonly mix: Mix,
    readonly ask: (wanted: Wanted) => Promise<CapturedRow | undefined>,
  ) {}

  /**
   * Earlier steps are asked once for each slot `own` and database: where one of them writes, nobody else finds its row
   * changed already.
   */
  of(wanted: Wanted): Promise<Drawn> {
    const { index, slot, database, own } = wanted;
    const key = `${index} ${slot} ${own} ${database}`;
    const drawn = this.#drawn.get(key) ?? this.#draw(wanted);
    this.#drawn.set(key, drawn);
    return drawn;
  }

  async #draw({ index, slot, database, own }: Wanted): Promise<Drawn> {
    const { operations } = this.scenario;
    const { params } = operations[index]!;
    const captured: Record<string, CapturedRow> = {};
    for (const draw of Object.values(params)) {
      if (!isCaptured(draw) || captured[draw.from] !== undefined) continue;
      const from = operations.findIndex(({ name }) => name === draw.from);
      const row = await this.ask({ index: from, slot, database, own });
      if (row === undefined) {
        throw new UsageError(
          `Cannot continue with the session after ${draw.from}: it answers no row for ${
            JSON.stringify(this.mix.valuesOf(slot, from, NOT_CAPTURED))
          }`,
          "A step whose answer is captured must answer for every value that is drawn.",
        );
      }
      captured[draw.from] = row;
    }
    const keys = Object.keys(params).filter((name) => params[name]!.kind === "reserved");
    const reserved = this.mix.valuesOf(own, index, NOT_CAPTURED);
    return {
      ...this.mix.valuesOf(slot, index, captured),
      ...Object.fromEntries(keys.map((name) => [name, reserved[name]!])),
    };
  }
}

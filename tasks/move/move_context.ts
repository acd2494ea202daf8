import type { PgClient } from "../postgres/client.ts";
import type { MoveSide } from "../model/client_gate.ts";
import type { Link } from "./link.ts";
import type { MoveComparison, MoveOptions, MovePause } from "./move_options.ts";
import type { MoveRecord } from "./move_record.ts";
import type { MoveNames } from "./move_sql.ts";
import type { CarriedSequences } from "./sequences.ts";
import type { KeptCatalogue } from "./kept_catalogue.ts";
import type { RunPart } from "./move_steps.ts";
import type { MovedTables } from "./moved_tables.ts";

/** A move while it goes on. */
export interface Mover {
  readonly options: MoveOptions;
  readonly names: MoveNames;
  readonly tables: MovedTables;
  /** Whether there is a way back. */
  readonly wayBack: boolean;
  readonly source: PgClient;
  readonly target: PgClient;
  /** From the source to the target, and back. */
  readonly out: Link;
  readonly back: Link;
  readonly run: RunPart;
  /** The source's. */
  readonly catalogue: KeptCatalogue;
  /** Opens a session of a further purpose, which ends with the move's. */
  session(side: MoveSide): Promise<PgClient>;
  /** Ends with the move what goes on beside it. */
  atEnd(stop: () => Promise<void>): void;
  /** Keeps what the next start must know. */
  keep(change: Partial<Pick<MoveRecord, "subscription" | "switched" | "at">>): void;
  /** Where clients are. */
  at: MoveSide;
  readonly pauses: MovePause[];
  readonly compared: MoveComparison[];
  /** What sequences at the target were set to. */
  sequences: CarriedSequences["values"];
  /** What is to be known besides, as sentences. */
  readonly notes: string[];
  /** What could not be undone, as sentences. */
  readonly left: string[];
}

/** The other one. */
export function otherSide(side: MoveSide): MoveSide {
  return side === "source" ? "target" : "source";
}

/** How fast a server works, known to a factor: it is hardly less than `value / spread` or more than `value * spread`. */
export interface Rate {
  readonly value: number;
  readonly spread: number;
}

/** What PostgreSQL takes for a piece of work, of tables and rows of any kind. */
export interface MachineRates {
  /** For a statement, whatever it does, ms: its commit has reached the disk then. */
  readonly statementMs: Rate;
  /** To write a table anew, its indexes left out, µs a KiB. */
  readonly rewriteUsPerKiB: Rate;
  /** To check a row, µs. */
  readonly scanUsPerRow: Rate;
  /** To look a row up in the table that a key refers to, µs. */
  readonly lookUpUsPerRow: Rate;
  /** To sort a row into an index, µs. */
  readonly indexUsPerRow: Rate;
  /** To write rows of a query into a table without indexes, µs a KiB. */
  readonly writeUsPerKiB: Rate;
  /** To change a row, its indexes left out, µs. */
  readonly changeUsPerRow: Rate;
  /** To enter a changed row into an index, µs. */
  readonly entryUsPerRow: Rate;
  /** For a unit of the planner's costs, ms. */
  readonly msPerCost: Rate;
}

export type RateName = keyof MachineRates;

/** A measured rate is right to this factor: a machine is never the same twice. */
export const MEASURED_SPREAD = 1.3;
/** One that follows from what was measured of other work. */
export const SCALED_SPREAD = 2;
/** A rate as it was measured. */
export function measuredRate(value: number): Rate {
  return { value, spread: MEASURED_SPREAD };
}

/** Machines differ by as much. */
const UNKNOWN_SPREAD = 3;

const unknown = (value: number): Rate => ({ value, spread: UNKNOWN_SPREAD });

/** Of a server that nothing was measured on: those of a machine of two cores with an SSD, PostgreSQL 18. */
export const DEFAULT_RATES: MachineRates = {
  statementMs: unknown(2),
  rewriteUsPerKiB: unknown(9),
  scanUsPerRow: unknown(0.06),
  lookUpUsPerRow: unknown(0.2),
  indexUsPerRow: unknown(0.35),
  writeUsPerKiB: unknown(5),
  changeUsPerRow: unknown(3),
  entryUsPerRow: unknown(1.2),
  msPerCost: unknown(0.011),
};

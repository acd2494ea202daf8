import { YEAR } from "./distributions.ts";

/** A month's partition of events.events. */
export interface Partition {
  readonly relation: string;
  /** Its first millisecond since 1970; it ends where the next one starts. */
  readonly start: number;
}

/** The months in order, as tables.sql makes them. */
export const PARTITIONS: readonly Partition[] = Array.from({ length: 12 }, (_, month) => ({
  relation: `events.events_${YEAR}_${String(month + 1).padStart(2, "0")}`,
  start: Date.UTC(YEAR, month, 1),
}));

/** Takes what happens outside of these months. */
export const DEFAULT_PARTITION = "events.events_default";

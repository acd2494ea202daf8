import { firstWhere } from "../../stats/first_where.ts";
import { counter } from "../../random/counter.ts";
import { type Calendar, YEAR_END, YEAR_START } from "./calendar.ts";

/** A session lasts about so long at the year's mean traffic. */
const SESSION_MS = 30 * 60_000;

/**
 * How events are grouped. A window is a run of neighbouring events that belong to the same few sessions, so
 * that a session is known from an event's index alone.
 */
export interface Windows {
  /** Events of a window; the last one may have fewer. */
  readonly events: number;
  readonly sessions: number;
  /**
   * The part of its stretch of the year that a window's events fill: 1 where sessions follow on each other
   * densely, less where there are few, which then are moments of activity with silence between them.
   */
  readonly filled: number;
}

/** Windows for so many events a year: about half an hour each, and no fewer than two sessions long. */
export function windowsOf(events: number, perSession: number): Windows {
  const perMs = events / (YEAR_END - YEAR_START);
  const size = Math.max(Math.round(2 * perSession), Math.round(SESSION_MS * perMs));
  return {
    events: size,
    sessions: Math.max(1, Math.round(size / perSession)),
    filled: Math.min(1, SESSION_MS * perMs / size),
  };
}

/** When each event happens: milliseconds since 1970, monotone in the event's index. */
export interface Timeline {
  at(index: number): number;
  /** The index of the first event at or after that moment; all events' count where there is none. */
  firstAt(ms: number): number;
}

/**
 * Spreads `count` events over the year: each at a random place within its own share of its window, and the
 * window's moment of activity at a random place within the window's share of the year.
 */
export function timeline(seed: number, count: number, windows: Windows, { at: moment }: Calendar): Timeline {
  const random = counter(seed, "events.time");
  const begins = counter(seed, "events.window_begin");
  const { events: size, filled } = windows;
  let window = -1;
  let first = 0;
  let base = 0;

  function at(index: number): number {
    const wanted = index / size | 0;
    if (wanted !== window) {
      window = wanted;
      first = window * size;
      base = first + (1 - filled) * Math.min(size, count - first) * begins.float(window);
    }
    return moment((base + filled * (index - first + random.float(index))) / count);
  }

  return {
    at,
    firstAt: (ms) => firstWhere(0, count, (index) => at(index) >= ms),
  };
}

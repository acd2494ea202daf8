import { alias } from "../../random/alias.ts";
import { counter } from "../../random/counter.ts";
import { zipfWeights } from "../../random/zipf.ts";
import type { Shape } from "../dataset.ts";
import type { Distributions } from "./distributions.ts";
import { organizationAt, userId } from "./keys.ts";
import type { Windows } from "./timeline.ts";

/** The sessions of one window after another: who is there, and by which device. */
export interface EventSessions {
  /** Makes the sessions of a window the current ones; costs nothing where they are already. */
  open(window: number): void;
  /** The session of an event in the current window, by its place in the arrays below. */
  slot(index: number): number;
  /** Of the current window, by slot; a session id is global. */
  readonly ids: Int32Array;
  readonly organizations: Int32Array;
  readonly users: Int32Array;
  readonly devices: Uint8Array;
}

/** Sessions by Zipf's law over organizations and, within one, over its users; `shape` must be the whole data set's. */
export function sessions({ seed, counts, distributions }: Shape, windows: Windows): EventSessions {
  const declared = distributions as Distributions;
  const random = counter(seed, "events.sessions");
  const slots = counter(seed, "events.session_slot");
  const organizations = counts.organizations!;
  const perOrganization = counts.users!;
  const events = counts.events!;

  const byRank = alias(zipfWeights(organizations, declared["events.tenantSkew"]));
  const ranked = organizationAt(organizations);
  const organizationByRank = Int32Array.from({ length: organizations }, (_, rank) => ranked(rank));
  const userByRank = alias(zipfWeights(perOrganization, declared["events.userSkew"]));
  const scatter = scattered(perOrganization);
  const turns = counter(seed, "events.user_rank");
  const turn = Int32Array.from(
    { length: organizations },
    (_, organization) => turns.integer(organization, 0, perOrganization),
  );
  const device = alias(declared["events.device"]);

  const state = {
    ids: new Int32Array(windows.sessions),
    organizations: new Int32Array(windows.sessions),
    users: new Int32Array(windows.sessions),
    devices: new Uint8Array(windows.sessions),
  };
  let current = -1;
  let open = 0;
  return {
    ...state,
    open(window) {
      if (window === current) return;
      current = window;
      const length = Math.min(windows.events, events - window * windows.events);
      open = Math.max(1, Math.round(windows.sessions * length / windows.events));
      for (let slot = 0; slot < open; slot++) {
        const session = window * windows.sessions + slot;
        const organization = organizationByRank[byRank.sample(random.float(session, 0))]!;
        // One order of activity, begun elsewhere in each organization.
        let user = scatter[userByRank.sample(random.float(session, 1))]! + turn[organization]!;
        if (user >= perOrganization) user -= perOrganization;
        state.ids[slot] = session + 1;
        state.organizations[slot] = organization + 1;
        state.users[slot] = userId(organization, user, organizations);
        state.devices[slot] = device.sample(random.float(session, 2));
      }
    },
    slot: (index) => slots.float(index) * open | 0,
  };
}

/**
 * A bijection of ranks onto 0 … n−1 by steps of about the golden section, so that the most active users are
 * not all the oldest; a random one would cost a second for a million users.
 */
function scattered(n: number): Int32Array {
  let step = Math.max(1, Math.round(n * 0.618034));
  while (divisor(step, n) !== 1) step++;
  const image = new Int32Array(n);
  for (let rank = 1; rank < n; rank++) image[rank] = (image[rank - 1]! + step) % n;
  return image;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

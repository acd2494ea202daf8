import { redactUrl } from "../config.ts";
import type { ServiceFact } from "../model/run.ts";
import { shownPgUrl } from "../postgres/place.ts";
import type { Instance, Unavailable } from "./services.ts";

/** What a run's fingerprint says of an instance; never with a password. */
export function factOf({ name, role, service, origin, version, url, settings, arms }: Instance): ServiceFact {
  return {
    name: service,
    instance: name,
    role,
    origin,
    available: true,
    version,
    address: service === "postgres" ? shownPgUrl(url) : redactUrl(url),
    settings,
    reason: null,
    ...arms !== undefined && { arms },
  };
}

/** Those of what runs of a service, or that it is not to be had. */
export function factsOf(
  name: "redis" | "graphql",
  url: string | undefined,
  found: readonly Instance[] | Unavailable,
): ServiceFact[] {
  if (!("reason" in found)) return found.map(factOf);
  const origin = url === undefined ? "embedded" : "user";
  const address = url === undefined ? null : redactUrl(url);
  const { reason } = found;
  return [{ name, origin, available: false, version: null, address, settings: {}, reason }];
}

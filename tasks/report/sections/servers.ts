import { redactUrl } from "../../config.ts";
import { NOT_NEEDED, type ServiceFact } from "../../model/run.ts";
import type { RunSummary } from "../../model/summary.ts";
import type { PlanRow } from "../../summary/plan_changes.ts";
import { type PlansView, plansView } from "../plans.ts";
import { serviceName } from "../provenance.ts";
import { hasFigure, reportKind, type Section } from "./section.ts";

export interface ServiceView {
  readonly name: string;
  readonly state: string;
  readonly address: string;
  readonly settings: string;
}

export const SERVERS: Section<
  { readonly services: readonly ServiceView[]; readonly plans: PlansView | null }
> = {
  title: "PostgreSQL, Redis and host",
  figures: ["samples"],
  query: "plans",
  template: "sections/servers",
  view(material) {
    const { summary, rows } = material;
    if (summary.environment.services.length === 0 && !hasFigure(SERVERS, material)) return null;
    // A migration has two of each, which stand beside one another in a section of their own.
    const plans = reportKind(summary.run) === "bench" ? rows["plans"] ?? [] : [];
    return { services: services(summary), plans: plansView(plans as readonly PlanRow[]) };
  },
};

function services(summary: RunSummary): ServiceView[] {
  return summary.environment.services.map((service, _, all) => ({
    name: serviceName(service, all),
    state: stateOf(service),
    address: service.address === null ? "—" : safeAddress(service.address),
    settings: Object.entries(service.settings).map(([name, value]) => `${name} = ${value || "(empty)"}`).join(
      ", ",
    ),
  }));
}

function stateOf({ available, version, origin, reason }: ServiceFact): string {
  if (available) return `${version ?? "version unknown"}, ${origin}`;
  return reason === NOT_NEEDED ? "not needed" : `not available: ${reason ?? "no reason was recorded"}`;
}

/** Addresses come without a password; a second look costs nothing and a leak would be for ever. */
function safeAddress(address: string): string {
  return /^[a-z]+:\/\//.test(address) && URL.canParse(address) ? redactUrl(address) : address;
}

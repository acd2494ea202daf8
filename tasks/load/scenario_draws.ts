import type { UsageError } from "../model/errors.ts";
import { type CapturedDraw, type Draw, isCaptured, type Scenario, type Stream } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { keySpaces } from "../seed/catalog.ts";
import { faultsOf } from "./scenario_fault.ts";

/**
 * Holds every draw against what there is to draw from: key spaces of the data set, the scenario's sources,
 * parameters drawn before, and earlier steps of a session.
 * @throws {UsageError} naming file, field and what is allowed
 */
export function checkDraws(scenario: Scenario, streams: readonly Stream[], file: string): void {
  const fault = faultsOf(file);
  for (const [at, { operations, session }] of streams.entries()) {
    const within = scenario.streams === undefined ? "" : `streams[${at}].`;
    for (const [index, { params }] of operations.entries()) {
      const before: string[] = [];
      const steps = session === undefined ? null : operations.slice(0, index).map(({ name }) => name);
      for (const [parameter, draw] of Object.entries(params)) {
        const faultIn: FaultIn = (part, what, next) =>
          fault(`${within}operations[${index}].params.${parameter}${part}: ${what}`, next);
        if ("keys" in draw) checkKeys(draw, scenario, faultIn);
        if (draw.kind === "after") checkBefore(draw, before, faultIn);
        if (draw.kind === "source") checkSource(draw, scenario, faultIn);
        if (isCaptured(draw)) checkCaptured(draw, steps, faultIn);
        before.push(parameter);
      }
    }
  }
}

/** @param part of the draw, e.g. `.keys`; empty: all of it */
type FaultIn = (part: string, what: string, next?: string) => UsageError;

function checkKeys(draw: Extract<Draw, { keys: string }>, { dataset }: Scenario, fault: FaultIn): void {
  if (typeof dataset === "string") {
    const spaces = Object.keys(keySpaces(dataset, {}));
    if (spaces.includes(draw.keys)) return;
    throw fault(".keys", `${dataset} has no key space "${draw.keys}"`, hint(draw.keys, spaces));
  }
  const own = Object.keys(dataset.keys ?? {});
  if (!own.includes(draw.keys)) {
    throw fault(
      ".keys",
      `dataset.keys has no "${draw.keys}"`,
      draw.kind === "reserved"
        ? hintAmong(draw.keys, own) ??
          `Write dataset.keys: { ${draw.keys}: { from: 1_000_000_000 } }, above all keys of yours.`
        : "Draw from a source instead.",
    );
  }
  if (draw.kind === "reserved") return;
  throw fault(
    "",
    `the keys "${draw.keys}" have no rows before a run: only { kind: "reserved" } draws them`,
    "Draw from a source instead.",
  );
}

function checkBefore({ of }: Draw & { kind: "after" }, before: readonly string[], fault: FaultIn): void {
  if (before.includes(of)) return;
  throw fault(".of", `no parameter "${of}" is drawn before it`, hintAmong(of, before));
}

function checkSource(draw: Draw & { kind: "source" }, { sources = {} }: Scenario, fault: FaultIn): void {
  const known = Object.keys(sources);
  if (known.includes(draw.source)) return;
  throw fault(
    ".source",
    `there is no source "${draw.source}"`,
    known.length === 0 ? "The scenario has no sources." : hint(draw.source, known),
  );
}

/** @param steps that come before it in its session; null: its stream has none */
function checkCaptured({ from }: CapturedDraw, steps: readonly string[] | null, fault: FaultIn): void {
  if (steps === null) {
    throw fault("", "only steps of a session can use captured values: this stream has no session");
  }
  if (!steps.includes(from)) {
    throw fault(".from", `no step "${from}" comes before it`, hintAmong(from, steps));
  }
}

function hintAmong(typed: string, known: readonly string[]): string | undefined {
  return known.length > 0 ? hint(typed, known) : undefined;
}

import { UsageError } from "../model/errors.ts";
import { type Draw, isCaptured, type Scenario, type Stream } from "../model/scenario.ts";
import { hint } from "../model/suggest.ts";
import { keySpaces } from "../seed/catalog.ts";

/**
 * Holds every draw against what there is to draw from: key spaces of the data set, the scenario's sources,
 * parameters drawn before, and earlier steps of a session.
 * @throws {UsageError} naming file, field and what is allowed
 */
export function checkDraws(scenario: Scenario, streams: readonly Stream[], file: string): void {
  const { dataset } = scenario;
  const spaces = typeof dataset === "string"
    ? Object.keys(keySpaces(dataset, {}))
    : Object.keys(dataset.keys ?? {});
  const sources = Object.keys(scenario.sources ?? {});
  const fault = (field: string, what: string, next?: string) =>
    new UsageError(`Cannot use the scenario file ${file}: ${field}: ${what}`, next);

  const check = (draw: Draw, field: string, before: readonly string[], steps: readonly string[] | null) => {
    if ("keys" in draw && !spaces.includes(draw.keys)) {
      throw typeof dataset === "string"
        ? fault(`${field}.keys`, `${dataset} has no key space "${draw.keys}"`, hint(draw.keys, spaces))
        : fault(
          `${field}.keys`,
          `dataset.keys has no "${draw.keys}"`,
          draw.kind === "reserved"
            ? hintAmong(draw.keys, spaces) ??
              `Write dataset.keys: { ${draw.keys}: { from: 1_000_000_000 } }, above all keys of yours.`
            : "Draw from a source instead.",
        );
    }
    if ("keys" in draw && draw.kind !== "reserved" && typeof dataset !== "string") {
      throw fault(
        field,
        `the keys "${draw.keys}" have no rows before a run: only { kind: "reserved" } draws them`,
        "Draw from a source instead.",
      );
    }
    if (draw.kind === "after" && !before.includes(draw.of)) {
      throw fault(`${field}.of`, `no parameter "${draw.of}" is drawn before it`, hintAmong(draw.of, before));
    }
    if (draw.kind === "source" && !sources.includes(draw.source)) {
      throw fault(
        `${field}.source`,
        `there is no source "${draw.source}"`,
        sources.length === 0 ? "The scenario has no sources." : hint(draw.source, sources),
      );
    }
    if (isCaptured(draw)) {
      if (steps === null) {
        throw fault(field, "only steps of a session can use captured values: this stream has no session");
      }
      if (!steps.includes(draw.from)) {
        throw fault(
          `${field}.from`,
          `no step "${draw.from}" comes before it`,
          hintAmong(draw.from, steps),
        );
      }
    }
  };

  for (const [at, { operations, session }] of streams.entries()) {
    const within = scenario.streams === undefined ? "" : `streams[${at}].`;
    for (const [index, { params }] of operations.entries()) {
      const before: string[] = [];
      const steps = session === undefined ? null : operations.slice(0, index).map(({ name }) => name);
      for (const [parameter, draw] of Object.entries(params)) {
        check(draw, `${within}operations[${index}].params.${parameter}`, before, steps);
        before.push(parameter);
      }
    }
  }
}

function hintAmong(typed: string, known: readonly string[]): string | undefined {
  return known.length > 0 ? hint(typed, known) : undefined;
}

import { counted, formatCount, listed, significant } from "../../model/units.ts";
import {
  actualRows,
  conditionsOf,
  type DifferenceKind,
  type NodePair,
  ownBlocks,
  removedRows,
} from "../../summary/plan_diff.ts";
import { type ComparedPlans, comparePlans, type PlanRow } from "../../summary/plan_changes.ts";
import type { PlacedNode } from "../../summary/plan_match.ts";
import { nodeName } from "../../summary/plan_tree.ts";
import type { Section } from "./section.ts";

/** One node as a cell shows it. */
interface NodeView {
  /** How far it is set in, 0 at the root. */
  readonly depth: number;
  /** The same, counted from 1, for those who do not see how far it is set in. */
  readonly level: number;
  readonly state: NodePair["state"];
  readonly mark: string;
  /** What the mark means, and for the candidate in what it changed. */
  readonly word: string;
  /** Whether the word is shown to all, and not only to those who do not see the mark. */
  readonly marked: boolean;
  readonly name: string;
  readonly facts: readonly MarkedText[];
  readonly conditions: readonly MarkedText[];
}

interface MarkedText {
  readonly text: string;
  readonly changed: boolean;
}

interface PlanTable {
  readonly id: string;
  /** The operation, and whose plans they are where there are several candidates. */
  readonly title: string;
  readonly changes: readonly string[];
  /** Of the first plan, then of the second: whose it is and the planner's settings that it has otherwise. */
  readonly sides: readonly { readonly title: string; readonly settings: string }[];
  /** Whether it goes onto a printed page as a whole. */
  readonly short: boolean;
  /** A node of each side, null where the other one stands alone. */
  readonly rows: readonly { readonly before: NodeView | null; readonly after: NodeView | null }[];
}

interface CandidatePlans {
  readonly tables: readonly PlanTable[];
  /** Which operations have the same plan, as a sentence; empty: none. */
  readonly same: string;
}

export interface PlansChangedView {
  readonly candidates: readonly CandidatePlans[];
  /** How to read the plans; empty where none changed. */
  readonly reading: string;
  readonly taken: string;
}

/** How two plans that are compared are called. */
export interface PlanSides {
  /** Whose the first is, and the second. */
  readonly titles: readonly [string, string];
  /** Where a node stands that is in one of them alone. */
  readonly only: readonly [string, string];
  /** What is said of plans that are equal. */
  readonly same: string;
}

const readingOf = ([first, second]: PlanSides["only"]) =>
  "Each plan reads from its last step down: an indented node feeds the one above it. Nodes that do the same work share a " +
  "row as far as they come in the same order. = same; ≠ changed, with what changed underlined; − only in " +
  `${first}; + only in ${second}. ` +
  "A figure counts as a change from a factor of ten, a cost never. Rows are totals over " +
  "all loops, blocks are those that the node itself asked for, and ? stands for a value.";
const TAKEN =
  "Each arm's plan was taken once before the measured blocks, from its own database and with its own settings, as EXECUTE " +
  "of a prepared statement that had been planned for five other sets of values before: where PostgreSQL settles on a " +
  "generic plan on the measured connections, this is that plan.";

export const PLANS_CHANGED: Section<PlansChangedView> = {
  of: "bench",
  title: "Plans that changed",
  figures: [],
  query: "plans",
  template: "sections/plans_changed",
  view({ summary, rows }) {
    const compared = comparePlans(summary.arms, (rows["plans"] ?? []) as readonly PlanRow[]);
    if (compared.length === 0) return null;
    return { ...changedPlans(compared, sidesOf), taken: TAKEN };
  },
};

function sidesOf({ baseline, candidate }: ComparedPlans): PlanSides {
  return {
    titles: [`${baseline} (baseline)`, `${candidate} (candidate)`],
    only: ["the baseline's plan", "the candidate's"],
    same: `the same for ${candidate} as for ${baseline}`,
  };
}

/** Pairs of plans, those that differ node by node. @param compared one at least */
export function changedPlans(
  compared: readonly ComparedPlans[],
  sides: (plans: ComparedPlans) => PlanSides,
): Pick<PlansChangedView, "candidates" | "reading"> {
  const arms = [...new Set(compared.map(({ candidate }) => candidate))];
  return {
    candidates: arms.map((arm, index) => {
      const own = compared.filter(({ candidate }) => candidate === arm);
      const changed = own.filter(({ diff }) => diff.changed);
      return {
        tables: changed.map((plans, place) => {
          const title = arms.length === 1 ? "" : `: ${arm} against ${plans.baseline}`;
          return planTable(plans, `plan-${index + 1}-${place + 1}`, plans.operation + title, sides(plans));
        }),
        same: sameText(own, sides(own[0]!)),
      };
    }),
    reading: compared.some(({ diff }) => diff.changed) ? readingOf(sides(compared[0]!).only) : "",
  };
}

function sameText(own: readonly ComparedPlans[], { same: told }: PlanSides): string {
  const same = own.filter(({ diff }) => !diff.changed);
  if (same.length === 0) return "";
  const names = listed(same.map(({ operation }) => operation));
  const whose = same.length === 1 ? `The plan of ${names} is` : `The plans of ${names} are`;
  return `${whose} ${told}.`;
}

function planTable(
  { before, after, diff }: ComparedPlans,
  id: string,
  title: string,
  { titles: [first, second] }: PlanSides,
): PlanTable {
  const [ofBaseline, ofCandidate] = [before.Settings ?? {}, after.Settings ?? {}];
  const rows = rowsOf(diff.pairs);
  return {
    id,
    title,
    changes: diff.changes,
    sides: [
      { title: first, settings: settingsBeside(ofBaseline, ofCandidate) },
      { title: second, settings: settingsBeside(ofCandidate, ofBaseline) },
    ],
    short: rows.length <= MOST_ON_A_PAGE,
    rows,
  };
}

function settingsBeside(
  own: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): string {
  return Object.entries(own).filter(([name, value]) => other[name] !== value)
    .map(([name, value]) => `${name} = ${value || "(empty)"}`).join(", ");
}

/** Both plans from top to bottom; what belongs together in one row as far as both keep their order. */
function rowsOf(pairs: readonly NodePair[]): PlanTable["rows"] {
  const before = pairs.filter((pair) => pair.before !== null);
  const after = inPlanOrder(pairs);
  const rows: { before: NodeView | null; after: NodeView | null }[] = [];
  const left = (pair: NodePair) => rows.push({ before: nodeView(pair, "before"), after: null });
  const right = (pair: NodePair) => rows.push({ before: null, after: nodeView(pair, "after") });
  let [i, j] = [0, 0];
  for (const both of inStep(before, after)) {
    while (before[i] !== both) left(before[i++]!);
    while (after[j] !== both) right(after[j++]!);
    rows.push({ before: nodeView(both, "before"), after: nodeView(both, "after") });
    i++;
    j++;
  }
  before.slice(i).forEach(left);
  after.slice(j).forEach(right);
  return rows;
}

/** Pairs with a node of the second plan, in its order. */
function inPlanOrder(pairs: readonly NodePair[]): NodePair[] {
  const own = new Map(pairs.flatMap((pair) => pair.after === null ? [] : [[pair.after, pair] as const]));
  const parents = new Set([...own.keys()].flatMap(({ children }) => children));
  const walk = (placed: PlacedNode): NodePair[] => [own.get(placed)!, ...placed.children.flatMap(walk)];
  return [...own.keys()].filter((placed) => !parents.has(placed)).flatMap(walk);
}

/** The longest row of pairs that both plans have in one order. */
function inStep(before: readonly NodePair[], after: readonly NodePair[]): NodePair[] {
  const places = new Map(after.map((pair, place) => [pair, place]));
  const common = before.filter((pair) => places.has(pair));
  // Of each: how long the longest row is that begins with it, and what follows in that.
  const best: { length: number; next: number }[] = [];
  for (let i = common.length - 1; i >= 0; i--) {
    best[i] = { length: 1, next: -1 };
    for (let j = i + 1; j < common.length; j++) {
      if (places.get(common[j]!)! > places.get(common[i]!)! && best[j]!.length >= best[i]!.length) {
        best[i] = { length: best[j]!.length + 1, next: j };
      }
    }
  }
  const rows: NodePair[] = [];
  let at = best.reduce(
    (longest, { length }, index) => length > (best[longest]?.length ?? 0) ? index : longest,
    -1,
  );
  for (; at >= 0; at = best[at]!.next) rows.push(common[at]!);
  return rows;
}

/** Rows of a plan; a page of A4 holds some twenty. */
const MOST_ON_A_PAGE = 14;

const MARKS = { same: "=", changed: "≠", removed: "−", added: "+" } as const;

function nodeView(pair: NodePair, side: "before" | "after"): NodeView {
  const { state, differences } = pair;
  const { node, depth } = pair[side]!;
  const others = conditionTexts(pair[side === "after" ? "before" : "after"]);
  const deciding = new Set(differences.filter(({ decides }) => decides).map(({ kind }) => kind));
  return {
    depth,
    level: depth + 1,
    state,
    mark: MARKS[state],
    word: side === "after" && deciding.size > 0 ? `${state}: ${kindsTold(deciding)}` : state,
    marked: state !== "same",
    name: nodeName(node),
    facts: factsOf(pair[side]!).map(([kind, text]) => ({
      text,
      changed: kind !== null && deciding.has(kind),
    })),
    conditions: conditionTexts(pair[side]).map((text) => ({
      text,
      changed: deciding.has("condition") && !others.includes(text),
    })),
  };
}

function conditionTexts(placed: PlacedNode | null): string[] {
  return placed === null ? [] : conditionsOf(placed.node).map((each) => each.join(": "));
}

/** That something else is done has other conditions as a matter of course. */
function kindsTold(kinds: ReadonlySet<DifferenceKind>): string {
  return [...kinds].filter((kind) => kind !== "condition" || !kinds.has("node type")).join(", ");
}

/** What stands under a node's name, each with what it tells of where that may be a change. */
function factsOf({ node }: PlacedNode): [DifferenceKind | null, string][] {
  const { "Plan Rows": estimated, "Actual Loops": loops = 1, "Workers Planned": workers } = node;
  const { "Sort Method": method, "Sort Space Type": space, "Hash Batches": batches = 1, "Total Cost": cost } =
    node;
  const [rows, removed, blocks] = [actualRows(node), removedRows(node), ownBlocks(node)];
  const facts: [DifferenceKind | null, string | false | undefined][] = [
    [null, node["Subplan Name"]],
    ["rows", rows !== null && counted(rows, "row")],
    ["estimated rows", estimated !== undefined && `${formatCount(estimated)} estimated`],
    [null, removed > 0 && `${formatCount(removed)} filtered out`],
    ["loops", loops !== 1 && (loops === 0 ? "never run" : counted(loops, "time"))],
    ["blocks", !!blocks && counted(blocks, "block")],
    ["workers", workers !== undefined && counted(workers, "worker")],
    ["sort method", method !== undefined && `${method}${space === "Disk" ? " on disk" : ""}`],
    ["hash batches", batches > 1 && counted(batches, "batch", "batches")],
    ["cost", cost !== undefined && `cost ${significant(cost, 4)}`],
  ];
  return facts.filter((fact): fact is [DifferenceKind | null, string] => !!fact[1]);
}

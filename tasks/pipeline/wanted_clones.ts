import { ARM_INSTEAD } from "../clone/cloneable.ts";
import { makesSql } from "../load/change_statements.ts";
import type { DatabaseChange } from "../model/arms.ts";
import { counted, listed } from "../model/units.ts";
import { pathOf } from "../paths/registry.ts";
import type { Tier } from "../paths/tier.ts";
import type { Job } from "./job.ts";

/** A clone that a job needs. */
export interface WantedClone {
  /** The arm's or the tier's that asks it, or `MIGRATED`. */
  readonly name: string;
  /** The arms that ask it; none: the run as a whole is measured on it. */
  readonly arms: readonly string[];
  /** What it has otherwise than the original: statements, or a tier. */
  readonly change: DatabaseChange | Tier;
  /** Whose it is, for messages: what cannot be done without it. */
  readonly what: string;
  /** What becomes of it then, as a sentence's part. */
  readonly then: string;
  /** What can be done without a clone, as a sentence. */
  readonly instead: string;
  /** Where code of the user's makes SQL while it runs, `file:line`. */
  readonly unread: readonly string[];
}

/** The clone that a whole run is measured on, because it migrates it. */
const MIGRATED = "the migration";

const SHIPPED_INSTEAD =
  "Without a clone: unset DATABASE_URL, and the migration is made on the embedded server.";
const OWN_INSTEAD =
  "Without a clone: make a copy of the database yourself, let DATABASE_URL lead to it, and give --in-place " +
  "with its name.";
const TIER_INSTEAD = "Without a clone: unset DATABASE_URL, and the tier is made on the embedded server.";

/** The clones of a job: of each arm whose file is a change of the database and of each tier, or the one that is migrated. */
export function wantedBy({ plan, migrating }: Pick<Job, "plan" | "migrating">): WantedClone[] {
  if (migrating !== undefined) {
    const { name, place, before, config, plan: { variant, steps } } = migrating;
    if (place === "in-place") return [];
    return [{
      name: MIGRATED,
      arms: [],
      change: { file: `${name}/before.sql`, sha256: "", statements: before },
      what: `migrate ${name}: it is tried on`,
      then: `makes the change there while it is under load, and measures that`,
      instead: config.file === null ? SHIPPED_INSTEAD : OWN_INSTEAD,
      unread: variant === "own" ? steps.flatMap(unreadIn) : [],
    }];
  }
  const changed = plan.arms.flatMap(({ name, overrides: { change } }) =>
    change === undefined ? [] : [{
      name,
      arms: [name],
      change,
      what: `measure the arm ${name}: ${change.file} is applied to`,
      then: `runs the ${statementsText(change.statements)} of ${change.file} there, measures both`,
      instead: ARM_INSTEAD,
      unread: unreadIn(change),
    }]
  );
  return [...changed, ...tiersOf(plan)];
}

/** One for each tier: what keeps it up is felt by its own arms alone, which share it. */
function tiersOf({ arms }: Job["plan"]): WantedClone[] {
  const tiers = new Set(arms.flatMap(({ path }) => pathOf(path).tier ?? []));
  return [...tiers].map((tier): WantedClone => ({
    name: tier.name,
    arms: arms.filter(({ path }) => pathOf(path).tier === tier).map(({ name }) => name),
    change: tier,
    what: `measure the path ${tier.name}: the migration ${tier.migration} is made on`,
    then: `makes the safe steps of ${tier.migration} there, measures both`,
    instead: TIER_INSTEAD,
    unread: [],
  }));
}

function unreadIn({ file, statements }: Pick<DatabaseChange, "file" | "statements">): string[] {
  return statements.flatMap(({ text, line }) => makesSql(text) ? [`${file}:${line}`] : []);
}

/** Of SQL that nobody can read before it runs, as a sentence. @param places `file:line` */
export function unreadText(places: readonly string[]): string {
  return `The SQL that ${
    listed(places)
  } makes by EXECUTE cannot be read before it runs: what it changes outside of the ` +
    "database, such as roles, does not go with the clone.";
}

export function statementsText({ length }: { readonly length: number }): string {
  return counted(length, "statement");
}

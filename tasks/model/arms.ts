import type { PathName } from "./operation.ts";
import type { ArmRecord } from "./run.ts";
import type { SettingValues } from "./scenario.ts";
import type { Balancer } from "./scaling.ts";

/** A change of the database, as a file of SQL says it. */
export interface DatabaseChange {
  /** As `--arm` names it. */
  readonly file: string;
  /** Of the file's text. */
  readonly sha256: string;
  /** In their order, one at least. */
  readonly statements: readonly ChangeStatement[];
}

/** One statement of a change. */
export interface ChangeStatement {
  /** As it stands in the file, from its first word on. */
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  /** In one line and without comments; only its kind where it may hold a password. */
  readonly shown: string;
}

/** What an arm that `--arm` describes has otherwise than the run. */
export interface ArmOverrides {
  /** The path by which it asks; the baseline's without it. */
  readonly path?: PathName;
  /** Of a database that holds the same data already. May hold a password, as the two below. */
  readonly databaseUrl?: string;
  /** Of another Redis, for a cached path. */
  readonly redisUrl?: string;
  /** Of another GraphQL service. */
  readonly graphqlUrl?: string;
  /** A folder whose files replace those of the scenario that have the same stem. */
  readonly queries?: string;
  /** PostgreSQL settings of the connections that its requests go over. */
  readonly session?: Readonly<Record<string, string | number | boolean>>;
  /** Settings of the scenario, as far as they do not change what is asked. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Processes that serve it GraphQL; beside a `graphqlUrl` how many stand behind that, which is only shown. */
  readonly instances?: number;
  /** What deals its requests over them. */
  readonly balancer?: Balancer;
  /** What its database, a clone of the run's, has otherwise. */
  readonly change?: DatabaseChange;
}

/** An arm as messages call it, after "the": by its name and its file. */
export function armCalled(name: string, file: string): string {
  return file === "" ? `arm ${name}` : `arm ${name} (${file})`;
}

/** An arm as a run will have it. */
export interface PlannedArm extends Pick<ArmRecord, "name" | "path" | "role"> {
  /** Its file as `--arm` names it, empty for a twin; null: it stands for its path. */
  readonly file: string | null;
  /** What it has otherwise than the run. */
  readonly overrides: ArmOverrides;
  /** The scenario's settings as they are in it. */
  readonly settings: SettingValues;
  /** Whether it was asked for by name: then one that is not to be had is a failure. */
  readonly asked: boolean;
  /** Whether its results are compared with the others' before it is timed. */
  readonly proven: boolean;
}

/**
 * Those arms that are measured, as a run records them. One of them is the baseline: the first where that of the plan is
 * not among them.
 * @param shown what may be shown of a service's URL
 */
export function armRecords(
  planned: readonly PlannedArm[],
  measured: readonly string[],
  shown: (url: string) => string,
): ArmRecord[] {
  const arms = planned.filter(({ name }) => measured.includes(name));
  const baseline = arms.find(({ role }) => role === "baseline") ?? arms[0];
  return arms.map((arm, armId) => ({
    armId,
    name: arm.name,
    path: arm.path,
    role: arm === baseline ? "baseline" : "candidate",
    overrides: shownOverrides(arm.overrides, shown),
  }));
}

/** What an arm has otherwise, without any password. */
function shownOverrides(
  overrides: ArmOverrides,
  shown: (url: string) => string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(overrides).map(([field, value]) => [
      field,
      field.endsWith("Url")
        ? shown(value as string)
        : field === "session"
        ? shownSession(value as NonNullable<ArmOverrides["session"]>)
        : field === "change"
        ? shownChange(value as DatabaseChange)
        : value,
    ]),
  );
}

/** A setting of PostgreSQL's own is no secret; what others are for, like `app.password`, is not known. */
function shownSession(session: NonNullable<ArmOverrides["session"]>): ArmOverrides["session"] {
  return Object.fromEntries(
    Object.entries(session).map(([name, value]) => [name, name.includes(".") ? "(set)" : value]),
  );
}

function shownChange({ file, sha256, statements }: DatabaseChange): Readonly<Record<string, unknown>> {
  return { file, sha256, statements: statements.map(({ shown }) => shown) };
}

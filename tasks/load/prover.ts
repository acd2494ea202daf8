import { BenchbookError, ExitCode, UsageError } from "../model/errors.ts";
import type { PathName } from "../model/operation.ts";
import { pathOf, reference as referencePath } from "../paths/registry.ts";
import { type Canonical, firstDifference, normaliseGraphql, normaliseSql } from "../targets/normalise.ts";
import type { SqlTarget } from "../targets/sql.ts";
import { type Call, newCall, type Statement, type Target } from "../targets/target.ts";
import { type QuestionFile, questionFile } from "../targets/workload.ts";
import { type CapturedRow as Row, capturedRow, expectCaptured } from "./captured_row.ts";
import { databasesOf, type EqualityOptions } from "./equality_options.ts";
import type { Mix } from "./mix.ts";
import { failureOf, mendOf } from "./proof_failure.ts";
import type { Arm } from "./plan.ts";
import type { ProofSession } from "./proof_session.ts";
import { ProofValues } from "./proof_values.ts";
import type { References } from "./references.ts";
import { readCheck } from "./write_check.ts";
import { BEGIN_READ_ONLY, ROLLBACK, type WriteGuards } from "./write_guards.ts";

type Drawn = ReturnType<Mix["valuesOf"]>;

/** Asks one operation after the other over every arm, and compares. */
export class Prover {
  compared = 0;
  readonly #drawn: ProofValues;

  constructor(
    readonly options: EqualityOptions,
    readonly values: Mix,
    readonly references: References,
    readonly targets: readonly Target[],
    readonly asking: ProofSession,
    readonly guards: WriteGuards,
  ) {
    this.#drawn = new ProofValues(options.scenario, values, async (asked) => {
      const [row] = await this.#sql(asked.index, await this.#drawn.of(asked), asked.database, asked.own);
      this.#expectCaptured(row, asked.index, null);
      return row;
    });
  }

  async prove(index: number, slot: number): Promise<void> {
    const { scenario, arms, databaseUrl } = this.options;
    if (scenario.operations[index]!.write) return await this.#proveWrite(index, slot);
    const wanted = normaliseSql(
      await this.#sql(index, await this.#values(index, slot, databaseUrl), databaseUrl, slot),
    );
    for (const [at, arm] of arms.entries()) {
      const drawn = await this.#values(index, slot, this.#databaseOf(arm));
      await this.#expectNoWrite(index, drawn, arm);
      if (this.#isExempt(arm)) continue;
      const times = pathOf(arm.target.path).cached ? 2 : 1;
      for (let time = 0; time < times; time++) {
        const answer = await this.#answer(this.targets[at]!, arm, index, drawn);
        this.#compare(index, drawn, arm, wanted, answer);
      }
    }
  }

  /**
   * Each arm writes under a key of its own; what it left is read back by SQL, without the key. Other databases are
   * written the same, so that whatever is asked next has the same answer in all of them.
   */
  async #proveWrite(index: number, slot: number): Promise<void> {
    const { arms, databaseUrl } = this.options;
    const write = async (arm: Arm | null, target: Target, own: number): Promise<readonly Canonical[]> => {
      const home = this.#databaseOf(arm);
      const left = await this.#write(index, slot, own, { arm, target, database: home });
      for (const database of databasesOf(this.options).filter((other) => other !== home)) {
        const reference = await this.references.of(database);
        await this.#write(index, slot, own, { arm: null, target: reference, database });
      }
      return left;
    };
    const wanted = await write(null, await this.references.of(databaseUrl), slot);
    const drawn = await this.#values(index, slot, databaseUrl);
    for (const [at, arm] of arms.entries()) {
      if (this.#isExempt(arm)) continue;
      this.#compare(index, drawn, arm, wanted, await write(arm, this.targets[at]!, slot + 1 + at));
    }
  }

  /** Writes in one database, and reads back what that left. @returns it without the key */
  async #write(
    index: number,
    slot: number,
    own: number,
    { arm, target, database }: { arm: Arm | null; target: Target; database: string },
  ): Promise<readonly Canonical[]> {
    const { workloadDir, operations } = this.options.scenario;
    const { name } = operations[index]!;
    const check = await readCheck(workloadDir, name);
    const given = await this.#values(index, slot, database, own);
    const call = callOf(arm?.statements[index] ?? this.#statementOf(index), given);
    await this.#send(target, call, { own, database, path: arm?.target.path ?? referencePath.name });
    this.#expectOk(call, index, arm);
    this.#expectCaptured(capturedRow(call), index, arm);
    const reading = callOf({
      operationId: 100_000 + index,
      name: `${name}.check`,
      write: false,
      text: check.text,
      parameters: check.parameters.map((parameter) => parameter.name),
    }, given);
    await this.asking.ask(await this.references.of(database), reading);
    this.#expectOk(reading, index, null);
    return normaliseSql(reading.answer as Record<string, unknown>[]);
  }

  /** Asks what writes under the key of the slot `own`, and tells of it. */
  async #send(
    target: Target,
    call: Call,
    { own, database, path }: { readonly own: number; readonly database: string; readonly path: PathName },
  ): Promise<void> {
    const { onWrite, onFailed } = this.options;
    onWrite?.(own, database);
    try {
      await this.asking.ask(target, call);
    } finally {
      if (call.error !== null) onFailed?.(own, database, call.error, path);
    }
  }

  #databaseOf(arm: Arm | null): string {
    return arm?.databaseUrl ?? this.options.databaseUrl;
  }

  #isExempt({ name }: Arm): boolean {
    return this.options.unproven?.includes(name) ?? false;
  }

  /** SQL of an arm's own, or at a database of its own, is asked where it can write nothing before the arm asks it. */
  async #expectNoWrite(index: number, drawn: Drawn, arm: Arm): Promise<void> {
    const { ownQueries, databaseUrl } = this.options;
    const { url, path } = arm.target;
    const own = url !== databaseUrl || ownQueries?.get(arm.name)?.has(index);
    if (!own || pathOf(path).language !== "sql") return;
    await this.#readOnly(index, drawn, arm.statements[index]!, arm, await this.guards.of(arm));
  }

  /** The reference asks with the SQL of the workload, whether or not `sql` is among the arms. */
  #statementOf(index: number): Statement {
    const { sql, name } = this.options.workload[index]!;
    return {
      operationId: index,
      name,
      write: this.options.scenario.operations[index]!.write ?? false,
      text: sql.text,
      parameters: sql.parameters.map((parameter) => parameter.name),
    };
  }

  /** A slot's values with the reserved keys of the slot `own`. */
  #values(index: number, slot: number, database: string, own = slot): Promise<Drawn> {
    return this.#drawn.of({ index, slot, database, own });
  }

  /** A read is asked in a transaction that refuses writes, before any other path is: a mistake must write nothing. */
  async #sql(index: number, drawn: Drawn, database: string, own: number): Promise<readonly Row[]> {
    const statement = this.#statementOf(index);
    const reference = await this.references.of(database);
    if (!statement.write) return await this.#readOnly(index, drawn, statement, null, reference);
    const call = callOf(statement, drawn);
    await this.#send(reference, call, { own, database, path: referencePath.name });
    this.#expectOk(call, index, null);
    return call.answer as Row[];
  }

  /** @param arm whose statement it is; null: the reference's */
  async #readOnly(
    index: number,
    drawn: Drawn,
    statement: Statement,
    arm: Arm | null,
    target: SqlTarget,
  ): Promise<readonly Row[]> {
    const call = callOf(statement, drawn);
    // Not by a setting of the session: poolers refuse it, or hand it on to others.
    const begin = newCall(BEGIN_READ_ONLY, [], true);
    await this.asking.ask(target, begin);
    this.#expectOk(begin, index, arm);
    await this.asking.ask(target, call);
    await this.asking.ask(target, newCall(ROLLBACK, [], true));
    this.#expectOk(call, index, arm);
    return call.answer as Row[];
  }

  async #answer(target: Target, arm: Arm, index: number, drawn: Drawn): Promise<readonly Canonical[]> {
    const statement = arm.statements[index]!;
    const call = callOf(statement, drawn);
    await this.asking.ask(target, call);
    this.#expectOk(call, index, arm);
    const asked = this.#questionOf(index, arm);
    this.#expectCaptured(capturedRow(call), index, arm);
    try {
      if (!("shape" in asked)) return normaliseSql(call.answer as Record<string, unknown>[]);
      const { data } = call.answer as { data: unknown };
      return normaliseGraphql(data, asked.shape);
    } catch (error) {
      // What a server nests without end; anything else would be our own fault.
      if (!(error instanceof RangeError)) throw error;
      const { name } = this.options.scenario.operations[index]!;
      throw new UsageError(
        `Cannot compare what ${name} answers over ${arm.name}: it nests too deep`,
        `Correct ${this.#fileOf(index, arm)}.`,
      );
    }
  }

  #compare(
    index: number,
    drawn: Drawn,
    arm: Arm,
    wanted: readonly Canonical[],
    answer: readonly Canonical[],
  ): void {
    this.compared++;
    const difference = firstDifference(wanted, answer);
    if (difference === null) return;
    const { name } = this.options.scenario.operations[index]!;
    const { path, left, right } = difference;
    throw new BenchbookError(
      `Cannot compare the arms: ${name} answers differently over ${arm.name} than over ${referencePath.name}: ` +
        `${path === "" ? "the answer" : path} is ${right}, and ${left} by SQL ` +
        `(parameters ${JSON.stringify(drawn)})`,
      ExitCode.invalid,
      `${
        mendOf(this.options.scenario.operations[index]!, {
          asked: this.#fileOf(index, arm),
          reference: this.options.workload[index]!.sql.file,
          arm,
          elsewhere: this.#databaseOf(arm) !== this.options.databaseUrl,
          hasSettings: Object.keys(arm.target.settings ?? {}).length > 0,
        })
      }; nothing was timed.`,
    );
  }

  #expectOk(call: Call, index: number, arm: Arm | null): void {
    if (call.outcome === "ok") return;
    const { file, operations } = this.options.scenario;
    throw failureOf(call, {
      operation: operations[index]!,
      arm: arm?.name ?? referencePath.name,
      statement: this.#fileOf(index, arm),
      scenario: file,
    });
  }

  #expectCaptured(row: Row | undefined, index: number, arm: Arm | null): void {
    const { operations } = this.options.scenario;
    const place = { arm: arm?.name ?? referencePath.name, file: this.#fileOf(index, arm) };
    expectCaptured(row, operations[index]!.name, operations, place);
  }

  #fileOf(index: number, arm: Arm | null): string {
    return this.#questionOf(index, arm).file;
  }

  /** What an arm, or null for the reference, asks a question with. */
  #questionOf(index: number, arm: Arm | null): QuestionFile {
    const { workload, ownQueries } = this.options;
    const own = arm === null ? undefined : ownQueries?.get(arm.name)?.get(index);
    if (own !== undefined) return own;
    return questionFile(workload[index]!, (arm === null ? referencePath : pathOf(arm.target.path)).suffix);
  }
}

function callOf(statement: Statement, values: Drawn): Call {
  return newCall(statement, statement.parameters.map((name) => values[name]!), true);
}

import { BenchbookError, ExitCode, UsageError } from "../model/errors.ts";
import type { PathName } from "../model/operation.ts";
import { isCaptured } from "../model/scenario.ts";
import { sessionName } from "../model/session_name.ts";
import { pathOf, reference as referencePath } from "../paths/registry.ts";
import { type Canonical, firstDifference, normaliseGraphql, normaliseSql } from "../targets/normalise.ts";
import { SqlTarget } from "../targets/sql.ts";
import { type Call, newCall, type Statement, type Target } from "../targets/target.ts";
import type { QuestionFile } from "../targets/workload.ts";
import type { Workload } from "./arms.ts";
import { monotonicUs } from "../net/clock.ts";
import type { Mix } from "./mix.ts";
import { failureOf, mendOf } from "./proof_failure.ts";
import { expectArmKeys, openTargets, storedKeysOf, tellArmKeys } from "./open_targets.ts";
import type { Arm } from "./plan.ts";
import { proofSlot, SAMPLES } from "./proof_slots.ts";
import { PROOF_LIMITS, ProofSession } from "./proof_session.ts";
import { readCheck } from "./write_check.ts";
import { BEGIN_READ_ONLY, ROLLBACK, WriteGuards } from "./write_guards.ts";
import type { LoadedScenario } from "./scenario.ts";

export interface EqualityOptions {
  readonly scenario: LoadedScenario;
  readonly workload: Workload;
  readonly arms: readonly Arm[];
  /** What arms ask otherwise than the workload, by their names and the index of its operations. */
  readonly ownQueries?: ReadonlyMap<string, ReadonlyMap<number, QuestionFile>>;
  /** Names of arms whose answers are not compared. */
  readonly unproven?: readonly string[];
  readonly databaseUrl: string;
  /** Whose names the connections bear at the server. */
  readonly runId?: string;
  readonly mix: Mix;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** Told of each write before it is sent, by the slot that it has its key from. */
  readonly onWrite?: (slot: number) => void;
  /** Told when a write has failed, with the arm's path. */
  readonly onFailed?: (slot: number, error: string, path: PathName) => void;
}

/**
 * Asks every operation over every arm with the same values and holds each answer against direct SQL's; a
 * write is judged by what it left in the database. The cache is asked twice: once to miss, once to hit. The
 * statements and the code are those that will be timed.
 * @returns how many answers were compared.
 * @throws {BenchbookError} (exit code 4) naming operation, path and first difference.
 * @throws {ServiceError} where the server fails, does not answer, or others hold locks that are needed
 * @throws {InterruptedError} after the signal
 */
export async function proveEqual(options: EqualityOptions): Promise<{ compared: number }> {
  const { scenario, arms, databaseUrl, runId, mix, seed } = options;
  const session = runId === undefined ? undefined : sessionName(runId, "proof");
  const { statementMs: limitMs, lockMs } = PROOF_LIMITS;
  const nowUs = monotonicUs;
  const reference = new SqlTarget({ url: databaseUrl, session, connections: 1, limitMs, lockMs, nowUs });
  await reference.open();
  const targets = await openTargets(arms, { connections: 1, nowUs, seed, limits: PROOF_LIMITS }).catch(
    async (error) => {
      await reference.close();
      throw error;
    },
  );
  expectArmKeys(arms);
  try {
    using asking = new ProofSession(options);
    await using guards = new WriteGuards();
    const prover = new Prover(options, mix, reference, targets.byArm, asking, guards);
    for (const index of scenario.operations.keys()) {
      options.onProgress(scenario.operations[index]!.name);
      for (let sample = 0; sample < SAMPLES; sample++) {
        await prover.prove(index, proofSlot(index, sample, arms.length));
      }
    }
    return { compared: prover.compared };
  } finally {
    tellArmKeys(arms, storedKeysOf(targets.byArm));
    await targets.close();
    await reference.close();
  }
}

type Drawn = ReturnType<Mix["valuesOf"]>;
type Row = Readonly<Record<string, unknown>>;

class Prover {
  compared = 0;

  constructor(
    readonly options: EqualityOptions,
    readonly values: Mix,
    readonly reference: SqlTarget,
    readonly targets: readonly Target[],
    readonly asking: ProofSession,
    readonly guards: WriteGuards,
  ) {}

  async prove(index: number, slot: number): Promise<void> {
    const { scenario, arms } = this.options;
    if (scenario.operations[index]!.write) return await this.#proveWrite(index, slot);
    const drawn = await this.#values(index, slot);
    const wanted = normaliseSql(await this.#sql(index, drawn));
    for (const [at, arm] of arms.entries()) {
      await this.#expectNoWrite(index, drawn, arm);
      if (this.#isExempt(arm)) continue;
      const times = pathOf(arm.target.path).cached ? 2 : 1;
      for (let time = 0; time < times; time++) {
        const answer = await this.#answer(this.targets[at]!, arm, index, drawn);
        this.#compare(index, drawn, arm, wanted, answer);
      }
    }
  }

  /** Each arm writes under a key of its own; what it left is read back by SQL, without the key. */
  async #proveWrite(index: number, slot: number): Promise<void> {
    const { scenario, arms } = this.options;
    const operation = scenario.operations[index]!;
    const check = await readCheck(scenario.workloadDir, operation.name);
    const keys = Object.entries(operation.params).filter(([, draw]) => draw.kind === "reserved").map((
      [name],
    ) => name);
    const drawn = await this.#values(index, slot);
    const write = async (target: Target, arm: Arm | null, own: number): Promise<readonly Canonical[]> => {
      const reserved = await this.#values(index, own);
      const given = { ...drawn, ...Object.fromEntries(keys.map((key) => [key, reserved[key]!])) };
      const statement = arm?.statements[index] ?? this.#statementOf(index);
      const call = newCall(statement, statement.parameters.map((name) => given[name]!), true);
      this.options.onWrite?.(own);
      try {
        await this.asking.ask(target, call);
      } finally {
        if (call.error !== null) {
          this.options.onFailed?.(own, call.error, arm?.target.path ?? referencePath.name);
        }
      }
      this.#expectOk(call, index, arm);
      const reading = newCall(
        {
          operationId: 100_000 + index,
          name: `${operation.name}.check`,
          write: false,
          text: check.text,
          parameters: check.parameters.map(({ name }) => name),
        },
        check.parameters.map(({ name }) => given[name]!),
        true,
      );
      await this.asking.ask(this.reference, reading);
      this.#expectOk(reading, index, null);
      return normaliseSql(reading.answer as Record<string, unknown>[]);
    };
    const wanted = await write(this.reference, null, slot);
    for (const [at, arm] of arms.entries()) {
      if (this.#isExempt(arm)) continue;
      this.#compare(index, drawn, arm, wanted, await write(this.targets[at]!, arm, slot + 1 + at));
    }
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

  /** A slot's values; what it captures from an earlier step is asked of the reference. */
  async #values(index: number, slot: number): Promise<Drawn> {
    const { operations } = this.options.scenario;
    const captured: Record<string, Row> = {};
    for (const draw of Object.values(operations[index]!.params)) {
      if (!isCaptured(draw) || captured[draw.from] !== undefined) continue;
      const from = operations.findIndex(({ name }) => name === draw.from);
      const [row] = await this.#sql(from, await this.#values(from, slot));
      if (row === undefined) {
        throw new UsageError(
          `Cannot continue with the session after ${draw.from}: it answers no row for ${
            JSON.stringify(this.values.valuesOf(slot, from))
          }`,
          "A step whose answer is captured must answer for every value that is drawn.",
        );
      }
      if (!(draw.column in row)) {
        throw new UsageError(
          `Cannot capture ${draw.from}.${draw.column}: it answers ${Object.keys(row).join(", ")}`,
        );
      }
      captured[draw.from] = row;
    }
    return this.values.valuesOf(slot, index, captured);
  }

  /** A read is asked in a transaction that refuses writes, before any other path is: a mistake must write nothing. */
  async #sql(index: number, drawn: Drawn): Promise<readonly Row[]> {
    const statement = this.#statementOf(index);
    if (!statement.write) return await this.#readOnly(index, drawn, statement, null, this.reference);
    const call = newCall(statement, statement.parameters.map((name) => drawn[name]!), true);
    await this.asking.ask(this.reference, call);
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
    const call = newCall(statement, statement.parameters.map((name) => drawn[name]!), true);
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
    const call = newCall(statement, statement.parameters.map((name) => drawn[name]!), true);
    await this.asking.ask(target, call);
    this.#expectOk(call, index, arm);
    try {
      const asked = this.#askedBy(index, arm);
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
        mendOf(
          this.options.scenario.operations[index]!,
          this.#fileOf(index, arm),
          this.options.workload[index]!.sql.file,
        )
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

  #fileOf(index: number, arm: Arm | null): string {
    return this.#askedBy(index, arm).file;
  }

  /** What an arm, or null for the reference, asks a question with. */
  #askedBy(index: number, arm: Arm | null): QuestionFile {
    const { workload, ownQueries } = this.options;
    const own = arm === null ? undefined : ownQueries?.get(arm.name)?.get(index);
    if (own !== undefined) return own;
    const { statements } = workload[index]!;
    return statements[(arm === null ? referencePath : pathOf(arm.target.path)).suffix]!;
  }
}

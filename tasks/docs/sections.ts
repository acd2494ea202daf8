import type { Argument, Command, Option } from "commander";
import { loadScenario, scenarioNames } from "../load/scenario.ts";
import { CACHE_SETTINGS } from "../model/cache_settings.ts";
import { EXIT_CODES } from "../model/errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { formatCount, formatSeconds } from "../model/units.ts";
import { SAMPLE_SOURCES } from "../observe/sample_sources.ts";
import { OBSERVER } from "../observe/source.ts";
import { addDataOptions } from "../pipeline/data_options.ts";
import { datasets } from "../seed/catalog.ts";
import { parts } from "../selfbench/parts.ts";
import { command } from "../terminal/command.ts";
import { commands } from "./commands.ts";
import { lintRules, lockTable, versionTable } from "./lint_tables.ts";
import { parameterKinds, scenarioFields, TYPES_FILE } from "./scenario_fields.ts";

/** Tasks with a heading of their own in docs/, and more to say below it. */
const TOLD_APART = ["bench"];

/** What the documentation takes from the code, as Markdown by name. */
export async function sections(root: string): Promise<Readonly<Record<string, string>>> {
  const types = await Deno.readTextFile(`${root}/${TYPES_FILE}`);
  const made = Object.entries(await commands(root)).map(([name, { make }]) => [name, make()] as const);
  return {
    tasks: await tasks(root, new Map(made)),
    "data options": options(addDataOptions(command("data", ""))),
    ...Object.fromEntries(
      made.filter(([name]) => TOLD_APART.includes(name)).map(([name, task]) => [
        `options of ${name}`,
        optionsOf(task),
      ]),
    ),
    "options of the other tasks": made.filter(([name]) => !TOLD_APART.includes(name))
      .map(([name, task]) => `## ${name}\n\n${optionsOf(task)}`).join("\n\n"),
    "exit codes": list(EXIT_CODES.map(([code, meaning]) => `**${code}**: ${meaning}.`)),
    environment: environment(await Deno.readTextFile(`${root}/.env.example`)),
    scenarios: await scenarios(root),
    "cache settings": settingLines(CACHE_SETTINGS).join("\n"),
    "fields of a scenario": scenarioFields(types),
    "kinds of parameters": parameterKinds(types),
    scales: scales(),
    distributions: distributions(),
    samples: samples(),
    "rules of lint": lintRules(),
    "differences of versions": versionTable(),
    "lock modes": await lockTable(),
  };
}

async function tasks(root: string, made: ReadonlyMap<string, Command>): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`)) as {
    tasks: Record<string, { description: string }>;
  };
  return list(
    Object.entries(tasks).map(([name, { description }]) => {
      const usage = made.has(name) ? usageOf(made.get(name)!) : "";
      return `\`${name}${usage}\`: ${description}.`;
    }),
  );
}

function usageOf(task: Command): string {
  const [part] = Object.keys(parts);
  const named = task.registeredArguments.map((argument) =>
    argument.required ? ` ${nameOf(argument)}` : ` [${nameOf(argument)}]`
  );
  return task.name().endsWith(" selfbench") && part !== undefined ? " [PART]" : named.join("");
}

function nameOf(argument: Argument): string {
  return `${argument.name().toUpperCase()}${argument.variadic ? "…" : ""}`;
}

/** Those of a task; the options of the data, which several have, stand by themselves. */
function optionsOf(task: Command): string {
  const ofData = new Set(addDataOptions(command("data", "")).options.map(({ flags }) => flags));
  const own = task.options.filter(({ flags }) => !ofData.has(flags));
  const lines = [
    ...task.registeredArguments.map((argument) =>
      `\`${nameOf(argument)}\`: ${argument.description}${defaultOf(argument)}.`
    ),
    ...own.map(optionLine),
    ...task.commands.map((sub) => {
      const words = sub.registeredArguments.map((argument) => ` ${nameOf(argument)}`).join("");
      return `\`${sub.name()}${words}\`: ${sub.description()}.`;
    }),
    ...(task.name().endsWith(" selfbench")
      ? Object.entries(parts).map(([name, { title }]) => `\`${name}\`: ${title}.`)
      : []),
    ...(own.length < task.options.length ? ["all [options of the data](#options-of-the-data)."] : []),
  ];
  return lines.length === 0 ? "No options but `--help`." : list(lines);
}

function options(task: Command): string {
  return list(task.options.map(optionLine));
}

function optionLine(option: Option): string {
  // Targets have a `<`, which is Markdown's too; as code they can be copied.
  const description = option.description.replace(/"[^"]*<[^"]*"|\w+<[^)"]*/g, (target) => `\`${target}\``);
  return `\`${option.flags}\`: ${description}${defaultOf(option)}.`;
}

function defaultOf(
  { defaultValue, description, ...rest }: Pick<Option | Argument, "defaultValue" | "description">,
): string {
  // `--no-pdf` is on without it, and a switch is off: nobody needs to be told.
  const silent = defaultValue === undefined || typeof defaultValue === "boolean" ||
    typeof defaultValue === "object" ||
    ("negate" in rest && rest.negate === true) || description.includes("default:");
  return silent ? "" : ` (default: \`${defaultValue}\`)`;
}

/** Variables of the example with the comment lines above each. */
function environment(text: string): string {
  const lines: string[] = [];
  let comment: string[] = [];
  for (const line of text.split("\n")) {
    const [, name, value] = /^# ([A-Z_]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      const words = comment.join(" ");
      lines.push(
        `\`${name}\`${value === "" ? "" : `, like \`${value}\``}${words === "" ? "" : `: ${words}`}`,
      );
      comment = [];
    } else if (line.startsWith("# ") && !line.startsWith("# ---")) comment.push(line.slice(2));
    else comment = [];
  }
  return list(lines);
}

/** What `--set` changes, a line each. */
function settingLines(settings: Scenario["settings"]): string[] {
  return Object.entries(settings).map(([name, setting]) => {
    const range = "choices" in setting ? setting.choices.join(", ") : setting.unit;
    return `- \`--set ${name}=${setting.default}\`${range === "" ? "" : ` (${range})`}: ${setting.describe}.`;
  });
}

async function scenarios(root: string): Promise<string> {
  const texts: string[] = [];
  for (const name of scenarioNames(root)) {
    const { title, paths, rate, duration, slo, streams, datasetName, file } = await loadScenario(root, name);
    const { settings, presets } = (await import(`file://${file}`)).default as Scenario;
    const own = settingLines(settings).map((line) => `  ${line}`);
    const unit = streams.every(({ session }) => session !== null) ? "sessions/s" : "requests/s";
    texts.push([
      `**\`${name}\`**: ${title}.`,
      `  - Data: ${datasetName}. Paths: ${paths.map((path) => `\`${path}\``).join(", ")}. ${
        formatCount(rate)
      } ${unit}${
        streams.length > 1 ? ` in ${streams.length} streams` : ""
      }, measured for ${duration} s. Targets: ${slo === undefined ? "none" : `\`${slo}\``}.`,
      ...own,
      ...(presets === undefined ? [] : [
        `  - \`--set preset=NAME\`: ${
          Object.entries(presets).map(([preset, values]) =>
            `\`${preset}\` (${Object.entries(values).map(([key, value]) => `${key}=${value}`).join(", ")})`
          ).join(", ")
        }.`,
      ]),
    ].join("\n"));
  }
  return list(texts);
}

function scales(): string {
  return list(
    Object.values(datasets).flatMap(({ name, scales }) =>
      Object.entries(scales).map(([scale, counts]) =>
        `\`${name}\` \`${scale}\`: ${
          Object.entries(counts).map(([count, n]) => `${formatCount(n)} ${count}`).join(", ")
        }.`
      )
    ),
  );
}

function distributions(): string {
  return list(
    Object.values(datasets).flatMap(({ name, declared }) =>
      Object.entries(declared).map(([key, { default: value, about }]) =>
        `\`${key}=${value}\` (${name}): ${about}.`
      )
    ),
  );
}

function samples(): string {
  return SAMPLE_SOURCES.map(({ name, needs, periodMs, migrationPeriodMs: changing, metrics, open }) =>
    [
      `## \`${name}\``,
      `${
        periodMs === 0
          ? "Told once, when the load is over"
          : `Sampled every ${formatSeconds(periodMs / 1000)}`
      }${
        changing === undefined ? "" : ` (in a migration, of some every ${formatSeconds(changing / 1000)})`
      }, from ${
        "the" in needs ? `the ${needs.the}` : `each ${needs.each}, whose samples bear the label \`instance\``
      }.`,
      list(
        [...metrics, ...(open === undefined ? [] : [OBSERVER])].map((metric) => {
          const labels = metric.labels.map((label) => `\`${label}\``).join(", ");
          return `\`${metric.name}\` (${metric.unit}${labels === "" ? "" : `; labels: ${labels}`}${
            metric.panel === undefined ? "" : `; panel: ${metric.panel.title}`
          }): ${metric.about}.`;
        }),
      ),
    ].join("\n\n")
  ).join("\n\n");
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line.replace(/\.\.(?=\n|$)/, ".")}`).join("\n");
}

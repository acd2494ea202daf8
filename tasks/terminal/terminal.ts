import { color, Listr, type ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } from "listr2";
import process from "node:process";
import { progressed } from "../model/progressed.ts";
import { formatSeconds } from "../model/units.ts";
import { printable, singleLine } from "./safe_text.ts";
import { type Width, widthOf } from "./width.ts";
import { hang, wrapText } from "./wrap.ts";

/** What a step may say while it works. */
export interface StepProgress {
  /** What it is doing right now; replaces what it said before. */
  (text: string): void;
  /** Something to be known before it goes on: shown at once and kept in sight while the step works. */
  note(text: string): void;
}

/** What a step came to. */
export interface StepResult<T> {
  readonly value: T;
  readonly detail?: string;
  /** In place of the tick, of a step that ended in order and yet found nothing good. */
  readonly sign?: "✗" | "–";
}

/** Where a task talks to people. */
export interface Terminal {
  /** True where lines can be rewritten; elsewhere everything is plain lines. */
  readonly live: boolean;
  /** The room that what is printed has. */
  readonly width: Width;
  /** Runs one step of the list; its title gets the time taken and what `work` says it came to. */
  step<T>(
    title: string,
    work: (progress: StepProgress) => Promise<StepResult<T>>,
  ): Promise<T>;
  print(text: string): void;
}

/** A step is a line, whatever a server said in it. */
const STEP_COLUMNS = 400;

/** Of a line that the renderer keeps for its sign and its margin. */
const RENDERER_COLUMNS = 4;

/** Progress of a piped run is a line every so often, not a film. */
const PLAIN_PROGRESS_MS = 10_000;

/** A terminal on stdout, or on stderr where stdout carries JSON. */
export function openTerminal(options: { json: boolean }): Terminal {
  const stream = options.json ? process.stderr : process.stdout;
  // A terminal that does not know its own size cannot have lines rewritten.
  const live = Boolean(stream.isTTY) && (stream.columns ?? 0) >= 40 && (stream.rows ?? 0) >= 5 &&
    process.env["TERM"] !== "dumb";
  return {
    live,
    width: widthOf(stream),
    print: (text) => write(stream, printable(text)),
    step: live
      ? (title, work) => liveStep(stream, title, work)
      : (title, work) => plainStep(stream, title, work),
  };
}

/** A terminal may be made wider or narrower meanwhile. */
function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${wrapText(text, widthOf(stream))}\n`);
}

async function liveStep<T>(
  stream: NodeJS.WriteStream,
  title: string,
  work: (progress: StepProgress) => Promise<StepResult<T>>,
): Promise<T> {
  let result: T | undefined;
  const started = performance.now();
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(stream, stream),
  });
  // Wrapped here: the renderer may begin a line with the blank that should have ended the one before.
  const fit = (text: string) => hang("", text, (stream.columns ?? 80) - RENDERER_COLUMNS);
  const list = new Listr([{
    title: singleLine(title, STEP_COLUMNS),
    task: async (_context, task) => {
      const progress: StepProgress = Object.assign((text: string) => void (task.output = printable(text)), {
        note: (text: string) => void (task.title = fit(singleLine(`${title}: ${text}`, STEP_COLUMNS))),
      });
      const { value, detail, sign } = await work(progress);
      progressed();
      result = value;
      if (sign !== undefined) {
        // The renderer has no state for it; each step is a list with a logger of its own.
        const paint = sign === "✗" ? color.red : color.yellow;
        logger.options = {
          ...logger.options,
          icon: { ...logger.options?.icon, COMPLETED: sign },
          color: { ...logger.options?.color, COMPLETED: (text) => paint!(text ?? "") },
        };
      }
      task.title = fit(finished(title, detail, started));
    },
  }], {
    rendererOptions: {
      logger,
      showErrorMessage: false,
      collapseErrors: false,
    },
    // Our own handler marks the run interrupted and stops the services.
    registerSignalListeners: false,
  });
  await list.run();
  return result as T;
}

async function plainStep<T>(
  stream: NodeJS.WriteStream,
  title: string,
  work: (progress: StepProgress) => Promise<StepResult<T>>,
): Promise<T> {
  const started = performance.now();
  let spoken = started;
  try {
    const say = (text: string) => write(stream, singleLine(`  … ${title}: ${text}`, STEP_COLUMNS));
    const progress: StepProgress = Object.assign((text: string) => {
      const now = performance.now();
      if (now - spoken < PLAIN_PROGRESS_MS) return;
      spoken = now;
      say(text);
    }, { note: say });
    const { value, detail, sign = "✔" } = await work(progress);
    progressed();
    write(stream, `${sign} ${finished(title, detail, started)}`);
    return value;
  } catch (error) {
    write(stream, `✖ ${singleLine(title, STEP_COLUMNS)}`);
    throw error;
  }
}

function finished(title: string, detail: string | undefined, started: number): string {
  const seconds = formatSeconds((performance.now() - started) / 1000);
  return singleLine(
    detail === undefined ? `${title} (${seconds})` : `${title}: ${detail} (${seconds})`,
    STEP_COLUMNS,
  );
}

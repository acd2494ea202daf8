/** What `deno check` or `deno lint` says about a place in a file. */
export interface Diagnostic {
  /** The file's URL; null when the tool names none. */
  readonly url: string | null;
  /** 1-based; null when the tool names none. */
  readonly line: number | null;
  readonly code: string;
  readonly message: string;
}

/** What a tool printed and whether it was content. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly ok: boolean;
}

const PLACE = /at (file:\/\/\S+?):(\d+):(\d+)/;

/** The diagnostics of `deno check`, which prints for people only. */
export function parseCheckOutput({ stderr, ok }: ToolOutput): Diagnostic[] {
  if (ok) return [];
  const found: Diagnostic[] = [];
  for (const block of stderr.split(/^(?=(?:error: )?TS\d+ \[ERROR\]: )/m)) {
    const start = /^(?:error: )?(TS\d+) \[ERROR\]: /.exec(block);
    if (start === null) continue;
    const lines = block.slice(start[0].length).split("\n");
    const at = lines.findIndex((line) => PLACE.test(line));
    const place = PLACE.exec(lines[at] ?? "");
    // Before the place stand the line of source and its underlining; a message may have several lines.
    const message = lines.slice(0, at < 0 ? 1 : Math.max(1, at - 2)).map((line) => line.trim()).join(" ");
    found.push({
      url: place?.[1] ?? null,
      line: place === null ? null : Number(place[2]),
      code: start[1]!,
      message,
    });
  }
  if (found.length > 0) return found;
  // It stopped before types: something cannot be parsed or resolved.
  const place = PLACE.exec(stderr);
  const said = /error: (.+)/.exec(stderr)?.[1] ?? stderr.trim().split("\n")[0] ?? "";
  const parse = /SyntaxError|could not be parsed|Expected|expected/.test(said);
  return [{
    url: place?.[1] ?? null,
    line: place === null ? null : Number(place[2]),
    code: parse ? "syntax" : "import",
    message: said.replace(/^The module's source code could not be parsed: /, "").replace(
      / at file:\/\/\S+$/,
      "",
    ),
  }];
}

/** The diagnostics of `deno lint --json`. */
export function parseLintOutput({ stdout, stderr, ok }: ToolOutput): Diagnostic[] {
  if (ok) return [];
  interface Lint {
    diagnostics: { filename: string; range: { start: { line: number } }; code: string; message: string }[];
    errors: { file_path: string; message: string }[];
  }
  let report: Lint;
  try {
    report = JSON.parse(stdout);
  } catch {
    const message = stderr.trim().split("\n").at(-1) ?? "";
    return [{ url: null, line: null, code: "lint", message: `deno lint failed: ${message}` }];
  }
  return [
    ...report.diagnostics.map(({ filename, range, code, message }) => ({
      url: filename,
      line: range.start.line,
      code,
      message,
    })),
    ...report.errors.map(({ message }) => {
      const place = PLACE.exec(message);
      return {
        url: place?.[1] ?? null,
        line: place === null ? null : Number(place[2]),
        code: "syntax",
        message: message.split("\n")[0]!.replace(/^SyntaxError: /, ""),
      };
    }),
  ];
}

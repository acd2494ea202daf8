import type { Message } from "./messages.ts";

/** What a cell displayed: one thing in one or more representations, by media type. */
export interface DisplayOutput {
  readonly mime: Readonly<Record<string, unknown>>;
}

/** What a cell printed. */
export interface StreamOutput {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export type Output = DisplayOutput | StreamOutput;

/** An error as the kernel reports it; `traceback` is of transpiled code and may be empty. */
export interface KernelError {
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

export interface Collected {
  readonly outputs: readonly Output[];
  readonly errors: readonly KernelError[];
}

/**
 * The outputs and errors among broadcast messages, in the order of arrival as a Jupyter client shows them:
 * text of one stream is joined, `update_display_data` replaces what it names, `clear_output` clears.
 */
export function collect(messages: readonly Message[]): Collected {
  let outputs: Output[] = [];
  let displays = new Map<string, number>();
  let clearBeforeNext = false;
  const errors: KernelError[] = [];
  const clear = () => {
    outputs = [];
    displays = new Map();
    clearBeforeNext = false;
  };
  const append = (output: Output) => {
    if (clearBeforeNext) clear();
    outputs.push(output);
  };
  for (const { header, content } of messages) {
    switch (header.msg_type) {
      case "stream": {
        const stream = content.name === "stderr" ? "stderr" : "stdout";
        const text = String(content.text ?? "");
        const last = clearBeforeNext ? undefined : outputs.at(-1);
        if (last !== undefined && "stream" in last && last.stream === stream) {
          outputs[outputs.length - 1] = { stream, text: last.text + text };
        } else if (text !== "") {
          append({ stream, text });
        }
        break;
      }
      case "display_data":
      case "execute_result": {
        const mime = bundle(content.data);
        // Some values, such as a trailing null, are broadcast as a result without any representation.
        if (Object.keys(mime).length === 0) break;
        append({ mime });
        const id = displayId(content);
        if (id !== undefined) displays.set(id, outputs.length - 1);
        break;
      }
      case "update_display_data": {
        const at = displays.get(displayId(content) ?? "");
        if (at !== undefined) outputs[at] = { mime: bundle(content.data) };
        break;
      }
      case "clear_output":
        if (content.wait === true) clearBeforeNext = true;
        else clear();
        break;
      case "error":
        errors.push(kernelError(content));
        break;
    }
  }
  return { outputs, errors };
}

/** The error in the content of an `error` broadcast or of a reply with status "error". */
export function kernelError(content: Readonly<Record<string, unknown>>): KernelError {
  const traceback = Array.isArray(content.traceback) ? content.traceback.map(String) : [];
  return {
    name: String(content.ename ?? "Error"),
    message: String(content.evalue ?? ""),
    traceback: traceback.flatMap((part) => part.split("\n")),
  };
}

/** The id by which a display can be updated later, or undefined. */
export function displayId(content: Readonly<Record<string, unknown>>): string | undefined {
  const transient = content.transient as { display_id?: unknown } | undefined;
  return typeof transient?.display_id === "string" ? transient.display_id : undefined;
}

function bundle(data: unknown): Record<string, unknown> {
  return data !== null && typeof data === "object" ? data as Record<string, unknown> : {};
}

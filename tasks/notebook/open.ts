import { delimiter, join } from "node:path";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { claimHome } from "../stack/home.ts";
import { findProgram } from "../stack/programs.ts";
import { childEnvironment } from "../stack/child_environment.ts";

export interface JupyterOptions {
  /** The directory that Jupyter shows; kernels start in it, so that the cells' imports hold. */
  readonly notebooks: string;
  /** Where the kernel is registered (`BENCHBOOK_HOME`); the user's own Jupyter set-up is left as it is. */
  readonly home: string;
}

/**
 * Opens Jupyter on the notebooks with the Deno kernel and waits until it is closed.
 * @throws {ServiceError} when Jupyter is not on PATH, saying how to install it, or fails.
 */
export async function openJupyter(options: JupyterOptions): Promise<void> {
  const program = findProgram("jupyter-lab", "jupyter-notebook");
  if (program === null) {
    throw new ServiceError(
      "Cannot open the notebooks in Jupyter: neither jupyter-lab nor jupyter-notebook is on PATH",
      "Install it with `pipx install jupyterlab`, `uv tool install jupyterlab` or `pip install jupyterlab`. " +
        "Without Jupyter, `deno task notebook --run` runs the notebooks.",
    );
  }
  claimHome(options.home);
  const kernels = await registerKernel(join(options.home, "jupyter"));
  // Jupyter refuses to start as root unless told that this is meant, as it is in a container.
  const root = Deno.uid() === 0 ? ["--allow-root"] : [];
  const child = new Deno.Command(program, {
    args: [...root, "--MultiKernelManager.default_kernel_name=deno", options.notebooks],
    // Searched before the user's own kernels, so that "deno" is the Deno that runs this.
    env: childEnvironment({
      JUPYTER_PATH: [kernels, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter),
    }),
    clearEnv: true,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // Ctrl-C reaches Jupyter too, which asks whether it is meant: we end when it does.
  const wait = () => {};
  const pass = () => child.kill("SIGTERM");
  Deno.addSignalListener("SIGINT", wait);
  Deno.addSignalListener("SIGTERM", pass);
  try {
    const { success, code } = await child.status;
    if (!success) throw new ServiceError(`Cannot keep Jupyter open: it ended with exit code ${code}`);
  } finally {
    Deno.removeSignalListener("SIGINT", wait);
    Deno.removeSignalListener("SIGTERM", pass);
  }
}

/**
 * Describes the Deno kernel to Jupyter in `directory`, and gives that directory for JUPYTER_PATH. Not by
 * `deno jupyter --install`: that writes into the user's own Jupyter directory whatever JUPYTER_DATA_DIR says.
 */
export async function registerKernel(directory: string): Promise<string> {
  const kernel = join(directory, "kernels", "deno");
  await Deno.mkdir(kernel, { recursive: true });
  const spec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
  await Deno.writeTextFile(join(kernel, "kernel.json"), JSON.stringify(spec, null, 2) + "\n");
  return directory;
}

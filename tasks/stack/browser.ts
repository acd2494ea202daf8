import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import puppeteer, { type Browser } from "puppeteer";
import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { onlyVariables } from "./child_environment.ts";
import { claimHome } from "./home.ts";
import { packageVersion } from "./package_version.ts";
import { findProgram, isExecutable, runProgram } from "./programs.ts";

/** A browser that can print PDF, and what it must be started with. */
export interface BrowserProgram {
  readonly command: string;
  readonly source: "CHROME_PATH" | "PATH" | "macOS application" | "@sparticuz/chromium" | "puppeteer";
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const CHROMIUM = "@sparticuz/chromium";
/** On a busy machine a browser may take so long for what takes a second: to start, to show a page, to print it. */
export const BROWSER_MS = 120_000;

const NAMES = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "chrome",
  "chrome-headless-shell",
  "microsoft-edge",
];

const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/** A browser that only renders our own files has no business on the network. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-quic",
  "--disable-sync",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
];

/**
 * Finds a browser, unpacking the one from npm last.
 * @throws {ServiceError} when there is none; the caller then goes on without a PDF.
 */
export async function findBrowser(
  config: Pick<Config, "home" | "chromePath">,
  signal?: AbortSignal,
): Promise<BrowserProgram> {
  const installed = await findInstalled(config);
  if (installed !== null) return installed;
  if (bringsChromium()) {
    const unpacked = await unpackChromium(config.home, signal);
    if (unpacked !== null) return unpacked;
  }
  return await findCached();
}

async function findInstalled(config: Pick<Config, "chromePath">): Promise<BrowserProgram | null> {
  if (config.chromePath !== undefined) {
    const command = isExecutable(config.chromePath) ? config.chromePath : findProgram(config.chromePath);
    if (command === null) {
      throw new ServiceError(
        `Cannot start the browser that CHROME_PATH names: ${config.chromePath} is not a program`,
        "Correct CHROME_PATH, or unset it to use the browser that comes with Benchbook.",
      );
    }
    return { command, source: "CHROME_PATH", args: [], env: {} };
  }
  const onPath = findProgram(...NAMES);
  // Ubuntu's chromium-browser is a script that asks for a snap: it answers to nothing, so it is tried.
  if (onPath !== null && (await runProgram(onPath, ["--version"], { timeoutMs: 10_000 })).code === 0) {
    return { command: onPath, source: "PATH", args: [], env: {} };
  }
  const application = APPLICATIONS.find(isExecutable);
  if (application !== undefined) {
    return { command: application, source: "macOS application", args: [], env: {} };
  }
  return null;
}

/** The package's binary is for Linux on x64 only. */
function bringsChromium(): boolean {
  return process.platform === "linux" && process.arch === "x64";
}

async function findCached(): Promise<BrowserProgram> {
  const cached = await puppeteersOwn();
  if (cached !== null) return { command: cached, source: "puppeteer", args: [], env: {} };
  throw new ServiceError(
    "Cannot find a browser for the PDF: no Chrome or Chromium is installed",
    "Install Chromium, run `npx puppeteer browsers install chrome`, or name a program in CHROME_PATH.",
  );
}

/**
 * Which browser `findBrowser` would take, in words, without unpacking one.
 * @throws {ServiceError} when there is none.
 */
export async function findBrowserPlan(config: Pick<Config, "home" | "chromePath">): Promise<string> {
  const installed = await findInstalled(config);
  if (installed !== null) return `${installed.command} (${installed.source})`;
  if (bringsChromium()) {
    const brought = `Chromium ${packageVersion(CHROMIUM)} of the npm package ${CHROMIUM}`;
    return isUnpacked(unpackedFolder(config.home)) ? brought : `${brought}, unpacked for the first PDF`;
  }
  return (await findCached()).command;
}

const VARIABLES = [
  ...["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"],
  ...["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DISPLAY"],
];

/** How a browser is started. */
export interface BrowserOptions {
  /** Closes it. */
  readonly signal?: AbortSignal;
  /** A folder for its files, which the caller removes. */
  readonly profile?: string;
}

/**
 * Starts a headless browser. The caller closes it; so does `signal`.
 * @throws {ServiceError} when there is none or it does not start.
 */
export async function launchBrowser(
  config: Pick<Config, "home" | "chromePath">,
  { signal, profile }: BrowserOptions = {},
): Promise<Browser> {
  const program = await findBrowser(config, signal);
  try {
    return await puppeteer.launch({
      executablePath: program.command,
      headless: true,
      // A browser spoken to over a pipe ends with us, also where we are killed.
      pipe: true,
      signal,
      userDataDir: profile,
      // Ctrl-C is ours to handle: the report in progress is dropped, then the browser closed.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [...QUIET, ...sandbox(), ...program.args],
      // One that is killed as it starts leaves files of its own: they go with the folder.
      env: {
        ...onlyVariables(...VARIABLES),
        ...program.env,
        ...profile !== undefined && { TMPDIR: profile },
      },
      timeout: BROWSER_MS,
    });
  } catch (error) {
    throw new ServiceError(
      `Cannot start the browser ${program.command}: ${firstLine((error as Error).message)}`,
      "Name another Chrome or Chromium in CHROME_PATH.",
      { cause: error },
    );
  }
}

/** Containers and root have no sandbox to offer; what is rendered is our own file, scripts off or known. */
function sandbox(): string[] {
  return process.platform === "linux"
    ? ["--no-sandbox", "--disable-setuid-sandbox", "--disable-dev-shm-usage"]
    : [];
}

const unpackedFolder = (home: string) => join(home, "chromium", packageVersion(CHROMIUM));
const isUnpacked = (folder: string) => existsSync(join(folder, "chromium"));

async function unpackChromium(home: string, signal?: AbortSignal): Promise<BrowserProgram | null> {
  const folder = unpackedFolder(home);
  if (!isUnpacked(folder)) {
    claimHome(home);
    // Unpacked under another name first: a binary that was cut short must not look complete.
    const part = `${folder}.${randomBytes(4).toString("hex")}`;
    mkdirSync(part, { recursive: true });
    try {
      const { code } = await runProgram(Deno.execPath(), [
        "run",
        "--allow-all",
        "--no-prompt",
        join(import.meta.dirname!, "unpack_chromium.ts"),
      ], { env: { TMPDIR: part }, cwd: import.meta.dirname, timeoutMs: 120_000, signal });
      if (code !== 0) return null;
      // By its real path: several homes may lead to it, and the first of them be gone by then.
      const place = join(dirname(realpathSync(part)), basename(folder));
      writeFileSync(join(part, "fonts.conf"), fontConfig(place));
      renameSync(part, folder);
    } catch (error) {
      // Another process may have been faster; what it unpacked is as good.
      if (!isUnpacked(folder)) throw error;
    } finally {
      rmSync(part, { recursive: true, force: true });
    }
  }
  return {
    command: join(folder, "chromium"),
    source: "@sparticuz/chromium",
    // The headless shell of the package is built without a zygote and without a GPU process to talk to.
    args: ["--no-zygote", "--in-process-gpu", "--disable-webgl", "--font-render-hinting=none"],
    env: { FONTCONFIG_FILE: join(folder, "fonts.conf") },
  };
}

/** The package's fonts and, where there are any, the system's. */
function fontConfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;
}

async function puppeteersOwn(): Promise<string | null> {
  try {
    const path = await puppeteer.executablePath();
    return isExecutable(path) ? path : null;
  } catch {
    return null;
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

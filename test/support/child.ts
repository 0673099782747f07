/**
 * Runs our own sources in processes of their own: what happens when two of them meet on one disk cannot be shown in one.
 * Node 20 runs no TypeScript, so the sources are bundled first, once for each test file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Bundle {
  /** Starts a process that runs the body of an async function over `ours`, the module that was bundled. */
  readonly start: (body: string, ...values: readonly string[]) => Child;
  readonly discard: () => Promise<void>;
}

export interface Child {
  readonly process: ChildProcess;
  /** Resolves with what it printed once it printed `text`, rejects where it ends before. */
  readonly printed: (text: string) => Promise<string>;
  /** What it printed, once it ended well. */
  readonly done: Promise<string>;
}

/**
 * Bundles a module of `src`, such as `node/index.ts`, which also starts in a third of the time.
 *
 * @param external - packages that cannot be bundled, because they load something native
 */
export async function bundle(module: string, external: readonly string[] = []): Promise<Bundle> {
  // What is not bundled is found from a folder of this one alone.
  const folder = await mkdtemp(join(external.length === 0 ? tmpdir() : join(ROOT, "node_modules"), "bundle-"));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    ssr: { noExternal: true, external: [...external] },
    build: {
      ssr: resolve(ROOT, "src", module),
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: "ours.mjs" } },
    },
  });
  let count = 0;
  return {
    start: (body, ...values) => {
      count += 1;
      const file = join(folder, `child-${count}.mjs`);
      const text = `import * as ours from "./ours.mjs";\nconst [, , ...values] = process.argv;\n${body}\n`;
      writeFileSync(file, text);
      return childOf(spawn(process.execPath, [file, ...values], { stdio: ["ignore", "pipe", "pipe"] }));
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

function childOf(child: ReturnType<typeof spawn>): Child {
  let output = "";
  let errors = "";
  const watchers = new Set<() => void>();
  child.stdout?.on("data", (piece: Buffer) => {
    output += piece.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr?.on("data", (piece: Buffer) => {
    errors += piece.toString();
  });
  const done = new Promise<string>((yes, no) => {
    child.on("close", (code, signal) => {
      if (code === 0) yes(output);
      else no(new Error(`The process ended with ${String(code ?? signal)}: ${errors}`));
    });
  });
  // A test that kills its child does not wait for a good end.
  done.catch(() => undefined);
  const printed = (text: string): Promise<string> =>
    new Promise((yes, no) => {
      const look = (): void => {
        if (!output.includes(text)) return;
        watchers.delete(look);
        yes(output);
      };
      watchers.add(look);
      look();
      done.then(
        () => no(new Error(`It ended without printing ${text}.`)),
        (error: unknown) => no(error instanceof Error ? error : new Error(String(error))),
      );
    });
  return { process: child, printed, done };
}

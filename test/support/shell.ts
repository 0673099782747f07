/**
 * Transcripts: what a user types into a shell, and all that comes out. A line of a transcript is one of
 *
 *     $ confirm post bob@localhost "Open pod bay doors"     typed; with & at its end it goes on beside what follows
 *     > <ID>                                                a line on stdout
 *     ! confirm: first use of ...                           a line on stderr
 *     = 3                                                   the exit code, where it is not 0
 *     $ wait                                                for the command that went on, and what it still prints
 *
 * `<NAME>` is one word: the first time it is kept, as `$NAME` too, and from then on it must be the same. `$ENDPOINT` is the
 * broker's. `...` is anything; alone on a line it is any number of lines. Everything else is literal, and nothing may come
 * out that is not there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { waitUntil } from "../../src/demo/browser/wait.ts";
import type { System } from "./system.ts";

const CONFIRM = resolve(import.meta.dirname, "../../dist/node/cli/confirm.js");

interface Step {
  readonly typed: string;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly code: number;
}

interface Job {
  readonly child: ChildProcess;
  out: string;
  err: string;
  /** The exit code, or the signal that ended it; undefined while it runs. */
  end: number | string | undefined;
}

export class Shell {
  /** Where commands are typed. */
  readonly folder: string;
  readonly variables = new Map<string, string>();
  readonly #system: System;
  readonly #bin: string;
  #beside: Job | undefined;

  constructor(system: System) {
    this.#system = system;
    this.#bin = mkdtempSync(join(system.folder, "bin-"));
    this.folder = join(this.#bin, "work");
    symlinkSync(CONFIRM, join(this.#bin, "confirm"));
  }

  /** Types a transcript's lines and compares what comes out. */
  async play(transcript: string): Promise<void> {
    for (const step of stepsOf(transcript)) {
      if (step.typed === "wait") await this.#finish(step);
      else if (step.typed.endsWith("&")) await this.#startBeside(step);
      else {
        const job = await this.#type(step.typed);
        await ended(job);
        this.#compare(step, job);
      }
    }
  }

  async #type(line: string): Promise<Job> {
    await mkdir(this.folder, { recursive: true });
    const child = spawn("bash", ["-c", line], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: `${this.#bin}:${process.env["PATH"] ?? ""}`,
        CONFIRM_HOME: this.#system.home,
        CONFIRM_BROKER: this.#system.origin,
        DATA: this.#system.data,
        ...Object.fromEntries(this.variables),
      },
    });
    const job: Job = { child, out: "", err: "", end: undefined };
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (job.out += piece));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => (job.err += piece));
    child.on("close", (code, signal) => (job.end = code ?? signal ?? "?"));
    return job;
  }

  /** Goes on when it has printed what the transcript shows, or when it ended. */
  async #startBeside(step: Step): Promise<void> {
    const job = await this.#type(step.typed.slice(0, -1));
    this.#beside = job;
    const printed = (): boolean => this.#fits(step.out, job.out) && this.#fits(step.err, job.err);
    await waitUntil(step.typed, 20_000, async () => (printed() || job.end !== undefined ? true : undefined));
    if (!printed()) expect(blockOf(step.typed, job)).toBe(expectedBlock(step));
    job.out = "";
    job.err = "";
  }

  async #finish(step: Step): Promise<void> {
    const job = this.#beside;
    if (job === undefined) throw new Error("nothing runs beside");
    await ended(job);
    this.#compare(step, job);
  }

  #compare(step: Step, job: Job): void {
    const fits = this.#fits(step.out, job.out) && this.#fits(step.err, job.err) && job.end === step.code;
    // What is shown is a difference between two transcripts.
    if (!fits) expect(blockOf(step.typed, job)).toBe(expectedBlock(step));
  }

  /** Compares, and keeps what is named for the first time. */
  #fits(lines: readonly string[], text: string): boolean {
    const found = this.#pattern(lines).exec(text);
    for (const [name, value] of Object.entries(found?.groups ?? {})) this.variables.set(name, value);
    return found !== null;
  }

  #pattern(lines: readonly string[]): RegExp {
    const named = new Set<string>();
    const word = (name: string): string => {
      const known = this.variables.get(name);
      if (known !== undefined) return escape(known);
      if (named.has(name)) return `\\k<${name}>`;
      named.add(name);
      return `(?<${name}>[^\\s,;")]+)`;
    };
    const pieceOf = (piece: string): string => {
      if (piece === "...") return ".*";
      const name = /^<([A-Z]+)>$/.exec(piece)?.[1];
      if (name !== undefined) return word(name);
      return escape(piece.replaceAll("$ENDPOINT", `${this.#system.origin}/.well-known/confirm`));
    };
    const lineOf = (line: string): string =>
      line === "..."
        ? "(?:.*\\n)*"
        : `${line
            .split(/(\.\.\.|<[A-Z]+>)/)
            .map(pieceOf)
            .join("")}\\n`;
    return new RegExp(`^${lines.map(lineOf).join("")}$`);
  }
}

async function ended(job: Job): Promise<void> {
  await waitUntil("it ends", 60_000, async () => (job.end === undefined ? undefined : true));
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function stepsOf(transcript: string): readonly Step[] {
  const steps: Step[] = [];
  for (const line of transcript.split("\n").map((one) => one.trim())) {
    const [sign, rest] = [line.slice(0, 1), line.slice(2)];
    const last = steps.at(-1);
    if (sign === "$") steps.push({ typed: rest, out: [], err: [], code: 0 });
    else if (line === "") continue;
    else if (last === undefined || !"$>!=".includes(sign)) throw new Error(`not a line of a transcript: ${line}`);
    else if (sign === ">") steps[steps.length - 1] = { ...last, out: [...last.out, rest] };
    else if (sign === "!") steps[steps.length - 1] = { ...last, err: [...last.err, rest] };
    else steps[steps.length - 1] = { ...last, code: Number(rest) };
  }
  return steps;
}

function expectedBlock({ typed, out, err, code }: Step): string {
  return [`$ ${typed}`, ...out.map((line) => `> ${line}`), ...err.map((line) => `! ${line}`), `= ${code}`].join("\n");
}

function blockOf(typed: string, { out, err, end }: Job): string {
  const lines = (text: string): string[] => text.replace(/\n$/, "").split("\n");
  const step = { typed, out: out === "" ? [] : lines(out), err: err === "" ? [] : lines(err), code: 0 };
  return expectedBlock(step).replace(/= 0$/, `= ${end ?? "still running"}`);
}

/** The documents of this project as tests read them: their fenced blocks, links, headings and the paths they name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface Block {
  readonly language: string;
  readonly text: string;
  /** Counted from 1, for the name of a test. */
  readonly line: number;
}

export interface Document {
  /** From the root, such as `docs/broker.md`. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** The text without fenced blocks. */
  readonly prose: string;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

function readDocument(path: string): Document {
  const text = readFileSync(join(ROOT, path), "utf8");
  const blocks = [...text.matchAll(FENCE)].map(({ 1: language = "", 2: content = "", index }) => ({
    language,
    text: content,
    line: text.slice(0, index).split("\n").length,
  }));
  return { path, blocks, prose: text.replaceAll(FENCE, "") };
}

/** README and its neighbours, and everything in docs. */
export function readDocuments(): readonly Document[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return [...top, ...docs].sort().map(readDocument);
}

/** What a heading is called in a link, as GitHub and others do it. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function hasHeading(file: string, slug: string): boolean {
  const { prose } = readDocument(relative(ROOT, file));
  return [...prose.matchAll(/^#+ (.*)$/gm)].some(([, heading = ""]) => slugOf(heading) === slug);
}

/** The relative links and images of a document that lead nowhere. */
export function deadLinks({ path, prose }: Document): readonly string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = "", slug] = target.split("#");
    const found = file === "" ? join(ROOT, path) : resolve(join(ROOT, dirname(path)), file);
    return !existsSync(found) || (slug !== undefined && !hasHeading(found, slug));
  });
}

/** Files and folders of this project that the text names in code marks and that are not there. */
export function missingPaths({ prose }: Document): readonly string[] {
  const named = [...prose.matchAll(/`((?:src|test|docs|public|\.ci)\/[\w./-]+)`/g)].map(([, name = ""]) => name);
  return named.filter((name) => !existsSync(join(ROOT, name)));
}

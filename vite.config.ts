/**
 * Builds the extension from one manifest for two browsers: `vite build --mode chrome` and `--mode firefox`. The output
 * is not minified and its names carry no hashes, so that what is shipped can be read and compared. A development
 * server writes elsewhere, since its manifest opens doors that a release must not have.
 */
import { crx } from "@crxjs/vite-plugin";
import type { ManifestV3Export } from "@crxjs/vite-plugin";
import { defineConfig } from "vite";
import manifest from "./manifest.json" with { type: "json" };
import packageJson from "./package.json" with { type: "json" };

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

/** An entry is named by its folder: `background.js`, `popup-page.js`, `options-page.js`. */
function chunkName({ facadeModuleId }: { readonly facadeModuleId?: string | null }): string {
  const [, folder, kind] = /src\/extension\/([a-z]+)\/index\.(ts|html)$/.exec(facadeModuleId ?? "") ?? [];
  if (folder === undefined) return "assets/[name].js";
  return kind === "html" ? `assets/${folder}-page.js` : `assets/${folder}.js`;
}

/** The npm package that a module is of, as the name of its chunk. */
function packageOf(moduleId: string): string | null {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1];
  return name === undefined ? null : `lib-${name.replace("@", "").replace("/", "-")}`;
}

export default defineConfig(({ command, mode }) => {
  const browser = isBrowser(mode) ? mode : "chrome";
  return {
    plugins: [crx({ manifest: manifestFor(browser), browser })],
    build: {
      target: BROWSERS[browser].target,
      outDir: command === "serve" ? `.cache/dev/${browser}` : `dist/${browser}`,
      emptyOutDir: true,
      minify: false,
      // The polyfill would put a fetch into every page.
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: {
          entryFileNames: chunkName,
          chunkFileNames: chunkName,
          assetFileNames: "assets/[name][extname]",
          // Own code and each library apart: a page loads only the libraries that it needs.
          codeSplitting: {
            groups: [
              { name: packageOf, debugName: "libraries", test: /node_modules/ },
              { name: "shared", test: /\/src\/.*\.ts$/, minShareCount: 2 },
            ],
          },
        },
      },
    },
  };
});

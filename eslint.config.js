/**
 * Type-checked lint at its strictest, and the rules of this project that a type cannot say: which folders are pure,
 * where `as` may stand, which one file names the browser's API. Who may import whom is in `.dependency-cruiser.cjs`.
 */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Folders that run in a browser as well as in Node. */
const PORTABLE = ["protocol", "srml", "crypto", "receipt", "client", "responder", "extension"];
/** Folders that get clock, randomness, storage and network as arguments. */
const PURE = ["protocol", "srml", "receipt", "responder"];
/** Where raw input becomes a typed value: the only files that may say `as`. */
const PARSERS = ["vite.config.ts", "src/protocol/**/*.ts", "src/**/parse.ts", "src/**/parse-*.ts"];
/** The one file that names the browser's API; its half in `background` has what no page's script may hold. */
const BROWSER_DOORWAY = "src/extension/browser.ts";

const inFolders = (names) => names.map((name) => `src/${name}/**/*.ts`);

const banned = (names, message) => names.map((name) => ({ name, message }));
const NODE_GLOBALS = banned(
  ["process", "Buffer", "require", "module", "exports", "global", "__dirname", "__filename", "setImmediate"],
  "This folder also runs in a browser.",
);
const WORLD_GLOBALS = banned(
  [
    ...["fetch", "WebSocket", "XMLHttpRequest", "EventSource", "indexedDB", "localStorage", "sessionStorage", "caches"],
    ...["setTimeout", "setInterval", "queueMicrotask", "performance", "crypto", "console", "globalThis", "self"],
  ],
  "This folder is pure: take it as an argument.",
);
const BROWSER_API_GLOBALS = banned(["chrome", "browser"], `Only ${BROWSER_DOORWAY} names the browser's API.`);

const PURE_SYNTAX = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "This folder is pure: the time is an argument.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']",
    message: "This folder is pure: the time is an argument.",
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: "This folder is pure: randomness is an argument.",
  },
];

const ENGINE_TABLES = [
  {
    selector:
      "Literal[regex.pattern=/\\\\[pP]\\{/], Literal[value=/\\\\[pP]\\{/], TemplateElement[value.cooked=/\\\\[pP]\\{/]",
    message: "The engine's Unicode version is not ours: use the generated tables.",
  },
];

const HTML_SINKS = [
  ...[
    ...["innerHTML", "outerHTML", "srcdoc", "insertAdjacentHTML", "setHTML", "setHTMLUnsafe", "parseHTMLUnsafe"],
    ...["createContextualFragment", "parseFromString"],
  ].map((property) => ({ property, message: "Build elements with createElement and textContent." })),
  ...["write", "writeln"].map((property) => ({ object: "document", property, message: "No text becomes markup." })),
];

const JOSE = { name: "jose", message: "Only src/crypto imports jose." };
const POLYFILL = { name: "webextension-polyfill", message: `Only ${BROWSER_DOORWAY} imports it.` };

export default defineConfig(
  { ignores: ["dist/", "coverage/", "node_modules/", "**/*.generated.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    name: "every file",
    rules: {
      eqeqeq: "error",
      "no-console": "off",
      "no-constant-condition": ["error", { checkLoops: false }],
      "no-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-promise-executor-return": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-unreachable-loop": "error",
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "require-atomic-updates": "off",
    },
  },
  {
    name: "TypeScript",
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      // An interface has no implicit index signature, so it is no JSON value; both forms are used.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      // Text is read by code points on purpose; the gate refuses what that would split wrongly.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/prefer-readonly": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    name: "own code",
    files: ["src/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "no-restricted-imports": ["error", { paths: [JOSE, POLYFILL] }],
    },
  },
  { name: "the jose doorway", files: inFolders(["crypto"]), rules: { "no-restricted-imports": ["error", POLYFILL] } },
  {
    name: "the browser doorway",
    files: [BROWSER_DOORWAY, "src/extension/background/browser.ts"],
    rules: { "no-restricted-imports": ["error", JOSE] },
  },
  {
    name: "parsers",
    files: PARSERS,
    rules: { "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "as" }] },
  },
  {
    name: "portable folders",
    files: inFolders(PORTABLE),
    rules: { "no-restricted-globals": ["error", ...NODE_GLOBALS] },
  },
  {
    name: "pure folders",
    files: inFolders(PURE),
    rules: {
      "no-restricted-globals": ["error", ...NODE_GLOBALS, ...WORLD_GLOBALS, ...BROWSER_API_GLOBALS],
      "no-restricted-syntax": ["error", ...PURE_SYNTAX],
    },
  },
  {
    name: "no Unicode tables of the engine in the text gate",
    files: inFolders(["srml"]),
    rules: { "no-restricted-syntax": ["error", ...PURE_SYNTAX, ...ENGINE_TABLES] },
  },
  {
    name: "extension",
    files: inFolders(["extension"]),
    rules: {
      "no-restricted-globals": ["error", ...NODE_GLOBALS, ...BROWSER_API_GLOBALS],
      "no-restricted-properties": ["error", ...HTML_SINKS],
    },
  },
  {
    name: "tests",
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "as" }],
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.object.name=/^(describe|it|test|suite)$/][callee.property.name='only']",
          message: "One test alone is for the desk, not for the repository.",
        },
      ],
    },
  },
  {
    name: "plain JavaScript",
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...["process", "console", "Buffer", "URL", "URLSearchParams", "TextEncoder", "TextDecoder", "AbortSignal"],
          ...["AbortController", "fetch", "WebSocket", "performance", "crypto", "structuredClone", "atob", "btoa"],
          ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "queueMicrotask"],
        ].map((name) => [name, "readonly"]),
      ),
    },
    rules: { "no-undef": "error", "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }] },
  },
  {
    name: "CommonJS",
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs", globals: { module: "writable", require: "readonly" } },
  },
);

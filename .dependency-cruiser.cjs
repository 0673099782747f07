/**
 * Who may import whom: each folder of `src` names all that it imports, type imports included, and everything else is
 * refused. `npm run imports` checks it; `test/architecture` plants forbidden imports and shows that they are reported.
 */
const { builtinModules } = require("node:module");

/** Folder -> the other folders that it may import directly. */
const FOLDERS = {
  protocol: [],
  srml: ["protocol"],
  crypto: ["protocol"],
  receipt: ["protocol", "srml", "crypto"],
  client: ["protocol", "crypto"],
  responder: ["protocol", "srml", "crypto", "receipt"],
  extension: ["responder", "client", "receipt", "protocol", "srml", "crypto"],
  node: ["protocol", "crypto", "receipt"],
  enquirer: ["client", "receipt", "srml", "crypto", "protocol", "node"],
  broker: ["protocol", "srml", "crypto", "receipt", "client", "node"],
  reference2017: ["protocol", "crypto"],
  cli: [
    ...["protocol", "srml", "crypto", "receipt", "client", "responder"],
    ...["node", "enquirer", "broker", "reference2017"],
  ],
  demo: ["enquirer"],
};

/** npm package -> where in `src` it may be imported; a package that is not here may be imported nowhere. */
const PACKAGES = {
  commander: "^src/cli/",
  dompurify: "^src/extension/popup/",
  jose: "^src/crypto/",
  libsql: "^src/broker/store/sqlite/",
  pg: "^src/broker/store/postgres/",
  "playwright-core": "^src/demo/",
  saxes: "^src/srml/",
  "webextension-polyfill": "^src/extension/(background/)?browser\\.ts$",
  ws: "^src/(node|broker|cli|demo)/",
};

/** Folders of Node; all others run in a browser too. */
const NODE_FOLDERS = ["node", "enquirer", "broker", "cli", "demo"];

const NODE_MODULES = `^(node:.+|(${builtinModules.filter((name) => !name.startsWith("_")).join("|")}))$`;
const packagePath = (name) => `(^|/)node_modules/(@types/)?${name}(/|$)`;

const folderRules = Object.entries(FOLDERS).map(([folder, allowed]) => ({
  name: `imports-of-${folder}`,
  comment: `src/${folder} imports ${allowed.length === 0 ? "no other folder" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: {
    path: "^(src|test|public|[.]ci)/|^[^/]+$",
    pathNot: [`^src/(${[folder, ...allowed].join("|")})/`, NODE_MODULES],
  },
}));

const packageRules = Object.entries(PACKAGES).map(([name, where]) => ({
  name: `importers-of-${name}`,
  comment: `${name} is imported in ${where} only.`,
  severity: "error",
  from: { path: "^src/", pathNot: where },
  to: { path: packagePath(name) },
}));

/** The files of the extension that belong to none of its three programs. */
const SHARED = "(?!(?:background|popup|options)/)";

/** Inside the extension: the popup is dumb, and only the background parses, signs and stores. */
const extensionRules = [
  {
    name: "popup-imports-types-only",
    comment: "The popup renders what the background hands it: of the other folders it may know types alone.",
    from: { path: "^src/extension/popup/" },
    to: { path: "^src/(?!extension/|protocol/)", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "background-alone-parses-and-signs",
    comment: "Outside src/extension/background srml and crypto are types.",
    from: { path: "^src/extension/", pathNot: "^src/extension/background/" },
    to: { path: "^src/(srml|crypto)/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "shared-files-stay-light",
    comment: "What background, popup and options share is in the popup's chunk too.",
    from: { path: `^src/extension/${SHARED}` },
    to: { path: `^src/(?!extension/${SHARED}|protocol/)`, dependencyTypesNot: ["type-only"] },
  },
  {
    name: "contexts-speak-by-message",
    comment: "Background, popup and options are separate programs; they share types and messages.",
    from: { path: "^src/extension/(background|popup|options)/" },
    to: {
      path: "^src/extension/(background|popup|options)/",
      pathNot: "^src/extension/$1/",
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "extension-reaches-no-node-module",
    comment: "Nothing that the extension imports, directly or not, names a module of Node.",
    from: { path: "^src/extension/" },
    to: { path: NODE_MODULES, reachable: true },
  },
].map((rule) => ({ ...rule, severity: "error" }));

/** Clients that show that the protocol can be spoken without us: they may import Node's modules, and each other. */
const PLAIN = "^test/.*/plain-[^/]*[.]mjs$";

const plainRule = {
  name: "plain-clients-import-node-alone",
  comment: "A plain client imports modules of Node and other plain files: nothing of src, of dist, and no package.",
  severity: "error",
  from: { path: PLAIN },
  to: { pathNot: [PLAIN, NODE_MODULES] },
};

module.exports = {
  forbidden: [
    ...folderRules,
    ...packageRules,
    ...extensionRules,
    plainRule,
    {
      name: "known-folders-only",
      comment: "A new folder of src has a line in the table of this file first.",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${Object.keys(FOLDERS).join("|")})/` },
      to: {},
    },
    {
      name: "known-packages-only",
      comment: "A package that src imports has a line in the table of this file, and one in docs/dependencies.md.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"],
        pathNot: Object.keys(PACKAGES).map(packagePath),
      },
    },
    {
      name: "no-development-package",
      comment: "What is installed from npm runs without development packages; the demo runs in a clone only.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/demo/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "node_modules/@types/" },
    },
    {
      name: "portable-folders-import-no-node-module",
      comment: `Only ${NODE_FOLDERS.join(", ")} may name a module of Node.`,
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${NODE_FOLDERS.join("|")})/` },
      to: { dependencyTypes: ["core"] },
    },
    { name: "no-cycle", severity: "error", from: { path: "^src/" }, to: { circular: true } },
    { name: "resolvable", severity: "error", from: { path: "^src/" }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    builtInModules: { override: [...builtinModules, ...builtinModules.map((name) => `node:${name}`)] },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default", "node"] },
  },
};

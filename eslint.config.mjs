// The walls of the house: who may import what. See CONTRIBUTING.md.
import eslint from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Rooms in the order in which data flows; each may import only from those named. */
const rooms = {
  run: [],
  read: ["run"],
  measure: ["run", "read"],
  diagnose: ["run", "measure"],
  losses: ["run"],
  lint: ["run", "diagnose"],
  report: ["run", "diagnose", "losses"],
  protocol: ["run"],
  engine: ["run", "read", "measure", "diagnose", "losses", "lint", "report", "protocol"],
  editor: ["run", "diagnose", "lint", "report", "engine", "protocol", "losses"],
};
const mayUseVscode = ["editor"];
const mayUseNode = ["engine", "editor"];

const walls = Object.entries(rooms).map(([room, may]) => {
  const closed = Object.keys(rooms).filter((other) => other !== room && !may.includes(other));
  const patterns = closed.map((other) => ({
    regex: `^(\\.\\./)+${other}(/|$)`,
    message: `src/${room} may import only ${[room, ...may].join(", ")}.`,
  }));
  if (!mayUseVscode.includes(room)) patterns.push({ regex: "^vscode$", message: "vscode is known to src/editor and src/extension.ts alone." });
  if (!mayUseNode.includes(room)) patterns.push({ regex: "^(node:|fs$|path$|zlib$|os$|worker_threads$)", message: "node: is known to src/engine, src/cli.ts and src/terminal.ts alone." });
  patterns.push({ regex: "webview/", message: "The pages know the host, never the other way round." });
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": ["error", { patterns }],
      "no-restricted-globals": ["error", "document", "window", ...(mayUseNode.includes(room) ? [] : ["process", "Buffer", "require"])],
    },
  };
});

export default tseslint.config(
  { ignores: ["node_modules", "dist", "out", ".cache", "examples", ".vscode-test", "test/fixtures", "src/measure/simd/kernels.ts"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Index loops over typed arrays are checked by their bounds.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-literal-enum-member": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
    },
  },
  ...walls,
  {
    files: ["webview/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "src/(?!protocol|run)", message: "webview imports protocol and run alone." }, { regex: "^(vscode$|node:)", message: "A page runs in a browser." }] },
      ],
    },
  },
  { files: ["src/terminal.ts", "test/**/*.ts"], rules: { "no-console": "off" } },
  { files: ["test/e2e/**/*.mjs"], languageOptions: { globals: { ...globals.mocha, getComputedStyle: "readonly" } } },
  {
    files: ["**/*.{mjs,js,cjs}"],
    languageOptions: {
      globals: { process: "readonly", console: "readonly", Buffer: "readonly", URL: "readonly", URLSearchParams: "readonly", require: "readonly", module: "writable", __dirname: "readonly", setTimeout: "readonly", clearTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly", fetch: "readonly", AbortController: "readonly", AbortSignal: "readonly", performance: "readonly", TextDecoder: "readonly", document: "readonly", window: "readonly" },
    },
  },
);

// Shows what Run Doctor does on the bundled examples: `npm start`. First in the terminal, then in a real VS Code:
// the desktop one where `code` is on the path, else one served on 127.0.0.1. Ctrl-C ends all of it.
import { join } from "node:path";
import { must, needPackages, onPath, root, show } from "./lib/run.mjs";

needPackages();
must(process.execPath, ["esbuild.js", "--production"], { cwd: root });
const examples = join(root, "examples");
console.log("run-doctor inspect examples\n");
await show(process.execPath, ["dist/cli.js", "inspect", "examples"]);

const code = onPath("code");
if (code) {
  console.log("opening the examples in VS Code; close its window, or press Ctrl-C here");
  process.exitCode = await show(code, ["--new-window", "--wait", `--extensionDevelopmentPath=${root}`, examples]);
} else {
  const { folderUrl, startServer } = await import("./lib/served.mjs");
  // The examples are ours: nobody need be asked whether they are trusted.
  const server = await startServer({ extensionFolder: root, settings: { "security.workspace.trust.enabled": false } });
  console.log(`\nVS Code with Run Doctor and the examples: ${folderUrl(server, examples)}\nCtrl-C ends it.`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
  await server.stop();
}

/** TensorFlow for trial trainings, installed where the user asks for it: a native library, two or three times as fast as WebAssembly. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProcessExecution, Task, TaskScope, tasks, window, type Uri } from "vscode";

const PACKAGE = "@tensorflow/tfjs-node@4.22.0";

/** The folder of the extension's storage that holds it. */
export function tensorflowFolder(storage: Uri): string {
  return join(storage.fsPath, "tensorflow");
}

/** Asks, then runs npm in a terminal that the user sees. */
export async function installTensorflow(storage: Uri): Promise<void> {
  const install = "Install";
  const answer = await window.showInformationMessage(`Install ${PACKAGE} for trial trainings?`, { modal: true, detail: "npm fetches it with its native library (about 400 MB on disk, part of it from storage.googleapis.com) into Run Doctor's storage. Without it trials run in WebAssembly, and nothing is missing but speed." }, install);
  if (answer !== install) return;
  const folder = tensorflowFolder(storage);
  await mkdir(folder, { recursive: true });
  // A folder of its own, so that npm does not look for a project above it; the package's script fetches the library, which newer npm asks to allow.
  await writeFile(join(folder, "package.json"), `${JSON.stringify({ private: true, allowScripts: { "@tensorflow/tfjs-node": true } }, null, 2)}\n`);
  const windows = process.platform === "win32";
  const args = ["install", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE];
  const execution = windows ? new ProcessExecution("cmd", ["/c", "npm", ...args], { cwd: folder }) : new ProcessExecution("npm", args, { cwd: folder });
  const task = await tasks.executeTask(new Task({ type: "runDoctor.tensorflow" }, TaskScope.Global, "Install TensorFlow", "Run Doctor", execution));
  const code = await new Promise<number | undefined>((resolve) => {
    const listening = tasks.onDidEndTaskProcess((event) => {
      if (event.execution !== task) return;
      listening.dispose();
      resolve(event.exitCode);
    });
  });
  if (code === 0) void window.showInformationMessage("TensorFlow is installed: the next trial uses it where it loads.");
  else throw new Error(`npm ended with code ${code ?? "none"}; the terminal says why. Trials go on in WebAssembly.`);
}

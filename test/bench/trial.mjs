// "trial": steps per second of each backend of TensorFlow.js that loads, on the same small training, side by side in turns: node trial.mjs [ROUNDS]
// "trial-toy": what the toy set shows after a longer training: node trial.mjs --toy [STEPS]. RUN_DOCTOR_TFJS_NODE names a folder with
// node_modules/@tensorflow/tfjs-node.
import { fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const job = { data: { kind: "toy" }, loss: null, config: null, seeds: [0], batchNorm: false, folders: [process.env.RUN_DOCTOR_TFJS_NODE ?? root] };
const [first, second] = process.argv.slice(2);
if (first === "--toy") await toy(Number(second ?? 600));
else await speeds(Number(first ?? 3));

/** Batches of 8 images through a U-Net of 16, 32 and 64 channels, cross-entropy, Adam. */
async function speeds(rounds) {
  const steps = { tensorflow: 60, wasm: 15, cpu: 1 };
  const found = new Map();
  const missing = new Map();
  for (let round = 0; round < rounds; round++) {
    for (const backend of Object.keys(steps)) {
      if (missing.has(backend)) continue;
      const { points, failed } = await trial({ ...job, data: { kind: "given", data: noise() }, variants: ["port.ce"], steps: 2 * steps[backend], slice: steps[backend], backend });
      if (failed !== null) missing.set(backend, failed);
      // The first half prepares what the second finds.
      else found.set(backend, [...(found.get(backend) ?? []), steps[backend] / points[2].seconds]);
    }
  }
  console.log("\ntrial: steps per second, batches of 8 images of 28 × 28, U-Net of 16, 32 and 64 channels");
  for (const [backend, rates] of found) console.log(`  ${backend.padEnd(11)}${median(rates).toFixed(2)} steps/s (${Math.min(...rates).toFixed(2)} to ${Math.max(...rates).toFixed(2)})`);
  for (const [backend, why] of missing) console.log(`  ${backend.padEnd(11)}not here: ${why}`);
  for (const [fast, slow, reach] of [["wasm", "cpu", 10], ["tensorflow", "wasm", 5]]) {
    if (!found.has(fast) || !found.has(slow)) continue;
    const ratio = median(found.get(fast).map((rate, i) => rate / found.get(slow)[i]));
    console.log(`  ${fast} is ${ratio.toFixed(1)}× as fast as ${slow}${ratio < reach ? `, less than the ${reach}× to reach` : ""}`);
  }
}

/** Images of the toy set's shape; one is measured. What is in them does not change the speed. */
function noise() {
  const n = 33 * 784;
  return { images: Float32Array.from({ length: n }, () => Math.random()), labels: Uint8Array.from({ length: n }, () => Math.random() * 11), classes: 11, channels: 1, space: [28, 28], background: 0, train: Int32Array.from({ length: 32 }, (_, i) => i), val: Int32Array.of(32), from: "noise" };
}

async function toy(steps) {
  const wanted = { "port.ce": "learns", "monai.DiceCELoss(softmax)": "learns", "port.manu_per_image_eps": "stays at loss 1", "port.manu_tf1": "background alone" };
  const { points, failed, words } = await trial({ ...job, variants: Object.keys(wanted), steps, slice: Math.ceil(steps / 4) });
  if (failed !== null) throw new Error(failed);
  console.log(`\ntrial-toy: ${steps} steps without batch normalisation (${words})`);
  for (const [id, what] of Object.entries(wanted)) {
    const last = points.filter((p) => p.id === id).at(-1);
    const held = what === "learns" ? last.foreground > 0.3 : what === "stays at loss 1" ? Math.abs(last.loss - 1) < 1e-6 : last.background > 0.999 && last.foreground === 0;
    console.log(`  ${id}: loss ${last.loss.toFixed(4)}, foreground Dice ${last.foreground.toFixed(3)}, ${(100 * last.background).toFixed(1)} % background; ${held ? what : `NOT: ${what}`}`);
    if (!held) process.exitCode = 1;
  }
}

function trial(work) {
  const child = fork(join(root, "dist", "trial.js"), [], { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const points = [];
  let words = "";
  return new Promise((resolve) => {
    let failed = null;
    child.on("message", (message) => {
      if (message.kind === "point") points.push(message);
      if (message.kind === "backend") words = message.words;
      if (message.kind === "failed" || (message.kind === "ended" && message.why !== "done")) failed ??= message.message;
    });
    child.on("close", () => resolve({ points, failed, words }));
    child.send({ kind: "job", job: work });
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

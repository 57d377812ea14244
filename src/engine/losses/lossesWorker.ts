/** The thread that compares losses: one job, then it ends and its memory is given back. */
import { parentPort, workerData } from "node:worker_threads";
import { chosen, ownVariant, USUAL } from "../../losses/choice";
import { codeOf, noCodeReason } from "../../losses/code/codeOf";
import { compare } from "../../losses/compare";
import { VARIANTS } from "../../losses/variants";
import { messageOf } from "../errors";
import { rowOf } from "./lossRows";
import type { FromLosses, LossesJob } from "./lossesMessages";

function work({ set, loss, config, which, names }: LossesJob, say: (message: FromLosses) => void): void {
  const own = ownVariant(loss, config);
  const variants = chosen(own, which === "all" ? VARIANTS.map((v) => v.id) : USUAL);
  say({ kind: "begun", total: variants.length, own: own !== null });
  const options = { classes: set.classes, background: set.background, names };
  let at = 0;
  for (const compared of compare(set, variants, own)) {
    const variant = variants[at++]!;
    say({ kind: "row", row: rowOf(compared, noCodeReason(variant, options)), code: { keras: codeOf(variant, "keras", options), pytorch: codeOf(variant, "pytorch", options) } });
  }
  say({ kind: "done" });
}

const port = parentPort;
if (port === null) throw new Error("lossesWorker.js is a worker thread");
const say = (message: FromLosses): void => port.postMessage(message);
try {
  work(workerData as LossesJob, say);
} catch (error) {
  say({ kind: "failed", message: messageOf(error) });
}

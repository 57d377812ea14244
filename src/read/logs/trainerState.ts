/**
 * Hugging Face's trainer_state.json (transformers/trainer_callback.py, TrainerState): `log_history`, one object a logging step
 * with "step" and "epoch". It lies beside every checkpoint that is kept, each time with the whole history until then: the
 * collector takes the longest of them.
 *
 * Such a file is written whole, so that it is read whole whenever it changed.
 */
import type { LogFormat } from "../format";
import { parseJson } from "./jsonTree";
import { eachNumber, isRow, plain } from "./jsonRows";

const NAME = "trainer-state";
const LARGEST = 64 * 1024 * 1024;
const FACTS = ["num_train_epochs", "max_steps", "train_batch_size", "global_step", "logging_steps", "eval_steps", "save_steps", "best_metric", "best_global_step", "best_model_checkpoint"];
const STEP: ReadonlySet<string> = new Set(["step"]);

export interface TrainerStateState {
  readonly size: number;
}

export const trainerState: LogFormat<TrainerStateState> = {
  name: NAME,
  probe(name, head) {
    if (!/(^|\/)trainer_state\.json$/.test(name) || head.includes(0)) return false;
    const { root, end } = parseJson(new TextDecoder().decode(head));
    if (root === null || end === "corrupt" || typeof root !== "object" || root.kind !== "dict") return false;
    return root.keys.some((key) => ["log_history", "global_step", "best_metric", "best_global_step", "best_model_checkpoint"].includes(key));
  },
  read(source, _state, sink) {
    sink.reset();
    const state: TrainerStateState = { size: source.size };
    if (source.size > LARGEST) return { state, end: "corrupt", problem: `${NAME}: ${source.size} bytes, more than the ${LARGEST} that are read of such a file`, unit: "step" };
    const { root, end, line, offset } = parseJson(new TextDecoder().decode(source.read(0, source.size)));
    const problem = end === "corrupt" ? `${NAME}: no JSON at line ${line}, character ${offset}; what comes before was kept` : null;
    if (root === null || typeof root !== "object" || root.kind !== "dict") return { state, end, problem, unit: "step" };
    for (const key of FACTS) {
      const value = root.values[root.keys.indexOf(key)];
      if (typeof value === "number" || typeof value === "string") sink.fact(key, value);
    }
    const history = root.values[root.keys.indexOf("log_history")];
    if (typeof history !== "object" || history === null || history.kind !== "list") return { state, end, problem, unit: "step" };
    for (const [i, item] of history.items.entries()) {
      const row = plain(item);
      if (!isRow(row) || typeof row["step"] !== "number" || !Number.isFinite(row["step"])) continue;
      const step = row["step"];
      // The last object of a torn file may lack what it holds, never hold what is not there.
      eachNumber(row, STEP, (tag, value) => sink.point(tag, step, value, history.lines[i]!, NaN));
    }
    return { state, end, problem, unit: "step" };
  },
};

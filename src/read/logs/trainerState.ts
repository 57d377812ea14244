/**
 * Hugging Face's trainer_state.json (transformers/trainer_callback.py, TrainerState): `log_history`, one object a logging step
 * with "step" and "epoch". It lies beside every checkpoint that is kept, each time with the whole history until then: the
 * collector takes the longest of them.
 */
import type { LogFormat } from "../format";
import { eachNumber, isRow, plain } from "./jsonRows";
import { at, isDict, isList } from "./jsonTree";
import { headOf, readWholeJson, type WholeJsonState } from "./wholeJson";

const NAME = "trainer-state";
const FACTS = ["num_train_epochs", "max_steps", "train_batch_size", "global_step", "logging_steps", "eval_steps", "save_steps", "best_metric", "best_global_step", "best_model_checkpoint"];
const STEP: ReadonlySet<string> = new Set(["step"]);

export const trainerState: LogFormat<WholeJsonState> = {
  name: NAME,
  probe(name, head) {
    const root = /(^|\/)trainer_state\.json$/.test(name) ? headOf(head) : null;
    return isDict(root) && root.keys.some((key) => ["log_history", "global_step", "best_metric", "best_global_step", "best_model_checkpoint"].includes(key));
  },
  read: (source, _state, sink) =>
    readWholeJson(NAME, source, sink, (root) => {
      for (const key of FACTS) {
        const value = at(root, key);
        if (typeof value === "number" || typeof value === "string") sink.fact(key, value);
      }
      const history = at(root, "log_history");
      if (!isList(history)) return "step";
      for (const [i, item] of history.items.entries()) {
        const row = plain(item);
        if (!isRow(row) || typeof row["step"] !== "number" || !Number.isFinite(row["step"])) continue;
        const step = row["step"];
        // The last object of a torn file may lack what it holds, never hold what is not there.
        eachNumber(row, STEP, (tag, value) => sink.point(tag, step, value, history.lines[i]!, NaN));
      }
      return "step";
    }),
};

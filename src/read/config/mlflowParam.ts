/** MLflow's file store: `mlruns/EXPERIMENT/RUN/params/KEY`, a file with one value as Python prints it. */
import type { ConfigFormat, ConfigRead } from "../format";
import { configRead, textOf } from "./result";
import { settingOf } from "./scalars";

const NAME = "mlflow-param";
/** MLflow allows 6,000 characters (mlflow/utils/validation.py). */
const LARGEST = 32_768;
const PATH = /(?:^|\/)[0-9a-f]{32}\/params\/(.+)$/;

export const mlflowParam: ConfigFormat = {
  name: NAME,
  probe(name, head) {
    if (PATH.test(name)) return !head.includes(0);
    // Below a run's own folder; its files have no ending and one line.
    return /^params\/[^.]+$/.test(name) && head.length <= 512 && !head.includes(0) && !head.subarray(0, -1).includes(10);
  },
  read(source): ConfigRead {
    const key = PATH.exec(source.name)?.[1] ?? source.name.replace(/^(?:.*\/)?params\//, "");
    return configRead({ facts: new Map([[key, settingOf(textOf(NAME, source, LARGEST))]]) });
  },
};

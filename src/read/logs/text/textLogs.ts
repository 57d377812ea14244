/** Readers of what a training printed, those of one program's lines before the one that learns any. */
import type { LogFormat } from "../../format";
import { mmengineLog } from "./mmengine";
import { nnunetLog } from "./nnunet";
import { kerasProgress, textLog } from "./textLog";

export const TEXT_LOG_FORMATS: readonly LogFormat[] = [nnunetLog, mmengineLog, kerasProgress, textLog];

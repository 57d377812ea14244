/** What a file may be: by its name, by what was found in it, and as it is remembered. */
import { FormatError } from "../read/bytes/source";
import type { CheckpointFormat, ConfigFormat, LogFormat, VolumeEntry, VolumeFormat } from "../read/format";
import { candidates, CHECKPOINT_FORMATS, CONFIG_FORMATS, VOLUME_FORMATS } from "../read/formats";
import type { VolumeHeader } from "../read/layout/plan";
import { isOfContent, messageOf } from "./errors";

export type Kind =
  | { readonly kind: "log"; readonly format: LogFormat }
  | { readonly kind: "checkpoint"; readonly format: CheckpointFormat }
  | { readonly kind: "volume"; readonly format: VolumeFormat; readonly headers: readonly VolumeHeader[]; readonly problem: string | null }
  | { readonly kind: "script" }
  /** `format`: null for settings that are listed and not read. */
  | { readonly kind: "config"; readonly format: ConfigFormat | null }
  /** It should be readable by its name or header, and is not. */
  | {
      readonly kind: "broken";
      readonly as: "checkpoint" | "volume" | "log" | "config";
      readonly format: string;
      readonly problem: string;
      readonly torn: boolean;
      /** False when the system was in the way. */
      readonly lasting: boolean;
    }
  | null;

/** What is remembered of an array. */
export function headerOf(path: string, format: string, { entry, dtype, shape, order, colour, classNames, channelsAre }: VolumeEntry): VolumeHeader {
  return { path, format, entry, dtype, shape, order, ...(colour === undefined ? {} : { colour }), ...(classNames === undefined ? {} : { classNames }), ...(channelsAre === undefined ? {} : { channelsAre }) };
}

export type Named =
  | { readonly as: "log"; readonly format: LogFormat }
  | { readonly as: "checkpoint"; readonly format: CheckpointFormat }
  | { readonly as: "volume"; readonly format: VolumeFormat };

/** Whether a format takes a file; one that cannot even be looked into is not its. */
export function accepted(format: string, look: () => boolean): boolean {
  try {
    return look();
  } catch (error) {
    if (error instanceof FormatError && error.format === format) return false;
    throw error;
  }
}

/** What a file should be by its name, when nothing of it can be read; null when the name does not tell. */
export function byName(name: string): Named | null {
  const { log, checkpoints, volumes } = candidates(name, new Uint8Array(0));
  if (log !== null) return { as: "log", format: log };
  if (checkpoints[0] !== undefined) return { as: "checkpoint", format: checkpoints[0] };
  return volumes[0] === undefined ? null : { as: "volume", format: volumes[0] };
}

export function settingsByName(name: string): { readonly as: "config"; readonly format: ConfigFormat } | null {
  const format = CONFIG_FORMATS.find((known) => known.probe(name, new Uint8Array(0)));
  return format === undefined ? null : { as: "config", format };
}

export function brokenAs(as: Named["as"] | "config", format: string, error: unknown): Kind {
  const message = messageOf(error);
  const lasting = isOfContent(error);
  return { kind: "broken", as, format, problem: lasting ? message : `${format}: ${message}`, torn: error instanceof FormatError && error.torn, lasting };
}

/** Kinds that it takes opening a file to know. Logs are told by their first bytes, and must be read anyway. */
export const KEPT: ReadonlySet<string> = new Set(["volume", "checkpoint"]);

/** As plain data: the format by its name. */
export function stripped(kind: NonNullable<Kind>): unknown {
  return "format" in kind && typeof kind.format === "object" && kind.format !== null ? { ...kind, format: kind.format.name } : kind;
}

/** What `stripped` made plain; null when it is not there, or of a format that is no longer read. */
export function restored(stored: unknown): Kind {
  if (typeof stored !== "object" || stored === null || !("kind" in stored) || !("format" in stored)) return null;
  const formats: readonly { readonly name: string }[] = stored.kind === "volume" ? VOLUME_FORMATS : stored.kind === "checkpoint" ? CHECKPOINT_FORMATS : [];
  const format = formats.find(({ name }) => name === stored.format);
  return format === undefined ? null : ({ ...stored, format } as Kind);
}

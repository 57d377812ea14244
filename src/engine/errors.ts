/** Errors as one line that is fit to be shown. */
import { FormatError } from "../read/bytes/source";

/** The system's code of an error ("ENOENT"), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** One line. Of the system's errors what is wrong alone: the path in them is absolute, and told beside the line already. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error).split("\n", 1)[0]!;
  const line = error.message.split("\n", 1)[0]!;
  if (!("syscall" in error) || typeof error.syscall !== "string") return line;
  const cut = line.indexOf(`, ${error.syscall}`);
  return cut < 0 ? line : line.slice(0, cut);
}

/** Errors that the bytes of a file give; all others (no rights, gone, too many open files) may be over the next time. */
export function isOfContent(error: unknown): boolean {
  return error instanceof FormatError || (error instanceof Error && error.name === "MeasureError");
}

/** What a problem's line says of `error`: format first. */
export function lineOf(error: unknown): string {
  return isOfContent(error) ? messageOf(error) : `file: cannot be read: ${messageOf(error)}`;
}

/** What loggers put before a message: the time, the level, the logger's name. */

export interface Stamped {
  /** The message. */
  readonly text: string;
  /** Seconds since 1970 of a stamp with date and time, read as UTC since logs name no zone; NaN without one. */
  readonly wallTime: number;
}

const DATE_TIME = /^[[(]?(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T,_]+(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?[\])]?/;
const SHORT_TIME = /^[[(]?(?:\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})? +)?\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?[AP]M)?(?: [A-Za-z_][\w.]*)?[\])]?/;
/** glog's "I0401 12:34:56.789012  1234 solver.cpp:228]" (Caffe). */
const GLOG = /^[IWEF]\d{4,8} \d{2}:\d{2}:\d{2}\.\d+\s+\d+ [\w./-]+:\d+\] ?/;
const LEVEL = /^[[(<]?(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL|NOTICE|TRACE|SUCCESS)[\])>]?(?=$|[\s:|,\]-])/i;
/** A name in brackets ("[__main__]", "[1,0]<stdout>", "[rank0]"), or a dotted one after a level. */
const BRACKETED = /^\[(?:[A-Za-z_][\w.\- ]{0,80}(?::\d{1,9})?|\d{1,6},\d{1,6})\](?:<\w+>)?(?=[\s:\-[]|$)/;
const LOGGER = /^(?:[A-Za-z_][\w.<>:]{0,80}(?<=[\w>])|<[\w>]{1,40})(?=\s*(?:[:|]|- ))/;
/** A logger's name before its level, whatever it is called ("train - INFO - …"). */
const BEFORE_LEVEL = /^\[?[A-Za-z_][\w.]{0,60}\]?\s*(?:-|:|\||\s)\s*(?=[[(<]?(?:INFO|DEBUG|WARNING|WARN|ERROR|CRITICAL)[\])>]?(?:$|[\s:|,\]-]))/;
const GLUE = /^[\s:|,>-]+/;

/** Splits off stamp, level and logger, in whichever order they stand. */
export function unstamp(line: string): Stamped {
  let text = line.trim();
  let wallTime = NaN;
  let stamped = false;
  let levelled = false;
  text = text.replace(/^(?:\[?rank ?\d+\]?|\d+): +(?=\S)/i, "");
  for (let i = 0; i < 6; i++) {
    const dated: RegExpExecArray | null = DATE_TIME.exec(text);
    let cut: number;
    if (dated !== null && !stamped) {
      wallTime = secondsOf(dated);
      cut = dated[0].length;
      stamped = true;
    } else if (!stamped && (cut = length(GLOG, text) || length(SHORT_TIME, text)) > 0) stamped = true;
    else if (!levelled && (cut = length(LEVEL, text)) > 0) levelled = true;
    else if (!levelled && (cut = length(BEFORE_LEVEL, text)) > 0) levelled = false;
    else if (stamped || levelled) {
      cut = length(BRACKETED, text);
      if (cut === 0 && !isMessage(text)) cut = length(LOGGER, text);
    } else cut = !isMessage(text) ? length(BRACKETED, text) : 0;
    if (cut === 0) break;
    // A minus sign belongs to its number, and a rule of dashes to the message.
    text = text.slice(cut).replace(GLUE, (glue) => (/-$/.test(glue) && /^[\d.]/.test(text.slice(cut + glue.length)) ? "-" : ""));
  }
  return { text, wallTime };
}

function length(pattern: RegExp, text: string): number {
  return pattern.exec(text)?.[0].length ?? 0;
}

/** Whether what stands first is the message's own word ("Epoch: 3", "[Epoch 3]", "train loss: …", "loss: …"), and no logger's name. */
function isMessage(text: string): boolean {
  return /^[[({]?['"]?(?:global[ _]|current[ _]|train|val|test|eval|final|epoch|ep\b|ep\d|e\d|iter|step|batch|round|lr\b|learning|mean|avg|average|class)/i.test(text) || /^[\w./ -]{0,48}?(?:loss|acc|accuracy|dice|iou|score|lr)\w{0,24}\s{0,8}[:=]/i.test(text.slice(0, 128));
}

/** Stamps stand in so many characters. */
const STAMP_BEFORE = 96;
const DATE_TIME_PLACES = new RegExp(DATE_TIME.source, "d");

export interface StampDigits {
  /** Year, month, day, hour, minute, second. */
  readonly fields: readonly { readonly from: number; readonly to: number }[];
  readonly fraction: { readonly from: number; readonly to: number } | null;
}

/** Where the digits of the stamp of `line` stand that tells `wallTime`; null where it names a zone. */
export function stampAt(line: string, wallTime: number): StampDigits | null {
  for (let i = 0; i < Math.min(line.length, STAMP_BEFORE); i++) {
    const found = DATE_TIME_PLACES.exec(line.slice(i, i + STAMP_BEFORE));
    if (found?.indices === undefined || found[8] !== undefined || secondsOf(found) !== wallTime) continue;
    const places = found.indices.slice(1, 8).map((place) => (place === undefined ? null : { from: place[0] + i, to: place[1] + i }));
    return { fields: places.slice(0, 6).filter((place) => place !== null), fraction: places[6] ?? null };
  }
  return null;
}

function secondsOf(found: RegExpExecArray): number {
  const part = (i: number): number => Number(found[i]);
  const zone = found[8];
  let offset = 0;
  if (zone !== undefined && zone !== "Z") {
    const digits = zone.replace(/\D/g, "");
    offset = (zone.startsWith("-") ? -1 : 1) * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60);
  }
  const fraction = found[7] === undefined ? 0 : Number(`0.${found[7]}`);
  return Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6)) / 1000 - offset + fraction;
}

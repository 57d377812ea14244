/**
 * Tables of classes and colours, each line one class: CVAT's labelmap.txt ("label:r,g,b:parts:actions"), class_dict.csv
 * ("name,r,g,b"), CamVid's label_colors.txt ("r g b name"), ITK-SNAP's label descriptions, 3D Slicer's colour tables (.ctbl and
 * .txt), and plain lists of names (classes.txt, names.txt, obj.names).
 */
import type { ConfigFormat, ConfigRead } from "../format";
import { filled, MOST_CLASSES } from "./classNames";
import { configRead, leafOf, textOf } from "./result";

interface Row {
  readonly index: number;
  readonly name: string;
  /** 0xRRGGBB; null where the line tells none. */
  readonly colour: number | null;
}

/** A line's class; null for one that is none. */
type LineReader = (line: string, index: number) => Row | null;

function table(name: string, probe: (leaf: string, lines: readonly string[], path: string) => boolean, line: LineReader): ConfigFormat {
  return {
    name,
    probe(path, head) {
      if (head.includes(0)) return false;
      const lines = new TextDecoder().decode(head).split(/\r?\n/);
      if (head.length >= 4096) lines.pop(); // may be cut
      return probe(leafOf(path), lines.map((text) => text.trim()).filter((text) => text !== ""), path);
    },
    read(source): ConfigRead {
      const rows: Row[] = [];
      let bad = 0;
      for (const text of textOf(name, source).replace(/^\ufeff/, "").split(/\r?\n/)) {
        const trimmed = text.trim();
        if (trimmed === "" || trimmed.startsWith("#")) continue;
        const row = line(trimmed, rows.length);
        if (row !== null && row.index >= 0 && row.index < MOST_CLASSES) rows.push(row);
        else bad++;
      }
      const colours = rows.flatMap((row) => (row.colour === null ? [] : [[row.index, row.colour] as const]));
      const header = name === "class-dict-csv" ? 1 : 0;
      return configRead({
        classNames: filled(rows.map((row) => [row.index, row.name] as const)),
        colours: filled(colours),
        problems: bad > header ? [`${name}: ${bad - header} ${bad - header === 1 ? "line is" : "lines are"} no class`] : [],
      });
    },
  };
}

function rgb(parts: readonly (string | undefined)[]): number | null {
  const values = parts.map((part) => (part !== undefined && /^\s*\d{1,3}\s*$/.test(part) ? Number(part) : NaN));
  return values.length === 3 && values.every((value) => value <= 255) ? values[0]! * 65536 + values[1]! * 256 + values[2]! : null;
}

const CVAT = /^([^:]+):(\d{1,3}(?:,\d{1,3}){2})?:([^:]*):([^:]*)$/;

const cvatLabelmap = table(
  "cvat-labelmap",
  (leaf, lines) => /^label[-_]?map\.txt$/i.test(leaf) && (lines.length === 0 || lines.every((line) => line.startsWith("#") || CVAT.test(line))),
  (line, index) => {
    const match = CVAT.exec(line);
    return match === null ? null : { index, name: match[1]!.trim(), colour: match[2] === undefined ? null : rgb(match[2].split(",")) };
  },
);

const DICT_HEADER = /^"?(?:name|class(?:_?name)?|label)"?\s*,\s*"?r(?:ed)?"?\s*,\s*"?g(?:reen)?"?\s*,\s*"?b(?:lue)?"?/i;

const classDictCsv = table(
  "class-dict-csv",
  (_, lines, path) => /\.csv$/i.test(path) && lines[0] !== undefined && DICT_HEADER.test(lines[0].replace(/^\ufeff/, "")),
  (line, index) => {
    const cells = line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
    const colour = rgb(cells.slice(1, 4));
    return colour === null ? null : { index, name: cells[0]!, colour };
  },
);

const CAMVID = /^(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\S.*)$/;

const labelColours = table(
  "label-colors",
  (leaf, lines) => /^(?:label|class)[-_]?colou?rs?\.txt$/i.test(leaf) && (lines.length === 0 || lines.every((line) => line.startsWith("#") || CAMVID.test(line))),
  (line, index) => {
    const match = CAMVID.exec(line);
    return match === null ? null : { index, name: match[4]!.trim(), colour: rgb(match.slice(1, 4)) };
  },
);

const SNAP = /^(\d{1,5})\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+[\d.]+\s+[01]\s+[01]\s+"(.*)"$/;

/** Index, red, green, blue, alpha, visible, mesh visible, "label". */
const itkSnapLabels = table(
  "itksnap-labels",
  (leaf, lines) => /\.(?:txt|label|lbl)$/i.test(leaf) && lines.some((line) => SNAP.test(line)) && lines.every((line) => line.startsWith("#") || SNAP.test(line)),
  (line) => {
    const match = SNAP.exec(line);
    return match === null ? null : { index: Number(match[1]), name: match[5]!, colour: rgb(match.slice(2, 5)) };
  },
);

const SLICER = /^(\d{1,5})\s+(\S+)\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})$/;

/** Index, name with underscores for blanks, red, green, blue, alpha. */
const slicerColours = table(
  "slicer-colors",
  (leaf, lines) => /\.(?:ctbl|txt)$/i.test(leaf) && lines.some((line) => SLICER.test(line)) && lines.every((line) => line.startsWith("#") || SLICER.test(line)),
  (line) => {
    const match = SLICER.exec(line);
    return match === null ? null : { index: Number(match[1]), name: match[2]!.replaceAll("_", " "), colour: rgb(match.slice(3, 6)) };
  },
);

/** So many words make a name a sentence. */
const MOST_WORDS = 5;

/** One name a line, from class 0; also "0 name" and "0: name". */
export const classList = table(
  "class-list",
  (leaf, lines) =>
    /^(?:(?:obj|classes|class|labels?|coco|voc|voc2012|predefined_classes)\.names|(?:.*[-_])?(?:class(?:es)?[-_]?names?|classes|names|label[-_]?names|predefined_classes|labels)\.txt)$/i.test(leaf) &&
    lines.length > 0 &&
    lines.length <= MOST_CLASSES &&
    new Set(lines).size === lines.length && // a label for each sample repeats
    lines.every((line) => line.startsWith("#") || (line.length <= 80 && /\p{L}/u.test(line) && line.split(/\s+/).length <= MOST_WORDS && !/[<>{}=\\/;]|\.(?:png|jpe?g|nii|npy|tiff?)\b/i.test(line))),
  (line, index) => {
    const numbered = /^(\d{1,4})\s*[:,\s]\s*(\S.*)$/.exec(line);
    return numbered === null ? { index, name: line, colour: null } : { index: Number(numbered[1]), name: numbered[2]!, colour: null };
  },
);

export const CLASS_TABLES: readonly ConfigFormat[] = [cvatLabelmap, classDictCsv, labelColours, itkSnapLabels, slicerColours, classList];

/** Pictures (PNG, TIFF) that hold labels or predictions, told from inputs, plots and media by names alone: there may be many thousands. */
import { NUMBERED_IMAGE } from "./arrays";
import { isPicture } from "./named";
import { remembered } from "./memo";
import { segmentsOf, stemOf, tokensInSegment } from "./numbers";
import { type Hint, hintOf, hintOfFolder, isVagueImage, type Kind } from "./words";

/** Labels without any predictions are looked at up to this many: a data set beside the run. */
const MOST_LABELS = 2000;
/** Folders in which loggers keep pictures for people to look at. */
const MEDIA = /(?:^|\/)(?:media|plots?|figures?|figs?|wandb\/[^/]+\/files)\//i;

/** Pictures made to be looked at. */
const SHOWN = /(?:^|[^a-z])(?:media|plot|fig|vis|overlay|preview|thumb|tb|tensorboard|sample|grid|panel|montage|debug|show)/i;

interface Picture {
  readonly path: string;
  readonly kind: Kind | null;
  readonly strength: number;
}

/** Those of `paths` (all of a run) that are pictures and not worth opening. */
export function idlePictures(paths: readonly string[]): Set<string> {
  const pictures = paths.filter(isPicture);
  if (pictures.length === 0) return new Set();
  const alike = countAlike(pictures);
  const seen = pictures.map((path) => sortOf(path, alike));
  const labels = seen.filter((picture) => picture.kind === "labels");
  const predictions = seen.filter((picture) => picture.kind === "predictions");
  // "out" or "results" alone may hold plots: only pictures named as labelled cases are.
  const cases = new Set(predictions.some(({ strength }) => strength < 3) || predictions.length === 0 ? labels.map(({ path }) => caseDigits(path)) : []);
  const taken = new Set(predictions.filter(({ path, strength }) => strength === 3 || cases.has(caseDigits(path))).map(({ path }) => path));
  if (taken.size > 0 || labels.length <= MOST_LABELS) for (const { path } of labels) taken.add(path);
  // Where no name says predictions: those of labelled cases in folders of epochs ("epoch_3/000.png").
  if (predictions.length === 0 && labels.length > 0) for (const { path, kind } of seen) if (kind === null && !SHOWN.test(path) && inEpochFolder(path) && cases.has(caseDigits(path))) taken.add(path);
  // The labels of one case lie in one file.
  if (predictions.length > 0 && labels.length === 0) for (const path of pictures) if (!path.includes("/") && hintOfStem(path)?.kind === "labels") taken.add(path);
  return new Set(pictures.filter((path) => !taken.has(path)));
}

/** A folder and a name without its digits: pictures of one series have the same. */
function seriesOf(path: string): { readonly folder: string; readonly name: string } {
  const cut = path.lastIndexOf("/");
  return { folder: path.slice(0, cut + 1).replace(/\d+/g, "0"), name: path.slice(cut + 1).replace(/\d+/g, "0") };
}

function countAlike(pictures: readonly string[]): Map<string, number> {
  const alike = new Map<string, number>();
  for (const path of pictures) {
    const { folder, name } = seriesOf(path);
    alike.set(folder + name, (alike.get(folder + name) ?? 0) + 1);
  }
  return alike;
}

const hintOfFolders = remembered((folder): Hint | null =>
  folder.split("/").map((part) => hintOfFolder(part.replace(NUMBERED_IMAGE, ""))).findLast((hint) => hint !== null) ?? null,
);
const hintOfStem = remembered((name): Hint | null => hintOf(stemOf(name).replace(NUMBERED_IMAGE, "")));

/** What a picture's name says. A single one whose own name alone says so is a plot ("predictions.png"). */
function sortOf(path: string, alike: ReadonlyMap<string, number>): Picture {
  const nothing: Picture = { path, kind: null, strength: 0 };
  if (MEDIA.test(path)) return nothing;
  const { folder, name } = seriesOf(path);
  const around = hintOfFolders(folder);
  const own = hintOfStem(name);
  const lone = alike.get(folder + name) === 1 && !/\.tiff?$/i.test(path);
  const said = own?.kind === "image" && around !== null && around.kind !== "image" && isVagueImage(stemOf(name).replace(NUMBERED_IMAGE, "")) ? around : own;
  const stronger = said !== null && !lone && (said.strength === 3 || (around?.kind === "image" && said.strength > around.strength));
  const hint = stronger ? said : (around ?? (lone ? null : said));
  return hint === null || hint.kind === "image" ? nothing : { path, kind: hint.kind, strength: hint.strength };
}

function inEpochFolder(path: string): boolean {
  return segmentsOf(path).slice(0, -1).some((name, i) => tokensInSegment(name, i).some((token) => token.kind === "epoch" && token.word !== "epochs"));
}

/** The digits that name a case, less a channel's suffix ("case_003_0000"); the whole stem where it has none. */
function caseDigits(path: string): string {
  const stem = (segmentsOf(path).pop() ?? "").replace(/(\d.*)_\d{4}$/, "$1").replace(/(?<![a-z])(?:epoch|ep)[-_=]?\d+/i, "");
  const digits = stem.match(/\d+/g);
  return digits === null ? stem.toLowerCase() : digits.map(Number).join("_");
}

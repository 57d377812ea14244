/** How images lie in a file's arrays: where the classes stand, and how many axes there are. */
import { inPiece, inPieces, perPiece, type Piece } from "../pieces";
import type { Layout } from "./axes";
import { pieceOfDefinition, type FunctionInfo } from "./definitions";
import type { Framework } from "./losses";

const OWN = /\b(?:data|channel|image_data)s?_format\s*(?::[^=,)\n]{0,60})?=\s*["'](channels_first|channels_last|NCHW|NCDHW|NHWC|NDHWC)["']/;
const FIRST = /channels_first|NCHW|NCDHW/;
const saysFirst = inPieces(FIRST);
const saysLast = inPieces(/channels_last|NHWC|NDHWC/);
const ownFormat = perPiece((text) => OWN.exec(text)?.[1] ?? null);
const setFormat = perPiece((text) => /set_image_data_format\(\s*["']channels_(first|last)/.exec(text)?.[1] ?? null);
const isMapped = inPieces(/\bvmap\b|\bequinox\b|softmax\([^)\n]{0,80}axis\s*=\s*(?:1|-3)\b/);
const asksKeras = inPieces(/\bimage_data_format\(\)|\bimage_dim_ordering\(\)/);

/** Null: it is not known. */
export function layoutOf(fn: FunctionInfo, framework: Framework | null): Layout | null {
  if (framework === "torch") return "first";
  const { pieces } = fn.file;
  // Its libraries put classes last; what is mapped over a batch has no axis for it.
  if (framework === "jax") return saysFirst(pieces) || isMapped(pieces) ? null : "last";
  if (framework !== "keras" && framework !== "tensorflow") return null;
  const set = firstOf(pieces, setFormat);
  if (set !== null) return set === "first" ? "first" : "last";
  // A parameter of the function, of its maker or of its class.
  const own = ownFormat(pieceOfDefinition(fn.within[0] ?? fn));
  if (own !== null) return FIRST.test(own) ? "first" : "last";
  if (!saysFirst(pieces)) return "last";
  // Code that asks Keras is written for either, and Keras says last unless it is told otherwise.
  if (asksKeras(pieces)) return "last";
  const given = firstOf(pieces, ownFormat);
  return given !== null && FIRST.test(given) && !saysLast(pieces) ? "first" : null;
}

function firstOf(pieces: readonly Piece[], told: (piece: Piece) => string | null): string | null {
  for (const piece of pieces) {
    const found = told(piece);
    if (found !== null) return found;
  }
  return null;
}

/** Whether a parameter tells the layout: its default is then what layoutOf said. */
export const isFormatName = (name: string): boolean => /^(?:data|channel|image_data)s?_format$/.test(name);

/** The number of axes that the code around tells: what it tests, the axes it sums over, the layers and slices of its file. Only where the classes stand last does it matter. */
export function rankAround(fn: FunctionInfo, layout: Layout | null): number | null {
  if (layout === null) return null;
  const own = pieceOfDefinition(fn);
  const { pieces } = fn.file;
  // Code for 2-D and 3-D images alike is looked at for 2-D ones.
  const tested = leastTested([own]) ?? leastTested(pieces);
  if (tested !== null) return tested;
  if (layout !== "last") return null;
  if (sumsVolumes(own)) return 5;
  const volumes = hasVolumes(pieces);
  return volumes === hasImages(pieces) ? null : volumes ? 5 : 4;
}

const sumsVolumes = inPiece(/[([]\s*(?:0\s*,\s*)?1\s*,\s*2\s*,\s*3\s*,\s*4\s*,?\s*[)\]]/);
const hasVolumes = inPieces(/\b(?:Conv|MaxPool(?:ing)?|MaxPooling|UpSampling)3D|\bconv3d|\bmax_pool3d|\[\s*:\s*,\s*:\s*,\s*:\s*,\s*:\s*,\s*\w+\s*\]/);
const hasImages = inPieces(/\b(?:Conv|MaxPool(?:ing)?|MaxPooling|UpSampling|Convolution)2D|\bconv2d|\bmax_pool2d|\[\s*:\s*,\s*:\s*,\s*:\s*,\s*\w+\s*\]/);

/** Past so many tests the rest is not looked at: code that no hand wrote. */
const MAX_TESTS = 50;
/** Ranks that the code tests for. */
const testedIn = perPiece((text): readonly number[] => {
  const ranks: number[] = [];
  for (const match of text.matchAll(/(?:\blen\(\s*[\w.]{0,40}(?:shape|size)\w{0,10}(?:\(\))?\s*\)|\.ndim|\.n?dims?\(\)|\brank\(\s*\w{1,40}\s*\))\s*==\s*([45])\b/g)) {
    if (ranks.push(Number(match[1])) === MAX_TESTS) break;
  }
  return ranks;
});

function leastTested(pieces: readonly Piece[]): number | null {
  const ranks = pieces.flatMap(testedIn).slice(0, MAX_TESTS);
  return ranks.length === 0 ? null : Math.min(...ranks);
}

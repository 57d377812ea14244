/** How images lie in a file's arrays: where the classes stand, and how many axes there are. */
import { textOf } from "../python";
import type { Layout } from "./axes";
import type { FunctionInfo } from "./definitions";
import type { Framework } from "./losses";

const OWN = /\b(?:data|channel|image_data)s?_format\s*(?::[^=,)\n]{0,60})?=\s*["'](channels_first|channels_last|NCHW|NCDHW|NHWC|NDHWC)["']/;
const FIRST = /channels_first|NCHW|NCDHW/;
const LAST = /channels_last|NHWC|NDHWC/;

/** Null: it is not known. */
export function layoutOf(fn: FunctionInfo, framework: Framework | null): Layout | null {
  if (framework === "torch") return "first";
  const { text } = fn.file;
  // Its libraries put classes last; what is mapped over a batch has no axis for it.
  if (framework === "jax") return FIRST.test(text) || /\bvmap\b|\bequinox\b|softmax\([^)\n]{0,80}axis\s*=\s*(?:1|-3)\b/.test(text) ? null : "last";
  if (framework !== "keras" && framework !== "tensorflow") return null;
  const set = /set_image_data_format\(\s*["']channels_(first|last)/.exec(text)?.[1];
  if (set !== undefined) return set === "first" ? "first" : "last";
  // A parameter of the function, of its maker or of its class.
  const own = OWN.exec(textOf(fn.file, fn.within[0]?.node ?? fn.node))?.[1];
  if (own !== undefined) return FIRST.test(own) ? "first" : "last";
  if (!FIRST.test(text)) return "last";
  // Code that asks Keras is written for either, and Keras says last unless it is told otherwise.
  if (/\bimage_data_format\(\)|\bimage_dim_ordering\(\)/.test(text)) return "last";
  const given = OWN.exec(text)?.[1];
  return given !== undefined && FIRST.test(given) && !LAST.test(text) ? "first" : null;
}

/** Whether a parameter tells the layout: its default is then what layoutOf said. */
export const isFormatName = (name: string): boolean => /^(?:data|channel|image_data)s?_format$/.test(name);

/** The number of axes that the code around tells: what it tests, the axes it sums over, the layers and slices of its file. Only where the classes stand last does it matter. */
export function rankAround(fn: FunctionInfo, layout: Layout | null): number | null {
  if (layout === null) return null;
  const text = textOf(fn.file, fn.node);
  // Code for 2-D and 3-D images alike is looked at for 2-D ones.
  const tested = testedIn(text) ?? testedIn(fn.file.text);
  if (tested !== null) return tested;
  if (layout !== "last") return null;
  if (/[([]\s*(?:0\s*,\s*)?1\s*,\s*2\s*,\s*3\s*,\s*4\s*,?\s*[)\]]/.test(text)) return 5;
  const volumes = /\b(?:Conv|MaxPool(?:ing)?|MaxPooling|UpSampling)3D|\bconv3d|\bmax_pool3d/.test(fn.file.text) || /\[\s*:\s*,\s*:\s*,\s*:\s*,\s*:\s*,\s*\w+\s*\]/.test(fn.file.text);
  const images = /\b(?:Conv|MaxPool(?:ing)?|MaxPooling|UpSampling|Convolution)2D|\bconv2d|\bmax_pool2d/.test(fn.file.text) || /\[\s*:\s*,\s*:\s*,\s*:\s*,\s*\w+\s*\]/.test(fn.file.text);
  return volumes === images ? null : volumes ? 5 : 4;
}

function testedIn(text: string): number | null {
  let least: number | null = null;
  let found = 0;
  for (const match of text.matchAll(/(?:\blen\(\s*[\w.]{0,40}(?:shape|size)\w{0,10}(?:\(\))?\s*\)|\.ndim|\.n?dims?\(\)|\brank\(\s*\w{1,40}\s*\))\s*==\s*([45])\b/g)) {
    if (++found > 50) break;
    const rank = Number(match[1]);
    least = least === null ? rank : Math.min(least, rank);
  }
  return least;
}

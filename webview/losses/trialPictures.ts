/** A few validation images, their labels, and what each variant predicts for them. */
import type { TrialPictures, TrialState } from "../../src/protocol";
import { el } from "../dom";
import { score } from "../model/format";
import type { Theme } from "../theme";
import { plainName } from "./model";
import { className, pictureDice, pictureText } from "./trialModel";

/** Least side of a picture in CSS pixels. */
const SIDE = 84;

type Rgb = readonly [number, number, number];

/** A table: images, labels, then a row a variant. Null while nothing is predicted. */
export function picturesElement(state: TrialState, { images, predicted }: TrialPictures, theme: Theme): HTMLElement | null {
  const rows = state.variants.flatMap(({ id, name }) => predicted.filter((p) => p.id === id).map((p) => ({ name: plainName(name), images: p.images })));
  if (images.length === 0 || rows.length === 0) return null;
  const colours = classColours(state.classes, state.background, theme);
  const nth = (i: number): string => `Image ${i + 1}`;
  const line = (name: string, cells: readonly HTMLElement[]): HTMLElement => el("tr", {}, el("th", { scope: "row", class: "name" }, name), ...cells.map((c) => el("td", {}, c)));
  const table = el(
    "table",
    { class: "pictures" },
    el("caption", { class: "hidden" }, "Validation images, labels and predictions"),
    el("thead", {}, el("tr", {}, el("td"), ...images.map((_, i) => el("th", { scope: "col" }, nth(i))))),
    el(
      "tbody",
      {},
      line("Image", images.map(({ width, height, image }, i) => picture(width, height, `${nth(i)}, ${width} × ${height}`, (p) => [image[p]!, image[p]!, image[p]!]))),
      line("Labels", images.map(({ width, height, labels }, i) => picture(width, height, `Labels of image ${i + 1}: ${held(state, labels)}`, (p) => colours[labels[p]!]!))),
      ...rows.map((row) =>
        line(
          row.name,
          images.map(({ width, height, labels }, i) => {
            const values = row.images[i]!;
            const dice = pictureDice(labels, values, state.background);
            const shape = picture(width, height, `${row.name}, image ${i + 1}: ${pictureText(state, labels, values)}`, (p) => colours[values[p]!]!);
            return el("div", {}, shape, el("div", { class: "dim number", title: "Foreground Dice on this image" }, dice === null ? "–" : score(dice)));
          }),
        ),
      ),
    ),
  );
  return el("div", {}, el("div", { class: "scroll pictures-box", tabindex: 0, role: "region", "aria-label": "Predictions of a few validation images" }, table), legend(state, colours, theme));
}

function held(state: TrialState, labels: Uint8Array): string {
  const classes = [...new Set(labels)].filter((c) => c !== state.background).sort((a, b) => a - b);
  return classes.length === 0 ? "background alone" : classes.map((c) => className(state, c)).join(", ");
}

function picture(width: number, height: number, text: string, colour: (pixel: number) => Rgb): HTMLElement {
  const canvas = el("canvas", { width, height, role: "img", "aria-label": text, title: text });
  const scale = Math.max(1, Math.round(SIDE / Math.max(width, height)));
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  const ctx = canvas.getContext("2d");
  if (ctx === null) return canvas;
  const data = ctx.createImageData(width, height);
  for (let p = 0; p < width * height; p++) data.data.set([...colour(p), 255], 4 * p);
  ctx.putImageData(data, 0, 0);
  return canvas;
}

function legend(state: TrialState, colours: readonly Rgb[], theme: Theme): HTMLElement {
  const items = colours.map((colour, c) => {
    const swatch = el("span", { class: "class-swatch", "aria-hidden": "true" });
    swatch.style.background = `rgb(${colour.join(" ")})`;
    swatch.style.borderColor = theme.dim;
    return el("li", {}, swatch, className(state, c));
  });
  return el("ul", { class: "class-legend", "aria-label": "Colours of the classes" }, ...items);
}

/** The theme's colours; from the ninth class on halfway to the text, so that no two are the same. */
export function classColours(classes: number, background: number, theme: Theme): Rgb[] {
  const dark = theme.kind === "dark" || theme.kind === "hc-dark";
  const ground: Rgb = dark ? [24, 24, 24] : [238, 238, 238];
  const far: Rgb = dark ? [255, 255, 255] : [0, 0, 0];
  let n = 0;
  return Array.from({ length: classes }, (_, c) => {
    if (c === background) return ground;
    const series = rgb(theme.series[n % theme.series.length]!);
    const round = Math.floor(n++ / theme.series.length);
    const towards = round % 2 === 1 ? far : ground;
    const share = round === 0 ? 0 : 0.55 - 0.1 * Math.floor((round - 1) / 2);
    return series.map((v, k) => Math.round(v + share * (towards[k]! - v))) as unknown as Rgb;
  });
}

function rgb(hex: string): Rgb {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

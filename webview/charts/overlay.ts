/** What is drawn over and under the lines: region, cursor, names at the lines' ends, notes, marks for values that are not finite. */
import type { Chart, Plugin } from "chart.js";
import type { Line, LineChart } from "../model/chart";
import { indexAt } from "../model/chart";
import { spread } from "../model/layout";
import type { Theme } from "../theme";
import { colourOf, drawMarker } from "./style";

export interface OverlayState {
  readonly model: LineChart;
  readonly theme: Theme;
  /** Where the cursors are, in the chart's unit. */
  readonly pin: number | null;
  readonly hover: number | null;
  /** Whether names are written at the ends of lines (there is room on the right). */
  readonly names: boolean;
}

/** Height of a line of text, px. */
const TEXT = 13;

export function overlay(state: () => OverlayState): Plugin<"line"> {
  return {
    id: "overlay",
    beforeDatasetsDraw: (chart) => drawRegion(chart, state()),
    afterDatasetsDraw: (chart) => {
      const s = state();
      drawGaps(chart, s);
      drawCursors(chart, s);
      const taken = drawNotes(chart, s);
      if (s.names) drawNames(chart, s, taken);
    },
  };
}

function axes(chart: Chart): { x: (v: number) => number; y: (v: number) => number } {
  return { x: (v) => chart.scales["x"]!.getPixelForValue(v), y: (v) => chart.scales["y"]!.getPixelForValue(v) };
}

/** Where a value is drawn: on a log scale 0 lies on the floor. */
export function drawnValue(model: LineChart, v: number): number {
  if (!model.log || v > 0) return Number.isFinite(v) ? v : NaN;
  return v === 0 && model.min !== null ? model.min : NaN;
}

function drawRegion(chart: Chart, { model, theme }: OverlayState): void {
  if (!model.region) return;
  const { ctx, chartArea: area } = chart;
  const top = axes(chart).y(model.region.below);
  if (top >= area.bottom) return;
  ctx.save();
  ctx.fillStyle = theme.bad;
  ctx.globalAlpha = theme.kind.startsWith("hc") ? 0.2 : 0.09;
  ctx.fillRect(area.left, top, area.width, area.bottom - top);
  ctx.globalAlpha = 0.7;
  ctx.strokeStyle = theme.bad;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(area.left, Math.round(top) + 0.5);
  ctx.lineTo(area.right, Math.round(top) + 0.5);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.bad;
  ctx.font = `${theme.fontSize}px ${theme.font}`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  ctx.fillText(model.region.text, area.left + 6, top + 4);
  ctx.restore();
}

/** A small cross at the top for each value that is not finite, with its name at the first of each line. */
function drawGaps(chart: Chart, { model, theme }: OverlayState): void {
  const { ctx, chartArea: area } = chart;
  const { x } = axes(chart);
  ctx.save();
  ctx.font = `${theme.fontSize}px ${theme.font}`;
  ctx.textBaseline = "middle";
  let row = 0;
  for (const line of model.lines) {
    // Undefined scores are NaN on purpose; only where nothing else is said is a gap worth a cross.
    if (model.value(NaN) !== "NaN") break;
    let named = false;
    for (let i = 0; i < line.y.length; i++) {
      if (Number.isFinite(line.y[i])) continue;
      const at = x(line.x[i]!);
      const y = area.top + 7 + row * TEXT;
      ctx.strokeStyle = ctx.fillStyle = colourOf(line.style, theme);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(at - 3, y - 3);
      ctx.lineTo(at + 3, y + 3);
      ctx.moveTo(at + 3, y - 3);
      ctx.lineTo(at - 3, y + 3);
      ctx.stroke();
      if (named) continue;
      named = true;
      const text = model.value(line.y[i]!);
      const fits = at - 8 - ctx.measureText(text).width > area.left;
      ctx.textAlign = fits ? "right" : "left";
      ctx.fillText(text, fits ? at - 7 : at + 7, y);
    }
    if (named) row++;
  }
  ctx.restore();
}

function drawCursors(chart: Chart, { model, theme, pin, hover }: OverlayState): void {
  const { ctx, chartArea: area } = chart;
  const { x, y } = axes(chart);
  const inside = (v: number | null): v is number => v !== null && x(v) >= area.left - 1 && x(v) <= area.right + 1;
  ctx.save();
  if (inside(pin)) {
    const at = Math.round(x(pin)) + 0.5;
    ctx.strokeStyle = theme.accent;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(at, area.top - 2);
    ctx.lineTo(at, area.bottom);
    ctx.stroke();
    ctx.fillStyle = theme.accent;
    ctx.beginPath();
    ctx.moveTo(at - 5, area.top - 7);
    ctx.lineTo(at + 5, area.top - 7);
    ctx.lineTo(at, area.top);
    ctx.fill();
  }
  if (inside(hover) && hover !== pin) {
    const at = Math.round(x(hover)) + 0.5;
    ctx.strokeStyle = theme.text;
    ctx.globalAlpha = 0.5;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(at, area.top);
    ctx.lineTo(at, area.bottom);
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  const at = inside(hover) ? hover : inside(pin) ? pin : null;
  if (at !== null && model.lines.length <= 40) {
    // The first line is the one that matters most: its marker lies above the others.
    for (const line of [...model.lines].reverse()) {
      const i = indexAt(line.x, at);
      if (i < 0 || line.x[i] !== at) continue;
      const value = drawnValue(model, line.y[i]!);
      if (Number.isFinite(value)) drawMarker(ctx, line.style, theme, x(at), y(value), 3.5, true);
    }
  }
  ctx.restore();
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Notes lie right-aligned above their point, one above the other where they meet. */
function drawNotes(chart: Chart, { model, theme }: OverlayState): Box[] {
  const { ctx, chartArea: area } = chart;
  const { x, y } = axes(chart);
  const taken: Box[] = [];
  ctx.save();
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.font = `600 ${theme.fontSize}px ${theme.font}`;
  for (const note of model.notes) {
    let text = note.text;
    while (ctx.measureText(text).width > area.width - 20 && text.length > 8) text = `${text.slice(0, -2).trimEnd()}…`.replace("……", "…");
    const width = ctx.measureText(text).width;
    // Ends at its point where there is room to the left, else as near as the drawing allows.
    const right = Math.max(Math.min(x(note.x), area.right) - 6, area.left + width + 6);
    const left = right - width;
    let bottom = y(note.y) - 5;
    for (const box of taken) if (bottom > box.top && bottom - TEXT < box.bottom) bottom = box.top - 1;
    ctx.fillStyle = theme.background;
    ctx.fillRect(left - 4, bottom - TEXT, width + 8, TEXT);
    ctx.fillStyle = note.tone === "bad" ? theme.bad : theme.text;
    ctx.fillText(text, right, bottom);
    taken.push({ left, right, top: bottom - TEXT, bottom });
  }
  ctx.restore();
  return taken;
}

/** Names of lines right of their last point, moved apart, each with a thin leader to its line. */
function drawNames(chart: Chart, { model, theme }: OverlayState, notes: readonly Box[]): void {
  const { ctx, chartArea: area } = chart;
  const { x, y } = axes(chart);
  const named = model.lines.flatMap((line) => {
    const point = lastPoint(model, line);
    return line.named && point ? [{ line, x: x(point.x), y: Math.min(Math.max(y(point.y), area.top), area.bottom) }] : [];
  });
  if (named.length === 0) return;
  const at = spread(named.map((n) => n.y), TEXT, area.top, area.bottom);
  ctx.save();
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const [i, n] of named.entries()) {
    const where = at[i];
    if (where === null || where === undefined) continue;
    // A line that ends early is named at its end, when no note lies there.
    const end = Math.min(n.x, area.right);
    if (end < area.right && notes.some((b) => where + TEXT / 2 > b.top && where - TEXT / 2 < b.bottom && b.right > end)) continue;
    const colour = colourOf(n.line.style, theme);
    ctx.strokeStyle = colour;
    ctx.globalAlpha = 0.6;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(end + 4, n.y);
    ctx.lineTo(end + 9, where);
    ctx.stroke();
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.font = `${n.line.style.weight === "strong" ? "600 " : ""}${theme.fontSize}px ${theme.font}`;
    ctx.fillText(n.line.label, end + 12, where);
  }
  ctx.restore();
}

function lastPoint(model: LineChart, line: Line): { x: number; y: number } | null {
  for (let i = line.y.length - 1; i >= 0; i--) {
    const y = drawnValue(model, line.y[i]!);
    if (Number.isFinite(y)) return { x: line.x[i]!, y };
  }
  return null;
}

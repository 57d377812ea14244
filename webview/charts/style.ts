/** How a line looks: on the canvas and as the key before its name. */
import { DASHES, MARKERS } from "../model/chart";
import type { LineStyle } from "../model/chart";
import { svg } from "../dom";
import type { Theme } from "../theme";

export function colourOf(style: LineStyle, theme: Theme): string {
  if (style.colour === "mean") return theme.text;
  if (style.colour === "background" || style.colour === "quiet") return theme.dim;
  return theme.series[style.colour % theme.series.length]!;
}

/** Width of a line in px. */
export function widthOf(style: LineStyle): number {
  return style.weight === "strong" ? 3 : style.weight === "normal" ? 1.5 : 1;
}

export function dashOf(style: LineStyle): number[] {
  return [...(DASHES[style.dash % DASHES.length] ?? [])];
}

export function markerOf(style: LineStyle): (typeof MARKERS)[number] {
  return MARKERS[style.marker % MARKERS.length]!;
}

/** A marker with its centre at (x, y); filled with the line's colour, or hollow. */
export function drawMarker(ctx: CanvasRenderingContext2D, style: LineStyle, theme: Theme, x: number, y: number, radius: number, filled: boolean): void {
  ctx.beginPath();
  switch (markerOf(style)) {
    case "circle":
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
      break;
    case "triangle":
      ctx.moveTo(x, y - radius * 1.15);
      ctx.lineTo(x + radius * 1.1, y + radius * 0.8);
      ctx.lineTo(x - radius * 1.1, y + radius * 0.8);
      ctx.closePath();
      break;
    case "rect":
      ctx.rect(x - radius * 0.85, y - radius * 0.85, radius * 1.7, radius * 1.7);
      break;
    case "rectRot":
      ctx.moveTo(x, y - radius * 1.15);
      ctx.lineTo(x + radius * 1.15, y);
      ctx.lineTo(x, y + radius * 1.15);
      ctx.lineTo(x - radius * 1.15, y);
      ctx.closePath();
      break;
  }
  ctx.setLineDash([]);
  ctx.fillStyle = filled ? colourOf(style, theme) : theme.background;
  ctx.strokeStyle = filled ? theme.background : colourOf(style, theme);
  ctx.lineWidth = 1.5;
  ctx.fill();
  ctx.stroke();
}

/** A short piece of the line with its marker. */
export function lineKey(style: LineStyle, theme: Theme): SVGElement {
  const colour = colourOf(style, theme);
  const y = 6;
  const shapes: Readonly<Record<(typeof MARKERS)[number], SVGElement>> = {
    circle: svg("circle", { cx: 12, cy: y, r: 2.6, fill: colour }),
    triangle: svg("path", { d: `M12 ${y - 3.2}L15.2 ${y + 2.4}H8.8Z`, fill: colour }),
    rect: svg("rect", { x: 9.6, y: y - 2.4, width: 4.8, height: 4.8, fill: colour }),
    rectRot: svg("path", { d: `M12 ${y - 3.3}L15.3 ${y}L12 ${y + 3.3}L8.7 ${y}Z`, fill: colour }),
  };
  return svg(
    "svg",
    { class: "key", width: 24, height: 12, viewBox: "0 0 24 12", "aria-hidden": "true" },
    svg("line", { x1: 0, x2: 24, y1: y, y2: y, stroke: colour, "stroke-width": Math.min(2.5, widthOf(style)), "stroke-dasharray": dashOf(style).join(" ") }),
    shapes[markerOf(style)],
  );
}

/** Icons, drawn in the colour of their text. */
import { svg } from "./dom";

export type IconName = "error" | "warning" | "healthy" | "unknown" | "info";

/** Shapes on a grid of 16, each outlined differently so that tone does not rest on colour. */
const PATHS: Readonly<Record<IconName, readonly string[]>> = {
  error: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M5.5 5.5l5 5", "M10.5 5.5l-5 5"],
  warning: ["M8 1.8L1.4 13.8h13.2L8 1.8Z", "M8 6.3v3.7", "M8 11.8v.4"],
  healthy: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M5 8.3l2.1 2.1L11 6.2"],
  unknown: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M6.2 6.3a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.3", "M8 11.2v.4"],
  info: ["M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13Z", "M8 7.3v3.9", "M8 4.8v.4"],
};

export function icon(name: IconName): SVGElement {
  return svg(
    "svg",
    { class: `icon ${name}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 1.3, "stroke-linecap": "round", "stroke-linejoin": "round" },
    ...PATHS[name].map((d) => svg("path", { d })),
  );
}

/** Colours and fonts of the drawings, from the editor's theme. Everything else is styled by page.css with the same variables. */

export type ThemeKind = "dark" | "light" | "hc-dark" | "hc-light";

export interface Theme {
  readonly kind: ThemeKind;
  readonly font: string;
  readonly fontSize: number;
  readonly background: string;
  readonly text: string;
  /** Axes, ticks and what stands back. */
  readonly dim: string;
  readonly grid: string;
  readonly bad: string;
  /** The cursor that a finding or the user set. */
  readonly accent: string;
  /** Lines, by index. */
  readonly series: readonly string[];
}

/** Backgrounds that the palettes below are made for: those of VS Code's own themes. */
export const BACKGROUNDS: Readonly<Record<ThemeKind, string>> = { dark: "#1f1f1f", light: "#ffffff", "hc-dark": "#000000", "hc-light": "#ffffff" };

/**
 * Eight colours a theme after Okabe and Ito (2008), moved in lightness until each has a contrast of 4.5 to 1 or more.
 * Lines differ by dash and marker too, so that no statement rests on colour alone.
 */
export const PALETTES: Readonly<Record<ThemeKind, readonly string[]>> = {
  dark: ["#58b0f0", "#f0a04b", "#45c39a", "#dc90cf", "#e3d150", "#ff8a6b", "#86d9ec", "#aea9ff"],
  light: ["#0a63ad", "#a85200", "#00735a", "#9a3a91", "#736200", "#bd3413", "#007387", "#5147c4"],
  "hc-dark": ["#6fc3ff", "#ffb454", "#57e0b0", "#f5a8ee", "#fff04d", "#ff9c82", "#a6f2ff", "#ccc7ff"],
  "hc-light": ["#004f9e", "#8a3d00", "#005f45", "#7a1f74", "#5e5000", "#a1260d", "#00606f", "#3a2fa8"],
};

/** Which of VS Code's four kinds of theme a body of these classes has. */
export function kindOf(classes: { contains(name: string): boolean }): ThemeKind {
  if (classes.contains("vscode-high-contrast-light")) return "hc-light";
  if (classes.contains("vscode-high-contrast")) return "hc-dark";
  return classes.contains("vscode-light") ? "light" : "dark";
}

/** The theme as it is now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const kind = kindOf(document.body.classList);
  const variable = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const bright = kind === "light" || kind === "hc-light";
  const text = variable("--vscode-editor-foreground", bright ? "#1f1f1f" : "#cccccc");
  // The light theme's red is meant for icons; as text it is too faint. page.css does the same.
  const bad = variable("--vscode-errorForeground", bright ? "#c72e0f" : "#f88070");
  const strong = kind === "hc-dark" || kind === "hc-light";
  return {
    kind,
    font: variable("--vscode-font-family", "system-ui, sans-serif"),
    fontSize: 11,
    background: variable("--vscode-editor-background", BACKGROUNDS[kind]),
    text,
    dim: strong ? text : variable("--vscode-descriptionForeground", text),
    grid: `color-mix(in srgb, ${text} ${strong ? 35 : 11}%, transparent)`,
    bad: kind === "light" ? `color-mix(in srgb, ${bad} 72%, black)` : bad,
    accent: variable("--vscode-focusBorder", "#0078d4"),
    series: PALETTES[kind],
  };
}

/** Calls `changed` after the editor's theme has changed, once a frame at most. Returns what ends it. */
export function watchTheme(changed: (theme: Theme) => void): () => void {
  let asked = 0;
  const observer = new MutationObserver(() => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => changed(readTheme()));
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  return () => {
    cancelAnimationFrame(asked);
    observer.disconnect();
  };
}

/** What every part of the page shares. */
import type { Connection } from "./connection";
import type { Cursor } from "./cursor";
import type { Domains } from "./charts/lineChart";
import type { Theme } from "./theme";
import type { Kept } from "./viewState";

export interface Page {
  readonly cursor: Cursor;
  readonly host: Connection;
  readonly theme: () => Theme;
  readonly domains: () => Domains;
  readonly kept: () => Kept;
  /** Changes what is kept; the rest stays. */
  keep(change: Partial<Kept>): void;
  /** Says it to a screen reader. */
  announce(text: string): void;
  /** Shows one line at the top, e.g. why a file did not open. */
  complain(text: string): void;
  /** Draws again what depends on what is kept. */
  refresh(): void;
}

/** What charts need of their page. */
export type ChartPage = Omit<Page, "host">;

/** Whether a part that can be opened is open: as the user left it, else as `otherwise`. */
export function isOpen(page: ChartPage, key: string, otherwise: boolean): boolean {
  return page.kept().open[key] ?? otherwise;
}

export function setOpen(page: ChartPage, key: string, open: boolean): void {
  if (page.kept().open[key] !== open) page.keep({ open: { ...page.kept().open, [key]: open } });
}

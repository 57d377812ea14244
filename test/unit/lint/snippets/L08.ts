import type { Snippets } from "./snippets";

export const L08: Snippets = {
  bad: [],
  good: [],
};

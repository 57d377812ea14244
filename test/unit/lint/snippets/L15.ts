import type { Snippets } from "./snippets";

export const L15: Snippets = {
  bad: [],
  good: [],
};

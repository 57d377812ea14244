import type { Snippets } from "./snippets";

export const L22: Snippets = {
  bad: [],
  good: [],
};

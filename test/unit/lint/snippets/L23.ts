import type { Snippets } from "./snippets";

export const L23: Snippets = {
  bad: [],
  good: [],
};

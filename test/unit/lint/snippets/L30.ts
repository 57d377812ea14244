import type { Snippets } from "./snippets";

export const L30: Snippets = {
  bad: [],
  good: [],
};

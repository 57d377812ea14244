import type { Snippets } from "./snippets";

export const L02: Snippets = {
  bad: [],
  good: [],
};

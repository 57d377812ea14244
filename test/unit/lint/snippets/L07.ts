import type { Snippets } from "./snippets";

export const L07: Snippets = {
  bad: [],
  good: [],
};

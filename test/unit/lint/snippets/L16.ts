import type { Snippets } from "./snippets";

export const L16: Snippets = {
  bad: [],
  good: [],
};

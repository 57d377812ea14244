import type { Snippets } from "./snippets";

export const L04: Snippets = {
  bad: [],
  good: [],
};

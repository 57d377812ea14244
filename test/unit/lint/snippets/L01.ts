import type { Snippets } from "./snippets";

export const L01: Snippets = {
  bad: [],
  good: [],
};

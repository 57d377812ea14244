import type { Snippets } from "./snippets";

export const L25: Snippets = {
  bad: [],
  good: [],
};

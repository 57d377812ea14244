import type { Snippets } from "./snippets";

export const L06: Snippets = {
  bad: [],
  good: [],
};

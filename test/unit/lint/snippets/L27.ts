import type { Snippets } from "./snippets";

export const L27: Snippets = {
  bad: [],
  good: [],
};

import type { Snippets } from "./snippets";

export const L31: Snippets = {
  bad: [],
  good: [],
};

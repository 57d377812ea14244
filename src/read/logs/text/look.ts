/** Whether a file may be a training's console output: by name and its first 4 KiB. */
const ENDING = /\.(?:log|txt|out|err|stdout|stderr|console)(?:\.\d+)?$/i;
/** Names that hold other things than logs. */
const OTHER = /^(?:readme|licen[sc]e|requirements|environment|changelog|notice|authors|todo|notes?|label_?map|labels?|classes|class_?names?|names|colou?rs?|palette|splits?|folds?|list|files?|ids?|vocab|cmakelists|pip|conda|apt|install|debug-internal|debug-core|debug|manifest|sources|top_level|entry_points|dependency_links|description|citation|copying)\b|^(?:train|val|valid|test|trainval|all)(?:_?(?:list|files?|ids?|images?|cases|split|set|\d+))?\.txt$|requirements.*\.txt$/i;
const CALLED = /log|train|out|stdout|stderr|err|slurm|history|nohup|console|result|metric|progress|output|run|epoch|score|eval|val|fold|exp|job|screen|terminal|print|record|report/i;
/** A counter, and a name that measures with a number, somewhere. */
const COUNTS = /(?:epochs?|iter(?:ation)?|step|round)\b["']?\s*[:=#[( ]{0,4}\s*\d|\[\d+\/\d+\]|^\s*\d+\/\d+\b|\d%\|/im;
const MEASURES = /(?:loss|acc(?:uracy)?|dice|iou|dsc|score|jaccard|f1|lr|error|map)\w*["')\]]?\s*(?:[:=-]\s*|\s)[[("']?\s*(?:np\.float\d+\(|tensor\()?[-+]?(?:[\d.]+|nan|inf)/i;

export function looksLikeLog(path: string, head: Uint8Array): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!ENDING.test(name) || OTHER.test(name)) return false;
  if (head.length === 0) return false;
  const text = textOf(head);
  if (text === null) return false;
  if (/^\s*[{[]\s*(?:"|\{|$)/.test(text)) return false; // JSON
  return CALLED.test(name) || countsAndMeasures(head);
}

/** Whether a head holds both a counter and a measure, wherever they stand. */
export function countsAndMeasures(head: Uint8Array): boolean {
  const text = textOf(head);
  return text !== null && COUNTS.test(text) && MEASURES.test(text);
}

export function looksLikeKeras(path: string, head: Uint8Array): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!ENDING.test(name) || head.length === 0) return false;
  const text = textOf(head);
  if (text === null) return false;
  const epochs = /(?:^|[\r\n\b])\s*Epoch \d+\/\d+\s*(?:$|[\r\n])/m.test(text);
  return epochs && (/\d+\/\d+ (?:\[[=>.]{3}|[^\r\n]{0,24}━)/.test(text) || /(?:^|\n)(?:\s*\d+\/\d+)? - \d+s\b/.test(text) || /━{5}/.test(text));
}

/** The head as text; null where it is binary. */
function textOf(head: Uint8Array): string | null {
  for (const c of head) if (c === 0 || (c < 7 && c > 0) || (c > 13 && c < 27)) return null;
  const text = new TextDecoder().decode(head);
  let broken = 0;
  for (const c of text) if (c === "\uFFFD") broken++;
  return broken * 50 > text.length + 100 ? null : text;
}

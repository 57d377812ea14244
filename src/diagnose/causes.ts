/** One cause gives one leading finding: what it accounts for hangs below it. */
import type { Finding, Severity, SymptomId } from "../run";

interface Leader {
  readonly symptom: SymptomId;
  /** Explained whenever they began. */
  readonly explains: readonly SymptomId[];
  /** Explained where they did not begin before the leader. */
  readonly explainsLater: readonly SymptomId[];
}

const LOSS: readonly SymptomId[] = ["absent-class-dominates", "class-weights-near-zero"];
const OUTCOME: readonly SymptomId[] = ["constant-prediction", "class-never-learned", "class-lost", "class-confused", "flat-validation", "flat-training", "logged-metric-misleads"];

/** In order of precedence: a finding hangs below the first that accounts for it. */
const LEADERS: readonly Leader[] = [
  { symptom: "nan-loss", explains: ["weights-non-finite", "class-never-learned", "class-confused", "flat-validation", "flat-training", "weights-exploding", "nothing-changes"], explainsLater: ["logged-metric-misleads", "only-background", "constant-prediction", "class-lost", "diverging-loss", "layer-frozen", "train-val-dice-gap"] },
  { symptom: "weights-non-finite", explains: [], explainsLater: ["only-background", "constant-prediction", "class-lost", "flat-validation", "flat-training"] },
  { symptom: "validation-without-foreground", explains: ["class-absent-from-validation", "overfitting", "train-val-dice-gap", "flat-validation", "logged-metric-misleads", "class-confused", "class-never-learned"], explainsLater: [] },
  { symptom: "diverging-loss", explains: ["weights-exploding", "flat-validation", "logged-metric-misleads", ...LOSS], explainsLater: ["only-background", "constant-prediction", "class-lost", "class-confused", "class-never-learned"] },
  { symptom: "only-background", explains: [...OUTCOME, ...LOSS, "weights-near-zero", "nothing-changes", "layer-frozen"], explainsLater: [] },
  { symptom: "nothing-changes", explains: [...OUTCOME, ...LOSS, "layer-frozen"], explainsLater: [] },
  { symptom: "weights-near-zero", explains: [...OUTCOME, ...LOSS], explainsLater: [] },
  { symptom: "flat-training", explains: [...OUTCOME.filter((id) => id !== "flat-training"), ...LOSS, "layer-frozen"], explainsLater: [] },
  { symptom: "constant-prediction", explains: [...OUTCOME.filter((id) => id !== "constant-prediction"), ...LOSS, "layer-frozen"], explainsLater: [] },
  { symptom: "class-never-learned", explains: ["class-confused", "logged-metric-misleads", "flat-validation", ...LOSS], explainsLater: [] },
  { symptom: "class-lost", explains: ["class-lost", "class-confused", "logged-metric-misleads", ...LOSS], explainsLater: [] },
  { symptom: "class-confused", explains: ["class-confused", "logged-metric-misleads", ...LOSS], explainsLater: [] },
  { symptom: "flat-validation", explains: ["logged-metric-misleads", ...LOSS], explainsLater: [] },
  { symptom: "overfitting", explains: ["train-val-dice-gap"], explainsLater: [] },
  // A score that misled before the NaN belongs to it where no other finding accounts for it.
  { symptom: "nan-loss", explains: ["logged-metric-misleads"], explainsLater: [] },
];

/** What the loss does may be the cause of these: then it is no mere information. */
const HARM = new Set<SymptomId>(["only-background", "constant-prediction", "flat-training", "flat-validation", "class-never-learned", "class-lost", "class-confused", "nothing-changes", "weights-near-zero", "diverging-loss"]);

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Groups findings by cause, worst first. The order of the input decides among equals. */
export function group(findings: readonly Finding[]): Finding[] {
  const below = new Map<Finding, Finding[]>();
  const taken = new Set<Finding>();
  for (const leader of LEADERS) {
    const lead = findings.find((f) => f.symptom === leader.symptom && !taken.has(f));
    if (lead === undefined) continue;
    for (const f of findings) {
      if (f === lead || taken.has(f) || (below.get(f)?.length ?? 0) > 0) continue;
      const explained = leader.explains.includes(f.symptom) || (leader.explainsLater.includes(f.symptom) && notBefore(f, lead));
      if (!explained || !sameClasses(lead, f, findings)) continue;
      below.set(lead, [...(below.get(lead) ?? []), f]);
      taken.add(f);
    }
  }
  return findings
    .filter((f) => !taken.has(f) && !hypothetical(f))
    .map((f) => {
      const under = below.get(f) ?? [];
      return under.length === 0 ? f : { ...f, explains: sorted(under.map((u) => raised(u, f))) };
    })
    .sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** Unknown times count as later: what was seen in a checkpoint has no earlier sign. */
function notBefore(f: Finding, lead: Finding): boolean {
  const [a, b] = [f.since?.epoch, lead.since?.epoch];
  return a === undefined || b === undefined || a >= b;
}

/** A confusion of classes belongs to the loss of the same classes, in whichever finding that is told. */
function sameClasses(lead: Finding, f: Finding, all: readonly Finding[]): boolean {
  if (f.symptom !== "class-confused" || (lead.symptom !== "class-never-learned" && lead.symptom !== "class-lost")) return true;
  const mine = new Set(all.filter((x) => x.symptom === lead.symptom).flatMap(classesOf));
  return classesOf(f).some((c) => mine.has(c));
}

function classesOf(f: Finding): readonly number[] {
  return f.subject.classes ?? (f.subject.class === undefined ? [] : [f.subject.class]);
}

/** Weights that no loss is known to use are worth telling only where something is wrong. */
function hypothetical(f: Finding): boolean {
  return f.symptom === "class-weights-near-zero" && f.evidence["inUse"] !== "yes";
}

/** In a run that is harmed, what the loss in use does to its classes is a warning. */
function raised(f: Finding, lead: Finding): Finding {
  const inUse = f.symptom === "absent-class-dominates" || (f.symptom === "class-weights-near-zero" && f.evidence["inUse"] === "yes");
  return inUse && HARM.has(lead.symptom) ? { ...f, severity: "warning" } : f;
}

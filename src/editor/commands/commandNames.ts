/** Every command, by the name that package.json declares. */
export const COMMAND = {
  inspectFolder: "runDoctor.inspectFolder",
  openRun: "runDoctor.openRun",
  refresh: "runDoctor.refresh",
  chooseLabels: "runDoctor.chooseLabels",
  choosePredictions: "runDoctor.choosePredictions",
  setBackground: "runDoctor.setBackground",
  setClassNames: "runDoctor.setClassNames",
  copyReport: "runDoctor.copyReport",
  saveReport: "runDoctor.saveReport",
  compareLosses: "runDoctor.compareLossVariants",
  installTensorflow: "runDoctor.installTensorFlow",
  showLog: "runDoctor.showLog",
  // Not in the palette: they need to be told of what.
  openPlace: "runDoctor.openPlace",
  openDocs: "runDoctor.openDocs",
  explainFinding: "runDoctor.explainFinding",
  ignoreSymptom: "runDoctor.ignoreSymptom",
  heedSymptom: "runDoctor.heedSymptom",
  ignoreRule: "runDoctor.ignoreRule",
  refreshRun: "runDoctor.refreshRun",
  revealRun: "runDoctor.revealRun",
  stopReading: "runDoctor.stopReading",
} as const;

export type CommandName = (typeof COMMAND)[keyof typeof COMMAND];

/** A link that runs a command wherever VS Code opens links with commands. */
export function commandLink(command: CommandName, ...args: readonly unknown[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
}

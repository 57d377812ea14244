/** The settings, named once. */
export const SECTION = "runDoctor";

export const SETTING = {
  runs: "runs",
  thresholds: "thresholds",
  notifications: "notifications.enabled",
  decorations: "decorations.enabled",
  pollRunning: "poll.running",
  pollIdle: "poll.idle",
  exclude: "exclude",
  lintEnabled: "lint.enabled",
  lintIgnore: "lint.ignore",
  lintExclude: "lint.exclude",
  tensorflowFolder: "losses.tensorflowFolder",
} as const;

export type SettingName = (typeof SETTING)[keyof typeof SETTING];

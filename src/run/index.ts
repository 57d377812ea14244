export * from "./checkpoint";
export * from "./config";
export * from "./finding";
export * from "./loss";
export * from "./run";
export * from "./segmentation";
export * from "./series";
export * from "./verdict";

export * from "./decimate";
export * from "./delta";
export * from "./messages";
export * from "./rpc";
export * from "./runView";
export * from "./verdict";
export * from "./losses";
export * from "./trial";

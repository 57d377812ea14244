/** The command `run-doctor`: starts the terminal program beside it. */
import { join } from "node:path";
import { launch } from "./engine/launch";

launch(join(__dirname, "terminal.js"), process.argv[2] === "inspect");

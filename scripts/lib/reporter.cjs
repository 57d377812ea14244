// Mocha's usual report, and the counts added to the file that RUN_DOCTOR_COUNTS names (one JSON line a run).
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    let passed = 0;
    let failed = 0;
    runner.on("pass", () => passed++);
    runner.on("fail", () => failed++);
    runner.on("pending", () => failed++); // a skipped test is no pass
    runner.on("end", () => {
      const file = process.env.RUN_DOCTOR_COUNTS;
      if (file) appendFileSync(file, `${JSON.stringify({ passed, failed })}\n`);
    });
  }
};

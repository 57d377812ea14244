/** All suites of a trusted workspace, in the order in which they run. */
import "./tree.test";
import "./problems.test";
import "./commands.test";
import "./settings.test";
import "./panel.test";
import "./lint.test";
import "./meet.test";
import "./losses.test";
import "./live.test";

/** All rules, in order of their numbers. */
import { L01 } from "./L01";
import { L02 } from "./L02";
import { L03 } from "./L03";
import { L04 } from "./L04";
import { L05 } from "./L05";
import { L06 } from "./L06";
import { L07 } from "./L07";
import { L08 } from "./L08";
import { L11 } from "./L11";
import { L12 } from "./L12";
import { L15 } from "./L15";
import { L16 } from "./L16";
import { L17 } from "./L17";
import { L18 } from "./L18";
import { L19 } from "./L19";
import { L20 } from "./L20";
import { L22 } from "./L22";
import { L23 } from "./L23";
import { L24 } from "./L24";
import { L25 } from "./L25";
import { L27 } from "./L27";
import { L30 } from "./L30";
import { L31 } from "./L31";
import type { Rule } from "./rule";

export const RULES: readonly Rule[] = [L01, L02, L03, L04, L05, L06, L07, L08, L11, L12, L15, L16, L17, L18, L19, L20, L22, L23, L24, L25, L27, L30, L31];

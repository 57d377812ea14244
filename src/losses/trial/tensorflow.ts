/** TensorFlow.js as the trial uses it: handed in, because which copy runs (with its backend) is found at run time. */
import type * as core from "@tensorflow/tfjs-core";

export type Tensorflow = typeof core;
export type Tensor = core.Tensor;

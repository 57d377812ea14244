/** Names of a layer's variables, which Keras 3 stores as vars/0, vars/1, … in the order in which the layer made them. */

/** Layers of Keras that keep variables or sublayers, as automatic names begin. */
const KERAS_LAYERS =
  /^(depthwise_|separable_)?conv[123]d(_transpose)?(_\d+)?$|^(dense|einsum_dense|batch_normalization|layer_normalization|group_normalization|unit_normalization|rms_normalization|spectral_normalization|normalization|embedding|lstm|gru|simple_rnn|conv_lstm[123]d|(lstm|gru|simple_rnn|conv_lstm[123]d)_cell|rnn|bidirectional|time_distributed|multi_head_attention|group_query_attention|attention|additive_attention|p_re_lu|functional|sequential|model|dropout|spatial_dropout[123]d|gaussian_noise|gaussian_dropout|seed_generator|activation|re_lu|leaky_re_lu|softmax)(_\d+)?$/;

/** Whether Keras made this name itself, from the class and a counter. */
export function isAutomaticName(name: string): boolean {
  return KERAS_LAYERS.test(name);
}

/** A class name without its counter: conv2d_3 is conv2d. */
export function withoutCounter(name: string): string {
  return name.replace(/_\d+$/, "");
}

type Config = Readonly<Record<string, unknown>> | null;

/**
 * Names for variables of `shapes`, in order; null where unknown.
 * `className`: in snake case, null when the file does not tell: then the shapes decide. `config`: the layer's, where known.
 * Order after keras/src/layers/layer.py (save_own_variables: trainable ones first) and each layer's build().
 */
export function variableNames(className: string | null, config: Config, shapes: readonly (readonly number[])[]): readonly (string | null)[] {
  const names = (className === null ? byShape(shapes) : byClass(className, config, shapes.length)) ?? [];
  // What the configuration promises and the file does not hold: rather no name than a wrong one.
  if (names.length > shapes.length) return shapes.map(() => null);
  return shapes.map((shape, i) => (fits(names[i] ?? null, shape) ? (names[i] ?? null) : null));
}

function fits(name: string | null, shape: readonly number[]): boolean {
  if (name === null) return true;
  if (/kernel$|^embeddings$/.test(name)) return shape.length >= 2;
  return true;
}

/** True unless the configuration says false. */
function has(config: Config, key: string): boolean {
  return config?.[key] !== false;
}

function byClass(name: string, config: Config, count: number): string[] | null {
  if (name === "seed_generator") return ["seed_generator_state"];
  if (name === "p_re_lu") return ["alpha"];
  if (name === "normalization") return ["mean", "variance", "count"].slice(0, count);
  if (name === "spectral_normalization") return ["vector_u"].slice(0, count);
  if (/attention$/.test(name)) return count === 1 ? ["scale"] : null;
  if (/(^|_)embedding$/.test(name)) return ["embeddings", ...scales("embeddings", count - 1)];
  if (/(^|_)(lstm|gru|rnn|conv_lstm[123]d)(_cell)?$/.test(name)) return ["kernel", "recurrent_kernel", "bias"].slice(0, count);
  if (/batch_?norm(alization)?(_v\d)?$/.test(name)) return [...scaleAndOffset(config, count - 2), ...["moving_mean", "moving_variance"].slice(0, count)];
  if (/norm(alization)?$/.test(name)) return scaleAndOffset(config, count);
  if (/(^|_)separable_conv[12]d$/.test(name)) return withBias(["depthwise_kernel", "pointwise_kernel"], config, count);
  if (/(^|_)(conv[123]d(_transpose)?|dense|convolution[123]d)$/.test(name)) return withBias(["kernel"], config, count);
  return null;
}

function withBias(kernels: string[], config: Config, count: number): string[] {
  const bias = config === null ? count > kernels.length : has(config, "use_bias");
  const names = bias ? [...kernels, "bias"] : kernels;
  return [...names, ...scales("kernel", count - names.length)];
}

/** What quantized layers keep beside their integers. */
function scales(of: string, count: number): string[] {
  return count === 1 ? [`${of}_scale`] : count === 2 ? [`${of}_scale`, `${of}_zero`] : [];
}

/** Of one variable without a configuration it cannot be told which it is. */
function scaleAndOffset(config: Config, count: number): string[] {
  if (config === null) return count <= 0 ? [] : count === 1 ? ["gamma_or_beta"] : ["gamma", "beta"];
  return [...(has(config, "scale") ? ["gamma"] : []), ...(has(config, "center") ? ["beta"] : [])];
}

/** A bias has the outputs' shape: the kernel's last axes, or the last but one of a transposed convolution. */
function isBias(kernel: readonly number[], shape: readonly number[]): boolean {
  if (shape.length === 0 || shape.length >= kernel.length) return false;
  return shape.every((n, i) => n === kernel[kernel.length - shape.length + i]) || (shape.length === 1 && shape[0] === kernel.at(-2));
}

function byShape(shapes: readonly (readonly number[])[]): string[] | null {
  const [first, second] = shapes;
  if (first === undefined) return null;
  if (first.length >= 2) {
    if (shapes.length === 1) return ["kernel"];
    return shapes.length === 2 && isBias(first, second!) ? ["kernel", "bias"] : null;
  }
  const alike = shapes.every((shape) => shape.length === 1 && shape[0] === first[0]);
  if (!alike) return null;
  if (shapes.length === 4) return ["gamma", "beta", "moving_mean", "moving_variance"];
  return shapes.length === 2 ? ["gamma", "beta"] : null;
}

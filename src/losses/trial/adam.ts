/** Adam (Kingma and Ba 2015), on arrays: the same numbers on every backend. */

const BETA1 = 0.9;
const BETA2 = 0.999;
/** As Keras has it. */
const EPSILON = 1e-7;

export class Adam {
  private step = 0;
  private readonly first: Float32Array[];
  private readonly second: Float32Array[];

  constructor(
    private readonly values: readonly Float32Array[],
    private readonly rate: number,
  ) {
    this.first = values.map((v) => new Float32Array(v.length));
    this.second = values.map((v) => new Float32Array(v.length));
  }

  /** Changes the values in place. */
  apply(gradients: readonly Float32Array[]): void {
    this.step++;
    const rate = (this.rate * Math.sqrt(1 - BETA2 ** this.step)) / (1 - BETA1 ** this.step);
    this.values.forEach((value, k) => {
      const gradient = gradients[k]!;
      const first = this.first[k]!;
      const second = this.second[k]!;
      for (let i = 0; i < value.length; i++) {
        const g = gradient[i]!;
        first[i]! += (1 - BETA1) * (g - first[i]!);
        second[i]! += (1 - BETA2) * (g * g - second[i]!);
        value[i]! -= (rate * first[i]!) / (Math.sqrt(second[i]!) + EPSILON);
      }
    });
  }
}

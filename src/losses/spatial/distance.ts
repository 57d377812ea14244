/** Exact Euclidean distance transform in any number of axes (Felzenszwalb and Huttenlocher 2012). Distances in voxels. */

/** Distance of each voxel in the mask to the nearest one outside of it; 0 outside. Infinite where all are in the mask. */
export function distanceInside(mask: Uint8Array, space: readonly number[]): Float64Array {
  const squared = Float64Array.from(mask, (m) => (m !== 0 ? Infinity : 0));
  let stride = mask.length;
  for (const extent of space) {
    stride /= extent;
    alongAxis(squared, extent, stride);
  }
  return squared.map(Math.sqrt);
}

function alongAxis(squared: Float64Array, extent: number, stride: number): void {
  const line = new Float64Array(extent);
  const parabolas = new Int32Array(extent);
  const borders = new Float64Array(extent + 1);
  for (let outer = 0; outer < squared.length; outer += extent * stride) {
    for (let inner = 0; inner < stride; inner++) {
      const at = outer + inner;
      for (let i = 0; i < extent; i++) line[i] = squared[at + i * stride]!;
      let last = -1;
      for (let q = 0; q < extent; q++) {
        if (line[q] === Infinity) continue;
        let cross = -Infinity;
        while (last >= 0) {
          const p = parabolas[last]!;
          cross = (line[q]! + q * q - line[p]! - p * p) / (2 * (q - p));
          if (cross > borders[last]!) break;
          last--;
          cross = -Infinity;
        }
        parabolas[++last] = q;
        borders[last] = cross;
        borders[last + 1] = Infinity;
      }
      if (last < 0) continue;
      for (let i = 0, k = 0; i < extent; i++) {
        while (borders[k + 1]! < i) k++;
        const p = parabolas[k]!;
        squared[at + i * stride] = (i - p) ** 2 + line[p]!;
      }
    }
  }
}

// AssemblyScript, compiled to WebAssembly when the project is built (scripts/lib/simd.mjs); ../simd.ts calls it.
// Addresses are bytes in the module's memory. float32 values are widened to float64 before anything is summed.

/** Where results are written: float64 values in the order in which a kernel's comment names them. */
const OUT: usize = 0;

/**
 * Sums over `n` float32 values at `from`: sum of (v - shift), sum of (v - shift)², sum of |v|, min, max, min of |v|.
 * The sum of |v| is not finite when a value is not.
 */
export function sums32(from: usize, n: i32, shift: f64): void {
  const shifts = f64x2.splat(shift);
  let sum0 = f64x2.splat(0), sum1 = f64x2.splat(0);
  let squares0 = f64x2.splat(0), squares1 = f64x2.splat(0);
  let abs0 = f64x2.splat(0), abs1 = f64x2.splat(0);
  let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity), small = f32x4.splat(Infinity);
  let at = from;
  const end = from + ((<usize>(n & ~3)) << 2);
  for (; at < end; at += 16) {
    const v = v128.load(at);
    const magnitude = f32x4.abs(v);
    low = f32x4.pmin(low, v);
    high = f32x4.pmax(high, v);
    small = f32x4.pmin(small, magnitude);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
    const da = f64x2.sub(a, shifts), db = f64x2.sub(b, shifts);
    sum0 = f64x2.add(sum0, da);
    sum1 = f64x2.add(sum1, db);
    squares0 = f64x2.add(squares0, f64x2.mul(da, da));
    squares1 = f64x2.add(squares1, f64x2.mul(db, db));
    abs0 = f64x2.add(abs0, f64x2.abs(a));
    abs1 = f64x2.add(abs1, f64x2.abs(b));
  }
  const sums = f64x2.add(sum0, sum1), squares = f64x2.add(squares0, squares1), abs = f64x2.add(abs0, abs1);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  let square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  let sumAbs = f64x2.extract_lane(abs, 0) + f64x2.extract_lane(abs, 1);
  let lowest: f64 = leastOf(low);
  let highest: f64 = mostOf(high);
  let nearest: f64 = leastOf(small);
  for (const stop = from + ((<usize>n) << 2); at < stop; at += 4) {
    const v: f64 = load<f32>(at);
    const d = v - shift;
    const magnitude = Math.abs(v);
    sum += d;
    square += d * d;
    sumAbs += magnitude;
    lowest = Math.min(lowest, v);
    highest = Math.max(highest, v);
    nearest = Math.min(nearest, magnitude);
  }
  store<f64>(OUT, sum);
  store<f64>(OUT + 8, square);
  store<f64>(OUT + 16, sumAbs);
  store<f64>(OUT + 24, lowest);
  store<f64>(OUT + 32, highest);
  store<f64>(OUT + 40, nearest);
}

function leastOf(v: v128): f64 {
  return min(min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

function mostOf(v: v128): f64 {
  return max(max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

/**
 * Largest |a - b| of `n` pairs of float32 values, each widened first; NaN or infinite when a value is not finite.
 */
export function change32(a: usize, b: usize, n: i32): f64 {
  let most0 = f64x2.splat(0), most1 = f64x2.splat(0);
  let wrong = f64x2.splat(0);
  const end = a + ((<usize>(n & ~3)) << 2);
  for (; a < end; a += 16, b += 16) {
    const x = v128.load(a), y = v128.load(b);
    const d0 = f64x2.sub(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y));
    const d1 = f64x2.sub(
      f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)),
      f64x2.promote_low_f32x4(i8x16.shuffle(y, y, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)),
    );
    most0 = f64x2.pmax(most0, f64x2.abs(d0));
    most1 = f64x2.pmax(most1, f64x2.abs(d1));
    // NaN and infinities stay in a sum, where pmax may lose them; 0 × finite adds nothing.
    wrong = f64x2.add(wrong, f64x2.mul(f64x2.add(d0, d1), f64x2.splat(0)));
  }
  const most = f64x2.pmax(most0, most1);
  let result = Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)) + f64x2.extract_lane(wrong, 0) + f64x2.extract_lane(wrong, 1);
  for (let rest = n & 3; rest > 0; rest--, a += 4, b += 4) result = Math.max(result, Math.abs(<f64>load<f32>(a) - <f64>load<f32>(b)));
  return result;
}

/**
 * Adds `n` pairs of codes below 2^8 to a table of counts (uint32) at `table`: index (label << shift) | prediction. Sixteen pairs
 * are held against the pair that went before, since segmentations mostly consist of stretches; those that differ are added one by one.
 */
export function pairs8(labels: usize, predictions: usize, n: i32, shift: i32, table: usize): void {
  if (n == 0) return;
  let cell = cellOf(labels, predictions, shift, table);
  let left = i8x16.splat(load<u8>(labels)), right = i8x16.splat(load<u8>(predictions));
  let run: u32 = 0;
  const end = labels + <usize>(n & ~15);
  for (; labels < end; labels += 16, predictions += 16) {
    const l = v128.load(labels), p = v128.load(predictions);
    const same = i8x16.bitmask(v128.and(i8x16.eq(l, left), i8x16.eq(p, right)));
    run += <u32>popcnt(same);
    if (same == 0xffff) continue;
    let others = ~same & 0xffff;
    if (others & 0x8000) {
      // Another stretch begins here.
      add(cell, run);
      cell = cellOf(labels + 15, predictions + 15, shift, table);
      left = i8x16.splat(load<u8>(labels + 15));
      right = i8x16.splat(load<u8>(predictions + 15));
      const begun = i8x16.bitmask(v128.and(i8x16.eq(l, left), i8x16.eq(p, right)));
      run = <u32>popcnt(begun);
      others &= ~begun;
    }
    for (; others != 0; others &= others - 1) {
      const at = <usize>ctz(others);
      add(cellOf(labels + at, predictions + at, shift, table), 1);
    }
  }
  add(cell, run);
  for (let rest = n & 15; rest > 0; rest--, labels++, predictions++) add(cellOf(labels, predictions, shift, table), 1);
}

function cellOf(label: usize, prediction: usize, shift: i32, table: usize): usize {
  return table + (((<usize>load<u8>(label) << shift) | <usize>load<u8>(prediction)) << 2);
}

function add(cell: usize, count: u32): void {
  store<u32>(cell, load<u32>(cell) + count);
}

// How numbers are shown: durations in three digits, moments as exact as the view needs.

const units = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']];

// A duration in nanoseconds in three digits: "1.23 ms".
export function duration(ns) {
  if (ns === 0) return '0';
  for (const [size, unit] of units) {
    if (ns >= size || size === 1) {
      const v = ns / size;
      return (v >= 100 || size === 1 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v.toFixed(2)) + '\u202f' + unit;
    }
  }
}

// A moment, or a tick of an axis, so that moments that are step ns apart differ.
export function moment(ns, step) {
  const unit = units.find(([size]) => Math.abs(ns) >= size || step >= size) ?? units[3];
  const digits = Math.min(9, Math.max(0, Math.ceil(Math.log10(unit[0] / Math.max(step, 1)) - 1e-9)));
  return (ns / unit[0]).toFixed(digits) + '\u202f' + unit[1];
}

// A moment to the microsecond.
export const exact = (ns) => (ns / 1e9).toFixed(6) + '\u202fs';

const grouped = new Intl.NumberFormat('en-US');
export const count = (n) => grouped.format(n);

export function bytes(n) {
  if (n === 0) return '';
  for (const [size, unit] of [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']]) {
    if (n >= size) return (n / size).toFixed(n >= 100 * size ? 0 : 1) + '\u202f' + unit;
  }
  return n + '\u202fB';
}

export const percent = (part) => (part >= 0.1 ? (part * 100).toFixed(1) : (part * 100).toFixed(2)) + '\u202f%';

export const plural = (n, one, many) => count(n) + ' ' + (n === 1 ? one : many ?? one + 's');

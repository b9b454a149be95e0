// Colours for canvases: those of the style sheet, read again when the reader's scheme changes.

const names = ['paper', 'panel', 'ink', 'faint', 'line', 'grid', 'accent', 'error', 'life', 'idle', 'hover', 'select'];
const scheme = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();
export const colours = { categories: [] };

function read() {
  const style = getComputedStyle(document.documentElement);
  for (const n of names) colours[n] = style.getPropertyValue('--' + n).trim();
  colours.categories = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => style.getPropertyValue('--c' + i).trim());
  colours.rgb = Uint32Array.from(colours.categories, pixel); // of the categories, without their opacity
  colours.grey = pixel(colours.faint);
  colours.failed = (pixel(colours.error) | 0xff << 24) >>> 0;
  colours.dark = scheme.matches;
}

// pixel is a colour "#rrggbb" as ImageData has it, on processors that have the low byte first.
function pixel(text) {
  const v = parseInt(text.slice(1), 16);
  return (v & 0xff) << 16 | v & 0xff00 | v >> 16;
}

export function watchTheme(draw) {
  listeners.add(draw);
  return () => listeners.delete(draw);
}

scheme.addEventListener('change', () => {
  read();
  for (const draw of listeners) draw();
});
read();

// prepare sizes a canvas for the screen, and returns its context in CSS pixels.
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas, scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const g = canvas.getContext('2d');
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.font = '11px ' + getComputedStyle(canvas).fontFamily;
  g.textBaseline = 'middle';
  return { g, width, height };
}

const widths = new Map();

// widthOf is how wide a short text is that is drawn often.
export function widthOf(g, text) {
  let w = widths.get(text);
  if (w === undefined) {
    if (widths.size > 5000) widths.clear();
    widths.set(text, w = g.measureText(text).width);
  }
  return w;
}

// fit shortens a text to a width.
export function fit(g, text, width) {
  const w = g.measureText(text).width;
  if (w <= width) return text;
  const n = Math.floor(text.length * width / w) - 1;
  return n < 1 ? '' : text.slice(0, n) + '…';
}

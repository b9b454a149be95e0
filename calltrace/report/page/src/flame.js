// The flame graph: the tree of stacks on a canvas, the outermost functions at the top, as wide as
// the time (or the number of calls, or errors) below them.

import { hierarchy, partition } from 'd3-hierarchy';
import { colours, fit, prepare, watchTheme } from './theme.js';
import { FrameKind } from './model.js';

const rowHeight = 18;

// grow makes the tree for a measure: "time", "calls" or "errors".
export function grow(model, measure) {
  const { parent, frame } = model.stacks, values = model.stacks[measure];
  const nodes = Array.from(parent, (_, i) => ({ frame: frame[i], value: values[i], children: [] }));
  for (let i = 1; i < parent.length; i++) nodes[parent[i]].children.push(nodes[i]);
  const root = hierarchy(nodes[0]).sum((d) => d.value).sort((a, b) => b.value - a.value);
  return partition()(root);
}

export class Flame {
  // on: { hover(node, x, y), focus(node) }
  constructor(canvas, model, on) {
    Object.assign(this, { canvas, model, on, frame: 0, top: 0, search: '' });
    this.off = new AbortController();
    const listen = (name, f, more) => canvas.addEventListener(name, f, { signal: this.off.signal, ...more });
    listen('pointermove', (e) => this.on.hover(this.nodeAt(e.offsetX, e.offsetY), e.clientX, e.clientY));
    listen('pointerleave', () => this.on.hover(null));
    listen('click', (e) => { const n = this.nodeAt(e.offsetX, e.offsetY); if (n) this.zoom(n); });
    listen('wheel', (e) => { e.preventDefault(); this.scroll(this.top + e.deltaY); }, { passive: false });
    listen('keydown', (e) => this.key(e));
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(canvas);
    this.unwatch = watchTheme(() => this.draw());
    this.measure('time');
  }

  close() {
    this.off.abort();
    this.resize.disconnect();
    this.unwatch();
    cancelAnimationFrame(this.frame);
  }

  draw() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  measure(name) {
    this.measured = name;
    this.root = this.zoomed = this.focused = grow(this.model, name);
    this.top = 0;
    this.on.focus(this.root);
    this.draw();
  }

  find(text) {
    this.search = text.toLowerCase();
    this.draw();
  }

  zoom(node) {
    this.zoomed = node;
    this.focusOn(node);
  }

  focusOn(node) {
    this.focused = node;
    const y = node.depth * rowHeight;
    this.scroll(Math.min(y, Math.max(this.top, y + rowHeight - this.canvas.clientHeight)));
    this.on.focus(node);
  }

  scroll(to) {
    this.top = Math.max(0, Math.min(to, (this.root.height + 1) * rowHeight - this.canvas.clientHeight));
    this.draw();
  }

  name(node) { return this.model.text(this.model.frames.name[node.data.frame]); }
  image(node) { return this.model.text(this.model.frames.image[node.data.frame]); }

  // place is where a node is in the view of the zoomed one: null if it is not.
  place(node) {
    const z = this.zoomed, size = this.canvas.clientWidth / Math.max(z.x1 - z.x0, 1e-300);
    const x0 = Math.max(0, (node.x0 - z.x0) * size), x1 = Math.min(this.canvas.clientWidth, (node.x1 - z.x0) * size);
    return x1 - x0 < 0.4 ? null : { x: x0, width: x1 - x0, y: node.depth * rowHeight - this.top };
  }

  // each visits the nodes that are wide enough to be seen.
  each(f) {
    const walk = (node) => {
      const at = this.place(node);
      if (!at) return;
      f(node, at);
      for (const child of node.children ?? []) walk(child);
    };
    walk(this.root);
  }

  nodeAt(x, y) {
    let found = null;
    this.each((node, at) => {
      if (y >= at.y && y < at.y + rowHeight && x >= at.x && x < at.x + at.width) found = node;
    });
    return found;
  }

  key(e) {
    const n = this.focused, siblings = n.parent?.children ?? [n], i = siblings.indexOf(n);
    const to = {
      ArrowUp: n.parent, ArrowDown: n.children?.[0], ArrowLeft: siblings[i - 1], ArrowRight: siblings[i + 1], Home: this.root,
    }[e.key];
    if (e.key === 'Enter' || e.key === ' ') this.zoom(n);
    else if (e.key === 'Escape') this.zoom(this.root);
    else if (to) this.place(to) ? this.focusOn(to) : this.zoom(to);
    else if (!e.key.startsWith('Arrow')) return;
    e.preventDefault();
  }

  colour(node) {
    const kind = this.model.frames.kind[node.data.frame];
    if (kind === FrameKind.call) return colours.categories[this.model.categoryByName.get(this.name(node)) ?? colours.categories.length - 1];
    if (kind !== FrameKind.function) return colours.line;
    const of = (text) => { let h = 0; for (const c of text) h = (h * 31 + c.charCodeAt(0)) >>> 0; return h; };
    const hue = 15 + of(this.image(node)) % 45, shade = of(this.name(node)) % 7; // a hue for each file, a shade for each function
    return `hsl(${hue} ${colours.dark ? 45 : 75}% ${colours.dark ? 25 + shade * 1.6 : 69 + shade * 1.6}%)`;
  }

  paint() {
    const { g, width, height } = prepare(this.canvas);
    g.fillStyle = colours.paper;
    g.fillRect(0, 0, width, height);
    this.each((node, at) => {
      if (at.y + rowHeight < 0 || at.y > height) return;
      const name = this.name(node), hit = this.search && name.toLowerCase().includes(this.search);
      g.globalAlpha = this.search && !hit ? 0.3 : node.depth < this.zoomed.depth ? 0.6 : 1;
      g.fillStyle = this.colour(node);
      g.fillRect(at.x, at.y, Math.max(0.5, at.width - 0.6), rowHeight - 1);
      if (at.width > 26) {
        const call = this.model.frames.kind[node.data.frame] === FrameKind.call;
        g.fillStyle = call ? (colours.dark ? '#000' : '#fff') : colours.ink;
        g.fillText(fit(g, name, at.width - 8), at.x + 4, at.y + rowHeight / 2);
      }
      g.globalAlpha = 1;
      if (hit || node === this.focused) {
        g.strokeStyle = node === this.focused ? colours.select : colours.accent;
        g.lineWidth = node === this.focused ? 2 : 1;
        g.strokeRect(at.x + 1, at.y + 1, Math.max(1, at.width - 2), rowHeight - 3);
        g.lineWidth = 1;
      }
    });
  }
}

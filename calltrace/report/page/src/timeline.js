// The timeline: a row for each thread, in the order of the process tree, calls as bars along a
// common time. It is drawn anew for each change. Bars are made as pixels, a line of them for each row, which
// are then drawn as high as the row: a frame costs what it takes to go through the calls in view, however
// small they are. Of calls narrower than a pixel the colour is that of those with the most time.

import { ticks } from 'd3-array';
import { colours, fit, prepare, watchTheme, widthOf } from './theme.js';
import { moment } from './format.js';
import { Mark } from './model.js';

const gutter = 232; // px, for the names of threads
const axis = 22;
const rowHeight = 19;
const barHeight = rowHeight - 5;
const labelled = 22; // px, a call that has its name
const shortest = 20; // ns, the least that a view shows

export class Timeline {
  // on: { view(from, to), select(call), hover(thing, x, y), thread(thread), unfiltered() }
  constructor(canvas, model, on) {
    Object.assign(this, { canvas, model, on, from: 0, to: model.span, top: 0, row: 0, selected: -1, frame: 0, drag: null, pointer: null });
    this.sums = new Float64Array(model.categories.length);
    this.rows = model.rows;
    this.rowOf = model.rowOf;
    this.strip = document.createElement('canvas');
    this.off = new AbortController();
    const listen = (name, f, more) => canvas.addEventListener(name, f, { signal: this.off.signal, ...more });
    listen('wheel', (e) => this.wheel(e), { passive: false });
    listen('pointerdown', (e) => this.down(e));
    listen('pointermove', (e) => this.move(e));
    listen('pointerup', (e) => this.up(e));
    listen('pointercancel', () => { this.drag = null; this.draw(); });
    listen('pointerleave', () => { this.pointer = null; this.on.hover(null); });
    listen('dblclick', (e) => { const i = this.callAt(e.offsetX, e.offsetY); if (i >= 0) this.zoomToCall(i); });
    listen('keydown', (e) => this.key(e));
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(canvas);
    this.unwatch = watchTheme(() => this.draw());
  }

  close() {
    this.off.abort();
    this.resize.disconnect();
    this.unwatch();
    cancelAnimationFrame(this.frame);
  }

  // draw asks for a frame.
  draw() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  get width() { return Math.max(1, this.canvas.clientWidth - gutter); }
  get rowsHeight() { return this.canvas.clientHeight - axis; }
  x(t) { return gutter + (t - this.from) * this.width / (this.to - this.from); }
  time(x) { return this.from + (x - gutter) * (this.to - this.from) / this.width; }
  rowAt(y) { return y < axis ? -1 : Math.floor((y - axis + this.top) / rowHeight); }
  y(row) { return axis + row * rowHeight - this.top; }

  // show makes the view one of the trace.
  show(from, to) {
    const { span } = this.model, length = Math.min(span, Math.max(to - from, shortest));
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(0, middle - length / 2), span - length);
    this.to = this.from + length;
    this.on.view(this.from, this.to);
    this.draw();
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    const length = Math.min(this.model.span, Math.max(shortest, (this.to - this.from) * factor));
    const part = (at - this.from) / (this.to - this.from);
    this.show(at - part * length, at + (1 - part) * length);
  }

  pan(part) {
    const d = (this.to - this.from) * part;
    const move = Math.max(-this.from, Math.min(d, this.model.span - this.to));
    this.show(this.from + move, this.to + move);
  }

  scroll(to) {
    this.top = Math.max(0, Math.min(to, this.rows.length * rowHeight - this.rowsHeight));
    this.draw();
  }

  focusRow(row) {
    if (!this.rows.length) return;
    this.row = Math.max(0, Math.min(row, this.rows.length - 1));
    const y = this.row * rowHeight;
    this.scroll(Math.min(y, Math.max(this.top, y + rowHeight - this.rowsHeight)));
    this.on.thread(this.rows[this.row].thread);
  }

  // filter leaves the rows of threads whose name or number has a text in it.
  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean), m = this.model;
    this.rows = !words.length ? m.rows : m.rows.filter(({ process, thread }) => {
      const name = `${m.threadName(thread)} ${m.processName(process)} ${m.threads.tid[thread]} ${m.processes.pid[process]}`.toLowerCase();
      return words.every((w) => name.includes(w));
    });
    this.rowOf = new Int32Array(m.rowOf.length).fill(-1);
    this.rows.forEach((row, r) => { this.rowOf[row.thread] = r; });
    this.row = 0;
    this.scroll(0);
  }

  // focusThread goes to the row of a thread, for which the filter makes way.
  focusThread(thread) {
    if (this.rowOf[thread] < 0) {
      this.filter('');
      this.on.unfiltered();
    }
    this.focusRow(this.rowOf[thread]);
  }

  // reveal selects a call and brings it into view.
  reveal(i) {
    this.selected = i;
    if (i < 0) return this.draw();
    const begin = this.model.calls.begin[i], end = this.model.end(i), length = this.to - this.from;
    if (begin < this.from || end > this.to) {
      const wide = Math.max(length, (end - begin) * 1.5);
      this.show((begin + end) / 2 - wide / 2, (begin + end) / 2 + wide / 2);
    }
    this.focusThread(this.model.calls.thread[i]);
  }

  zoomToCall(i) {
    const { begin, duration } = this.model.calls, length = Math.max(duration[i] * 4, 1000);
    this.selected = i;
    this.show(begin[i] + duration[i] / 2 - length / 2, begin[i] + duration[i] / 2 + length / 2);
    this.focusThread(this.model.calls.thread[i]);
  }

  callAt(x, y) {
    const row = this.rows[this.rowAt(y)];
    if (!row || x < gutter) return -1;
    return this.model.nearest(row.thread, this.time(x), 3 * (this.to - this.from) / this.width);
  }

  markAt(x, y) {
    const row = this.rows[this.rowAt(y)];
    if (!row || x < gutter) return -1;
    const m = this.model.marks;
    return this.model.markRanges[row.thread].find((i) => Math.abs(this.x(m.at[i]) - x) < 4) ?? -1;
  }

  wheel(e) {
    e.preventDefault();
    const lines = e.deltaMode === 1 ? 16 : 1, dx = e.deltaX * lines, dy = e.deltaY * lines;
    if (e.shiftKey || e.offsetX < gutter) return this.scroll(this.top + (dy || dx));
    if (Math.abs(dx) > Math.abs(dy)) return this.pan(dx / this.width);
    this.zoom(Math.exp(dy * (e.ctrlKey ? 0.01 : 0.0022)), this.time(e.offsetX));
  }

  down(e) {
    if (e.button !== 0) return;
    this.canvas.setPointerCapture(e.pointerId);
    this.drag = { x: e.offsetX, y: e.offsetY, from: this.from, to: this.to, top: this.top, range: e.shiftKey || e.offsetY < axis, moved: false };
  }

  move(e) {
    this.pointer = { x: e.offsetX, y: e.offsetY };
    const d = this.drag;
    if (!d) {
      const call = this.callAt(e.offsetX, e.offsetY), mark = this.markAt(e.offsetX, e.offsetY);
      this.on.hover(mark >= 0 ? { mark } : call >= 0 ? { call } : null, e.clientX, e.clientY);
      if (call !== this.hovered) { this.hovered = call; this.draw(); }
      return;
    }
    d.moved ||= Math.abs(e.offsetX - d.x) + Math.abs(e.offsetY - d.y) > 3;
    if (!d.moved) return;
    this.on.hover(null);
    if (d.range) return this.draw();
    const shift = (d.x - e.offsetX) * (d.to - d.from) / this.width;
    const move = Math.max(-d.from, Math.min(shift, this.model.span - d.to));
    this.scroll(d.top + d.y - e.offsetY);
    this.show(d.from + move, d.to + move);
  }

  up(e) {
    const d = this.drag;
    this.drag = null;
    if (!d) return;
    if (d.moved && d.range) {
      const [a, b] = [this.time(d.x), this.time(e.offsetX)].sort((a, b) => a - b);
      return this.show(a, b);
    }
    if (d.moved) return;
    const row = this.rowAt(e.offsetY);
    if (row >= 0 && row < this.rows.length) this.focusRow(row);
    const i = this.callAt(e.offsetX, e.offsetY);
    this.selected = i;
    this.on.select(i);
    this.draw();
  }

  key(e) {
    if (e.altKey || e.metaKey) return;
    const far = e.shiftKey ? 0.8 : 0.12;
    const keys = {
      ArrowLeft: () => this.pan(-far), ArrowRight: () => this.pan(far), a: () => this.pan(-far), d: () => this.pan(far),
      ArrowUp: () => this.focusRow(this.row - 1), ArrowDown: () => this.focusRow(this.row + 1),
      PageUp: () => this.focusRow(this.row - 10), PageDown: () => this.focusRow(this.row + 10),
      '+': () => this.zoom(0.7), '=': () => this.zoom(0.7), w: () => this.zoom(0.7), '-': () => this.zoom(1 / 0.7), s: () => this.zoom(1 / 0.7),
      0: () => this.show(0, this.model.span), Home: () => this.show(0, this.to - this.from), End: () => this.show(this.model.span - this.to + this.from, this.model.span),
      n: () => this.next(1), p: () => this.next(-1), Enter: () => this.selected >= 0 && this.zoomToCall(this.selected),
      Escape: () => { this.selected = -1; this.on.select(-1); this.draw(); },
    };
    const f = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!f || e.ctrlKey) return;
    e.preventDefault();
    f();
  }

  // next selects the call after or before the selected one in the row, or the first in view.
  next(step) {
    const { ranges, calls } = this.model, thread = this.rows[this.row]?.thread;
    if (thread === undefined || ranges[thread] === ranges[thread + 1]) return;
    let i = this.selected;
    if (i < 0 || calls.thread[i] !== thread) i = Math.min(this.model.at(thread, this.from), ranges[thread + 1] - 1);
    else i = Math.max(ranges[thread], Math.min(i + step, ranges[thread + 1] - 1));
    this.on.select(i);
    this.reveal(i);
  }

  paint() {
    const { g, width, height } = prepare(this.canvas);
    this.scroll(this.top); // the canvas may have become taller
    g.fillStyle = colours.paper;
    g.fillRect(0, 0, width, height);
    this.paintAxis(g, width, height);
    g.save();
    g.beginPath();
    g.rect(0, axis, width, height - axis);
    g.clip();
    const first = Math.floor(this.top / rowHeight), last = Math.min(this.rows.length, Math.ceil((this.top + height - axis) / rowHeight));
    for (let r = first; r < last; r++) this.paintName(g, r, width);
    g.beginPath();
    g.rect(gutter, axis, width - gutter, height - axis);
    g.clip();
    for (let r = first; r < last; r++) this.paintLife(g, r);
    this.paintCalls(g, first, last);
    this.paintForks(g, first, last);
    for (let r = first; r < last; r++) this.paintMarks(g, r);
    this.paintBox(g, this.hovered, colours.hover, 1);
    this.paintBox(g, this.selected, colours.select, 2);
    g.restore();
    this.paintScroll(g, width, height);
    if (this.drag?.range && this.drag.moved && this.pointer) {
      g.fillStyle = colours.accent + '33';
      g.fillRect(this.drag.x, 0, this.pointer.x - this.drag.x, height);
    }
  }

  paintAxis(g, width, height) {
    const step = (this.to - this.from) / Math.max(2, this.width / 110);
    const at = ticks(this.from, this.to, Math.max(2, this.width / 110));
    const apart = at.length > 1 ? at[1] - at[0] : step;
    g.fillStyle = colours.panel;
    g.fillRect(0, 0, width, axis);
    g.strokeStyle = colours.grid;
    g.beginPath();
    for (const t of at) {
      const x = Math.round(this.x(t)) + 0.5;
      if (x < gutter) continue;
      g.moveTo(x, axis - 5);
      g.lineTo(x, height);
    }
    g.stroke();
    g.fillStyle = colours.faint;
    for (const t of at) {
      const label = moment(t, apart), x = this.x(t) + 4;
      if (x >= gutter && x + g.measureText(label).width < width) g.fillText(label, x, axis / 2);
    }
    g.fillText(`${this.rows.length === this.model.rows.length ? '' : this.rows.length + ' of '}${this.model.rows.length} threads`, 8, axis / 2);
    g.strokeStyle = colours.line;
    g.beginPath();
    g.moveTo(0, axis - 0.5);
    g.lineTo(width, axis - 0.5);
    g.moveTo(gutter - 0.5, 0);
    g.lineTo(gutter - 0.5, height);
    g.stroke();
  }

  paintName(g, r, width) {
    const row = this.rows[r], y = this.y(r), m = this.model;
    if (r === this.row) {
      g.fillStyle = colours.panel;
      g.fillRect(0, y, width, rowHeight);
      g.fillStyle = colours.accent;
      g.fillRect(0, y, 3, rowHeight);
    }
    const indent = 8 + Math.min(row.depth, 9) * 10 + (row.first ? 0 : 12);
    const number = String(row.first ? m.processes.pid[row.process] : m.threads.tid[row.thread]);
    const right = gutter - 8 - g.measureText(number).width;
    const failed = row.first && m.text(m.processes.ending[row.process]).replace('exited with 0', '') !== '';
    g.fillStyle = failed ? colours.error : row.first ? colours.ink : colours.faint;
    g.fillText(fit(g, row.first ? m.processName(row.process) : m.threadName(row.thread), right - indent - 6), indent, y + rowHeight / 2);
    g.fillStyle = colours.faint;
    g.fillText(number, right, y + rowHeight / 2);
    if (row.depth > 0 && row.first) {
      g.strokeStyle = colours.line;
      g.beginPath();
      g.moveTo(indent - 7.5, y);
      g.lineTo(indent - 7.5, y + rowHeight / 2);
      g.lineTo(indent - 2, y + rowHeight / 2);
      g.stroke();
    }
  }

  paintLife(g, r) {
    const { thread } = this.rows[r], y = this.y(r), t = this.model.threads;
    const begin = Math.max(gutter, this.x(t.begin[thread])), end = Math.min(gutter + this.width, this.x(t.end[thread] < 0 ? this.model.span : t.end[thread]));
    if (end < gutter || begin > gutter + this.width) return;
    g.fillStyle = colours.life;
    g.fillRect(begin, y + rowHeight / 2 - 2, Math.max(1, end - begin), 3);
  }

  paintCalls(g, first, last) {
    const n = last - first, wide = Math.ceil(this.width * devicePixelRatio);
    if (n <= 0) return;
    this.strip.width = wide; // which empties it
    this.strip.height = n * 3; // for each row a line of what was not kept, one of bars, and one of failures
    const context = this.strip.getContext('2d', { willReadFrequently: true }), image = context.createImageData(wide, n * 3);
    const pixels = new Uint32Array(image.data.buffer), line = (y) => pixels.subarray(y * wide, (y + 1) * wide), labels = [];
    for (let k = 0; k < n; k++) {
      this.density(this.rows[first + k].thread, line(3 * k));
      this.pixelsOf(this.rows[first + k].thread, line(3 * k + 1), line(3 * k + 2), labels);
    }
    context.putImageData(image, 0, 0);
    g.imageSmoothingEnabled = false;
    for (let k = 0; k < n; k++) {
      const y = this.y(first + k) + 2, draw = (part, y, height) => g.drawImage(this.strip, 0, 3 * k + part, wide, 1, gutter, y, wide / devicePixelRatio, height);
      draw(0, y + barHeight / 4, barHeight / 2);
      draw(1, y, barHeight);
      draw(2, y + barHeight - 3, 3);
    }
    for (const i of labels) this.paintLabel(g, i);
  }

  // density fills in the pixels of the calls of a thread that were not kept: the denser, the more time they took.
  density(thread, line) {
    const { densityRanges: ranges, density: d } = this.model, scale = this.width * devicePixelRatio / (this.to - this.from);
    if (ranges[thread] === ranges[thread + 1]) return;
    const used = new Float32Array(line.length);
    for (let i = ranges[thread]; i < ranges[thread + 1]; i++) {
      const x0 = (d.span[i] * d.width - this.from) * scale, x1 = x0 + d.width * scale, part = 0.1 + d.time[i] / d.width;
      if (x1 < 0 || x0 >= line.length) continue;
      for (let p = Math.max(0, Math.floor(x0)); p < Math.min(x1, line.length); p++) used[p] += part * (Math.min(x1, p + 1) - Math.max(x0, p));
    }
    const grey = colours.grey;
    for (let p = 0; p < line.length; p++) if (used[p] > 0) line[p] = grey | (40 + 110 * Math.min(1, used[p])) << 24;
  }

  // pixelsOf fills in the pixels of a thread: bars, and what of them failed. The calls that have room
  // for their name are added to labels.
  pixelsOf(thread, bars, failures, labels) {
    const { calls, category, ranges } = this.model, end = ranges[thread + 1], { sums } = this, wide = bars.length;
    const scale = this.width * devicePixelRatio / (this.to - this.from), from = this.from;
    const { rgb, failed: red } = colours;
    let pixel = -1, used = 0, most = 0;
    const flush = () => { // of the calls that share a pixel
      if (pixel < 0 || pixel >= wide) return;
      bars[pixel] = rgb[most] | (110 + 145 * Math.min(1, used)) << 24;
      sums.fill(0);
      used = most = 0;
      pixel = -1;
    };
    for (let i = this.model.at(thread, from); i < end; i++) {
      const x = (calls.begin[i] - from) * scale, w = calls.duration[i] * scale;
      if (x >= wide) break;
      const c = category[calls.kind[i]], p = Math.max(0, Math.floor(x));
      if (w >= 1.5) {
        flush();
        const right = Math.min(wide, Math.floor(x + w) - (w > 4 ? 1 : 0)); // calls that follow at once are told apart
        bars.fill(rgb[c] | (c === 0 ? 100 : 255) << 24, p, Math.max(right, p + 1)); // a thread that waits is not at work
        if (calls.errno[i]) failures.fill(red, p, Math.max(right, p + 1));
        if (Math.min(x + w, wide) - Math.max(x, 0) >= labelled * devicePixelRatio) labels.push(i);
        continue;
      }
      if (p !== pixel) { flush(); pixel = p; }
      sums[c] += w + 1e-6;
      if (sums[c] > sums[most]) most = c;
      used += w;
      if (calls.errno[i]) failures[p] = red;
    }
    flush();
  }

  paintLabel(g, i) {
    const { calls, category } = this.model, waits = category[calls.kind[i]] === 0;
    const left = Math.max(this.x(calls.begin[i]), gutter), room = Math.min(this.x(this.model.end(i)), gutter + this.width) - left - 8;
    g.fillStyle = waits ? colours.ink : colours.dark ? '#000' : '#fff';
    const name = this.model.callName(i), y = this.y(this.rowOf[calls.thread[i]]) + 2 + barHeight / 2 + 0.5;
    if (room > 150) g.fillText(fit(g, this.model.callLine(i).slice(0, 400), room), left + 4, y);
    else if (widthOf(g, name) <= room) g.fillText(name, left + 4, y);
    else if (room > 26) g.fillText(fit(g, name, room), left + 4, y);
  }

  paintBox(g, i, colour, line) {
    if (!(i >= 0)) return;
    const { calls } = this.model, y = this.y(this.rowOf[calls.thread[i]]);
    const x = Math.max(gutter - 4, this.x(calls.begin[i])), right = Math.min(gutter + this.width + 4, this.x(this.model.end(i)));
    g.strokeStyle = colour;
    g.lineWidth = line;
    g.strokeRect(x - 1, y + 1, Math.max(3, right - x + 2), rowHeight - 3);
    g.lineWidth = 1;
  }

  // paintForks draws a line from each process to those it made.
  paintForks(g, first, last) {
    const { processes, mainThread } = this.model;
    g.strokeStyle = colours.faint;
    g.globalAlpha = 0.55;
    g.beginPath();
    for (const process of this.model.order) {
      const r = this.rowOf[mainThread[process]], parent = this.rowOf[mainThread[processes.parent[process]]];
      if (!(r >= first && parent >= 0 && parent < last)) continue;
      const x = Math.round(this.x(processes.begin[process])) + 0.5;
      if (x < gutter || x > gutter + this.width) continue;
      g.moveTo(x, this.y(parent) + rowHeight / 2);
      g.lineTo(x, this.y(r) + rowHeight / 2);
    }
    g.stroke();
    g.globalAlpha = 1;
  }

  paintMarks(g, r) {
    const m = this.model.marks, y = this.y(r);
    let drawn = '';
    for (const i of this.model.markRanges[this.rows[r].thread]) {
      const x = this.x(m.at[i]), place = Math.round(x) + ' ' + m.kind[i];
      if (place === drawn) continue; // there may be thousands in a pixel
      drawn = place;
      if (x < gutter - 4 || x > gutter + this.width + 4 || m.kind[i] === Mark.fork) continue;
      const end = m.kind[i] === Mark.exit, signal = m.kind[i] === Mark.signal || m.kind[i] === Mark.stopped;
      g.fillStyle = signal ? colours.error : end ? colours.faint : colours.ink;
      g.beginPath();
      if (end) {
        g.rect(x - 1, y + 1, 2, rowHeight - 3);
      } else {
        g.moveTo(x - 4, y);
        g.lineTo(x + 4, y);
        g.lineTo(x, y + 6);
      }
      g.fill();
    }
  }

  paintScroll(g, width, height) {
    const all = this.rows.length * rowHeight, seen = height - axis;
    if (all <= seen) return;
    g.fillStyle = colours.faint;
    g.globalAlpha = 0.5;
    g.fillRect(gutter - 5, axis + this.top / all * seen, 4, Math.max(16, seen / all * seen));
    g.globalAlpha = 1;
  }
}

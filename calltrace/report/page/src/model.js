// The data of the page (page.go writes it), made ready to be drawn: numbers in typed arrays, the
// calls of a thread side by side, threads in the order of the process tree.

export const Mark = { signal: 0, stopped: 1, fork: 2, exec: 3, exit: 4 };
export const FrameKind = { root: 0, command: 1, function: 2, call: 3, more: 4 };

// load reads the data as it is in the page: gzip, in base 64.
export async function load(text) {
  const raw = atob(text.trim());
  const packed = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) packed[i] = raw.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Model(JSON.parse(await new Response(stream).text()));
}

export class Model {
  constructor(d) {
    Object.assign(this, d);
    const c = d.calls;
    this.calls = {
      n: c.thread.length,
      thread: Int32Array.from(c.thread),
      begin: absolute(c.thread, c.begin),
      duration: Float64Array.from(c.duration),
      kind: Int32Array.from(c.kind),
      errno: Int32Array.from(c.errno),
      stack: Int32Array.from(c.stack),
      args: Int32Array.from(c.args),
      result: Int32Array.from(c.result),
      note: Int32Array.from(c.note),
    };
    this.category = Int32Array.from(d.kinds.category);
    this.ranges = ranges(this.calls.thread, d.threads.tid.length);
    this.markRanges = byThread(d.marks.thread, d.threads.tid.length);
    this.densityRanges = ranges(d.density.thread, d.threads.tid.length);
    this.total = {
      calls: sum(d.summary.calls), errors: sum(d.summary.errors), time: sum(d.summary.total),
      processes: d.processes.pid.length, threads: d.threads.tid.length,
    };
    this.categoryByName = new Map(d.kinds.summary.map((s, k) => [d.strings[d.summary.name[s]], d.kinds.category[k]]));
    this.tree();
  }

  text(i) { return this.strings[i]; }

  // tree puts processes in order: after each its children, by their birth.
  tree() {
    const p = this.processes, children = new Map();
    p.parent.forEach((parent, i) => {
      if (!children.has(parent)) children.set(parent, []);
      children.get(parent).push(i);
    });
    this.order = [];
    this.depth = new Int32Array(p.pid.length);
    const stack = (children.get(-1) ?? []).slice().reverse();
    while (stack.length) {
      const i = stack.pop();
      this.order.push(i);
      for (const child of (children.get(i) ?? []).slice().reverse()) {
        this.depth[child] = this.depth[i] + 1;
        stack.push(child);
      }
    }
    const threads = new Map();
    this.threads.process.forEach((process, t) => {
      if (!threads.has(process)) threads.set(process, []);
      threads.get(process).push(t);
    });
    this.rows = []; // of the timeline
    this.rowOf = new Int32Array(this.threads.tid.length).fill(-1);
    this.mainThread = this.order.length ? p.pid.map((_, i) => threads.get(i)?.[0] ?? -1) : [];
    for (const process of this.order) {
      (threads.get(process) ?? []).forEach((thread, i) => {
        this.rowOf[thread] = this.rows.length;
        this.rows.push({ process, thread, depth: this.depth[process], first: i === 0 });
      });
    }
  }

  // callName is the name of a call, callText the whole of it in a line.
  callName(i) { return this.text(this.summary.name[this.kinds.summary[this.calls.kind[i]]]); }
  callArgs(i) { return this.text(this.calls.args[i]).split('\n'); }
  callLine(i) {
    return `${this.callName(i)}(${this.text(this.calls.args[i]).replaceAll('\n', ', ')}) = ${this.text(this.calls.result[i])}`;
  }
  argNames(i) { return this.kinds.args[this.calls.kind[i]].map((s) => this.text(s)); }
  processOf(i) { return this.threads.process[this.calls.thread[i]]; }
  processName(p) { return this.text(this.processes.command[p]) || '?'; }
  threadName(t) { return this.text(this.threads.name[t]) || this.processName(this.threads.process[t]); }
  end(i) { return this.calls.begin[i] + this.calls.duration[i]; }

  // at is the first call of a thread that ends at a moment or later.
  at(thread, time) {
    let low = this.ranges[thread], high = this.ranges[thread + 1];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.calls.begin[mid] + this.calls.duration[mid] < time) low = mid + 1; else high = mid;
    }
    return low;
  }

  // nearest is the call of a thread at a moment or, within slack, beside it; -1 if there is none.
  nearest(thread, time, slack) {
    const end = this.ranges[thread + 1];
    let best = -1, distance = slack;
    for (let i = this.at(thread, time - slack); i < end && this.calls.begin[i] <= time + slack; i++) {
      const d = Math.max(0, this.calls.begin[i] - time, time - this.end(i));
      if (d < distance || d === 0 && best < 0) { best = i; distance = d; }
      if (d === 0 && this.calls.begin[i] <= time && this.end(i) > time) return i;
    }
    return best;
  }

  // stackOf is the frames behind a call, the innermost first, as indices of frames.
  stackOf(i) {
    const frames = [];
    for (let n = this.calls.stack[i]; n > 0; n = this.stacks.parent[n]) frames.push(this.stacks.frame[n]);
    return frames.filter((f) => this.frames.kind[f] === FrameKind.function || this.frames.kind[f] === FrameKind.more);
  }

  // activity counts calls and errors in bins of time.
  activity(bins) {
    const width = this.span / bins, calls = new Float64Array(bins), errors = new Float64Array(bins);
    const bin = (t) => Math.min(bins - 1, Math.max(0, Math.floor(t / width)));
    const c = this.calls;
    for (let i = 0; i < c.n; i++) {
      const b = bin(c.begin[i]);
      calls[b]++;
      if (c.errno[i]) errors[b]++;
    }
    const d = this.density;
    d.span.forEach((span, i) => {
      const from = span * d.width / width, to = (span + 1) * d.width / width;
      spread(calls, d.calls[i], from, to);
      if (d.errors[i]) spread(errors, d.errors[i], from, to);
    });
    return { width, calls, errors };
  }
}

// spread adds an amount evenly to the bins from one place to another.
function spread(bins, amount, from, to) {
  to = Math.min(to, bins.length);
  from = Math.min(from, to - 1e-6);
  for (let b = Math.max(0, Math.floor(from)); b < to; b++) {
    bins[b] += amount * (Math.min(b + 1, to) - Math.max(b, from)) / (to - from);
  }
}

function absolute(thread, begin) {
  const all = new Float64Array(begin.length);
  let last = 0;
  for (let i = 0; i < begin.length; i++) {
    if (i > 0 && thread[i] !== thread[i - 1]) last = 0;
    all[i] = last += begin[i];
  }
  return all;
}

// ranges are where the rows of each thread begin, when they are sorted by thread.
function ranges(thread, n) {
  const at = new Int32Array(n + 1);
  for (let i = 0; i < thread.length; i++) at[thread[i] + 1]++;
  for (let t = 0; t < n; t++) at[t + 1] += at[t];
  return at;
}

function byThread(thread, n) {
  const all = Array.from({ length: n }, () => []);
  thread.forEach((t, i) => all[t].push(i));
  return all;
}

const sum = (all) => all.reduce((a, b) => a + b, 0);

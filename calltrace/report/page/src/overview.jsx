// The whole trace above the timeline: calls and errors over time, and what part of it is in view.

import uPlot from 'uplot';
import { useEffect, useRef } from 'preact/hooks';
import { colours, watchTheme } from './theme.js';
import { moment } from './format.js';
import { useView } from './view.js';

const bins = 400;

export function Overview({ model, view, onShow }) {
  const box = useRef(), plot = useRef(), quiet = useRef(false);
  const range = useView(view);

  useEffect(() => {
    const { width, calls, errors } = model.activity(bins);
    const x = Array.from(calls, (_, i) => (i + 0.5) * width);
    const stepped = uPlot.paths.bars({ size: [1, 100], gap: 0 });
    const series = (label, colour) => ({ label, stroke: () => colours[colour], fill: () => colours[colour], width: 0, paths: stepped, points: { show: false } });
    const size = () => ({ width: box.current.clientWidth, height: box.current.clientHeight });
    const u = new uPlot({
      ...size(),
      padding: [4, 0, 0, 0],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      legend: { show: false },
      scales: { x: { time: false, range: () => [0, model.span] }, y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.05)] } },
      axes: [{ show: false }, {
        size: 232, stroke: () => colours.faint, grid: { show: false }, ticks: { show: false }, gap: 8, font: '11px system-ui',
        splits: (u) => [u.scales.y.max / 1.05], values: (_u, at) => at.map((v) => `up to ${Math.round(v)} calls in ${moment(width, width / 10)}`),
      }],
      series: [{}, series('calls', 'idle'), series('errors', 'error')],
      hooks: {
        setSelect: [(u) => {
          if (quiet.current || u.select.width < 2) return;
          onShow(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
        }],
      },
    }, [x, Array.from(calls), Array.from(errors)], box.current);
    plot.current = u;
    const watch = new ResizeObserver(() => { u.setSize(size()); });
    watch.observe(box.current);
    const unwatch = watchTheme(() => u.redraw());
    return () => { watch.disconnect(); unwatch(); u.destroy(); };
  }, [model]);

  useEffect(() => {
    const u = plot.current, whole = range[1] - range[0] >= model.span * 0.9999;
    const left = u.valToPos(range[0], 'x'), right = u.valToPos(range[1], 'x');
    quiet.current = true;
    u.setSelect({ left, width: whole ? 0 : Math.max(2, right - left), top: 0, height: u.over.clientHeight }, false);
    quiet.current = false;
  }, [range, model]);

  return <div class="overview" ref={box} role="img" aria-label="calls and errors over time; drag to choose what the timeline shows" />;
}

// Histogram is how many calls took how long, by powers of two.
export function Histogram({ powers }) {
  const box = useRef();
  useEffect(() => {
    const pairs = [];
    for (let i = 0; i < powers.length; i += 2) pairs.push([powers[i], powers[i + 1]]);
    const first = pairs[0][0] - 1, last = pairs.at(-1)[0] + 1, x = [], y = [];
    for (let p = first; p <= last; p++) {
      x.push(p);
      y.push(pairs.find(([q]) => q === p)?.[1] ?? 0);
    }
    const axis = { stroke: () => colours.faint, grid: { stroke: () => colours.grid, width: 1 }, ticks: { show: false }, font: '10px system-ui' };
    const u = new uPlot({
      width: box.current.clientWidth, height: 130, legend: { show: false }, cursor: { show: false }, padding: [8, 4, 0, 0],
      scales: { x: { time: false, range: () => [first - 0.5, last + 0.5] }, y: { range: (_u, _min, max) => [0, max * 1.1] } },
      axes: [
        { ...axis, size: 24, grid: { show: false }, splits: () => x.filter((p) => p > 0 && (p - first) % Math.ceil(x.length / 6) === 0).map((p) => p - 0.5),
          values: (_u, at) => at.map((p) => { const ns = 2 ** (p - 0.5); return moment(ns, ns); }) },
        { ...axis, size: 40 },
      ],
      series: [{}, { stroke: () => colours.accent, fill: () => colours.accent + '99', width: 1, paths: uPlot.paths.bars({ size: [0.9, 60] }), points: { show: false } }],
    }, [x, y], box.current);
    const unwatch = watchTheme(() => u.redraw());
    return () => { unwatch(); u.destroy(); };
  }, [powers]);
  return <div ref={box} role="img" aria-label="how many calls took how long" />;
}

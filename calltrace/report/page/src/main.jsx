// The page: numbers at the top, below them the whole trace and the timeline, then panels with what is
// selected beside them.

import { render } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { load } from './model.js';
import { Timeline } from './timeline.js';
import { Overview } from './overview.jsx';
import { Calls, Errors, FlameGraph, Moments, Processes, Summary, Things } from './panels.jsx';
import { Search } from './table.jsx';
import { Details } from './details.jsx';
import { View, useView } from './view.js';
import { count, duration, exact, moment, percent } from './format.js';

const tabs = [
  ['summary', 'Summary', (m) => m.summary.name.length], ['calls', 'Slowest calls', (m) => m.calls.n], ['errors', 'Errors', (m) => m.errors.name.length],
  ['files', 'Files', (m) => m.files.name.length], ['peers', 'Peers', (m) => m.peers.name.length], ['processes', 'Processes', (m) => m.processes.pid.length],
  ['moments', 'Signals and ends', (m) => m.marks.at.length], ['flame', 'Flame graph', (m) => (m.hasStacks ? m.stacks.parent.length - 1 : 0)],
];

function App({ model }) {
  const canvas = useRef(), timeline = useRef(), tip = useRef();
  const view = useMemo(() => new View(0, model.span), [model]);
  const [selection, setSelection] = useState(null);
  const [tab, setTab] = useState('summary');
  const [preset, setPreset] = useState(null);
  const [said, say] = useState('');
  const [help, setHelp] = useState(false);
  const [split, setSplit] = useState(46);
  const [filter, setFilter] = useState('');

  const hover = useCallback((thing, x, y) => showTip(tip.current, model, thing, x, y), [model]);
  useEffect(() => {
    const t = timeline.current = new Timeline(canvas.current, model, {
      view: (from, to) => view.set(from, to),
      select: (i) => setSelection(i < 0 ? null : { call: i }),
      hover,
      thread: (t) => say(`${model.threadName(t)} ${model.threads.tid[t]}`),
      unfiltered: () => setFilter(''),
    });
    return () => t.close();
  }, [model]);

  const select = useCallback((s) => {
    setSelection(s);
    timeline.current.reveal(s.call ?? -1);
    if (s.process !== undefined) timeline.current.focusThread(model.mainThread[s.process]);
    if (s.moment !== undefined) go.moment(model.marks.at[s.moment], model.marks.thread[s.moment], s);
  }, [model]);
  const go = {
    call: (i) => select({ call: i }),
    zoom: (i) => { timeline.current.zoomToCall(i); setSelection({ call: i }); },
    process: (i) => { setTab('processes'); select({ process: i }); },
    calls: (query) => { setPreset({ query }); setTab('calls'); },
    range: (from, to, process) => {
      const room = (to - from) * 0.05;
      timeline.current.show(from - room, to + room);
      timeline.current.focusThread(model.mainThread[process]);
    },
    moment: (at, thread, keep) => {
      const i = model.nearest(thread, at, 1000);
      if (!keep && i >= 0) return select({ call: i });
      const t = timeline.current, length = t.to - t.from;
      if (at < t.from || at > t.to) t.show(at - length / 2, at + length / 2);
      t.focusThread(thread);
    },
  };
  const open = useCallback((query) => go.calls(query), [model]);
  const zoomTo = useCallback((i) => go.zoom(i), [model]);

  useEffect(() => {
    const key = (e) => {
      if (e.key === '?' && !(e.target instanceof HTMLInputElement)) setHelp((h) => !h);
      if (e.key === 'Escape') setHelp(false);
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);

  const t = model.total;
  return (
    <div class="page" style={{ '--split': split + '%' }}>
      <header>
        <h1 title={model.title}>{model.title}</h1>
        <ul class="chips">
          {model.chosen && <li title="only these calls are here">{model.chosen}</li>}
          <Chip n={t.calls} one="call" />
          <Chip n={t.errors} one="error" bad />
          <Chip n={t.processes} one="process" many="processes" />
          <Chip n={t.threads} one="thread" />
          <Chip n={model.signals} one="signal" />
          <li><b>{duration(model.span)}</b> took</li>
          <li><b>{duration(t.time)}</b> in calls</li>
        </ul>
        <button aria-expanded={help} onClick={() => setHelp(!help)}>keys ?</button>
      </header>
      <Overview model={model} view={view} onShow={(a, b) => timeline.current.show(a, b)} />
      <section class="time" aria-label="timeline">
        <canvas ref={canvas} tabIndex={0} role="application" aria-describedby="view said"
          aria-label="timeline of calls by thread: arrows move, plus and minus zoom, n and p go through the calls of a thread, question mark lists all keys" />
        <div class="strip">
          <Search label="filter threads" value={filter} onChange={(text) => { setFilter(text); timeline.current.filter(text); }} />
          <InView view={view} />
          <ul class="legend">{model.categories.map((name, i) => <li key={name}><i class="dot" style={{ background: `var(--c${i})` }} />{name}</li>)}<li><i class="dot err" />failed</li></ul>
          {model.notes.calls > 0 && <span class="note">{count(model.calls.n)} of {count(t.calls)} calls in full, the shortest as grey bars</span>}
          <span class="buttons">
            <button aria-label="zoom in" onClick={() => timeline.current.zoom(0.5)}>+</button>
            <button aria-label="zoom out" onClick={() => timeline.current.zoom(2)}>−</button>
            <button onClick={() => timeline.current.show(0, model.span)}>whole</button>
          </span>
          <span class="sr" id="said" role="status">{selection?.call >= 0 ? `${model.callLine(selection.call)}, ${duration(model.calls.duration[selection.call])}` : said}</span>
        </div>
      </section>
      <Splitter value={split} onChange={setSplit} />
      <section class="panels" aria-label="tables">
        <Tabs model={model} tab={tab} onTab={setTab} />
        <div class="panel" role="tabpanel" id="panel" aria-labelledby={'tab-' + tab}>
          {tab === 'summary' && <Summary model={model} selection={selection} onSelect={select} />}
          {tab === 'calls' && <Calls model={model} view={view} selection={selection} onSelect={select} onOpen={zoomTo} preset={preset} />}
          {tab === 'errors' && <Errors model={model} selection={selection} onSelect={select} onOpen={open} />}
          {tab === 'files' && <Things key="files" model={model} data={model.files} name="files" title="file" selection={selection} onSelect={select} onOpen={open} empty="no call named or used a file" />}
          {tab === 'peers' && <Things key="peers" model={model} data={model.peers} name="peers" title="peer" selection={selection} onSelect={select} onOpen={open} empty="no call used a socket" />}
          {tab === 'processes' && <Processes model={model} selection={selection} onSelect={select} />}
          {tab === 'moments' && <Moments model={model} selection={selection} onSelect={select} />}
          {tab === 'flame' && (model.hasStacks ? <FlameGraph model={model} onHover={hover} /> : <p class="empty">There are no stacks in this trace. Take it with -k to see what is behind the calls.</p>)}
        </div>
      </section>
      <aside aria-label="details"><Details model={model} selection={selection} go={go} /></aside>
      <div class="tip" ref={tip} hidden />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

const Chip = ({ n, one, many = one + 's', bad }) => <li class={bad && n ? 'bad' : ''}><b>{count(n)}</b> {n === 1 ? one : many}</li>;

function InView({ view }) {
  const [from, to] = useView(view), step = (to - from) / 1000;
  return <span id="view">{moment(from, step)} to {moment(to, step)} ({duration(to - from)})</span>;
}

function Tabs({ model, tab, onTab }) {
  const key = (e) => {
    const i = tabs.findIndex(([id]) => id === tab), to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const id = tabs[(to + tabs.length) % tabs.length][0];
    onTab(id);
    document.getElementById('tab-' + id).focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="panels" onKeyDown={key}>
      {tabs.map(([id, title, n]) => (
        <button key={id} id={'tab-' + id} role="tab" aria-selected={id === tab} aria-controls="panel" tabIndex={id === tab ? 0 : -1} onClick={() => onTab(id)}>
          {title} <small>{count(n(model))}</small>
        </button>
      ))}
    </div>
  );
}

function Splitter({ value, onChange }) {
  const drag = useRef(false), set = (v) => onChange(Math.max(12, Math.min(80, v)));
  return (
    <div class="splitter" role="separator" aria-orientation="horizontal" aria-label="height of the timeline" aria-valuenow={Math.round(value)} tabIndex={0}
      onPointerDown={(e) => { drag.current = true; e.currentTarget.setPointerCapture(e.pointerId); }}
      onPointerMove={(e) => { if (drag.current) set((e.clientY - 100) / (innerHeight - 100) * 100); }}
      onPointerUp={() => { drag.current = false; }}
      onKeyDown={(e) => { const d = { ArrowUp: -4, ArrowDown: 4 }[e.key]; if (d) { e.preventDefault(); set(value + d); } }} />
  );
}

function showTip(box, model, thing, x, y) {
  box.hidden = !thing;
  if (!thing) return;
  const lines = [];
  if (thing.call !== undefined) {
    const c = model.calls, i = thing.call;
    lines.push(model.callLine(i).slice(0, 500), `${duration(c.duration[i])} from ${exact(c.begin[i])}`, model.text(c.note[i]));
  } else if (thing.mark !== undefined) {
    lines.push(model.text(model.marks.text[thing.mark]), 'at ' + exact(model.marks.at[thing.mark]));
  } else {
    const { node, flame, show } = thing;
    lines.push(flame.name(node), flame.image(node), `${show(node.value)} of ${show(flame.root.value)}: ${percent(node.value / (flame.root.value || 1))}`);
  }
  box.replaceChildren(...lines.filter(Boolean).map((text) => Object.assign(document.createElement('div'), { textContent: text })));
  const { width, height } = box.getBoundingClientRect();
  box.style.left = Math.min(x + 14, innerWidth - width - 6) + 'px';
  box.style.top = (y + 18 + height > innerHeight ? y - height - 10 : y + 18) + 'px';
}

const keys = [
  ['drag, ← →, a d', 'move along (with Shift: by most of a view)'], ['wheel, + −, w s', 'zoom'], ['Shift and drag, or drag in the scale', 'zoom to a span'],
  ['double click, Enter', 'zoom to a call'], ['Shift and wheel, wheel over the names, ↑ ↓', 'go through threads'], ['n p', 'next and previous call of the thread'],
  ['0', 'the whole trace'], ['Home End', 'its begin and end'], ['Escape', 'select nothing'], ['Tab', 'to the tables; there ↑ ↓ and Enter'],
];

function Help({ onClose }) {
  const box = useRef();
  useEffect(() => box.current.focus(), []);
  return (
    <div class="help" role="dialog" aria-label="keys" tabIndex={-1} ref={box}>
      <h2>Timeline</h2>
      <dl>{keys.map(([k, v]) => <><dt>{k}</dt><dd>{v}</dd></>)}</dl>
      <button onClick={onClose}>close</button>
    </div>
  );
}

async function start() {
  const root = document.getElementById('root');
  try {
    if (!globalThis.DecompressionStream) throw new Error('this browser is too old for the page: it has no DecompressionStream');
    const data = document.getElementById('data');
    const model = await load(data.textContent);
    data.remove();
    render(<App model={model} />, root);
    root.setAttribute('aria-busy', 'false');
  } catch (error) {
    root.textContent = 'The report cannot be shown: ' + error.message;
    throw error;
  }
}

start();

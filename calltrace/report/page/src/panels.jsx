// The panels under the timeline: each a table over one part of the data, and the flame graph.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Search, Table, words } from './table.jsx';
import { Flame } from './flame.js';
import { bytes, count, duration, exact, percent, plural } from './format.js';
import { Mark } from './model.js';
import { useView } from './view.js';

const peak = (all) => all.reduce((a, b) => Math.max(a, b), 0) || 1;
const dot = (category) => <i class="dot" style={{ background: `var(--c${category})` }} />;
const number = (title, key, all, more) => ({ key, title, num: true, width: '6.5em', value: (i) => all[i], text: (i) => count(all[i]), ...more });
const time = (title, key, all, more) => ({ key, title, num: true, width: '6.5em', value: (i) => all[i], text: (i) => duration(all[i]), ...more });
const failures = (all) => number('errors', 'errors', all, { width: '5em', text: (i) => (all[i] ? count(all[i]) : ''), kind: (i) => (all[i] ? 'bad' : '') });
const shared = (all) => { const most = peak(all); return { share: (i) => all[i] / most }; };

// Bar is the row of controls above a panel.
function Bar({ children }) { return <div class="bar">{children}</div>; }

export function Summary({ model, selection, onSelect }) {
  const [query, setQuery] = useState('');
  const s = model.summary;
  const category = useMemo(() => { const of = []; model.kinds.summary.forEach((row, k) => { of[row] ??= model.kinds.category[k]; }); return of; }, [model]);
  const columns = useMemo(() => [
    { key: 'name', title: 'call', width: '15em', value: (i) => model.text(s.name[i]), view: (i) => <>{dot(category[i])}{model.text(s.name[i])}</> },
    number('calls', 'calls', s.calls, shared(s.calls)), failures(s.errors),
    time('time', 'time', s.total, { ...shared(s.total), about: 'by the clock, of calls that wait, too' }),
    { key: 'part', title: '% time', num: true, width: '5.5em', value: (i) => s.total[i], text: (i) => percent(s.total[i] / (model.total.time || 1)) },
    time('mean', 'mean', s.total.map((t, i) => t / s.calls[i])),
    time('p50', 'p50', s.p50, { about: 'half of the calls took no longer (to one sixteenth)' }), time('p90', 'p90', s.p90), time('p99', 'p99', s.p99), time('longest', 'max', s.max),
    { key: 'spread', title: 'spread', width: '9em', about: 'how many took how long: each bar is twice as long as the one before', view: (i) => <Spark powers={s.powers[i]} /> },
    { key: 'kind', title: 'kind', width: '7em', value: (i) => category[i], text: (i) => model.categories[category[i]] },
  ], [model]);
  const keep = useMemo(() => { const has = words(query, model.strings); return has && ((i) => has(s.name[i])); }, [query, model]);
  return (
    <>
      <Bar><Search label="filter calls" value={query} onChange={setQuery} /></Bar>
      <Table name="summary" columns={columns} n={s.name.length} keep={keep} initial={{ key: 'time', down: true }}
        selected={selection?.summary} onSelect={(i) => onSelect({ summary: i })} empty="no calls" />
    </>
  );
}

function Spark({ powers }) {
  let first = 64, last = 0, most = 1;
  for (let i = 0; i < powers.length; i += 2) { first = Math.min(first, powers[i]); last = Math.max(last, powers[i]); most = Math.max(most, powers[i + 1]); }
  const bars = [];
  for (let i = 0; i < powers.length; i += 2) {
    const h = 1 + 13 * powers[i + 1] / most;
    bars.push(<rect x={(powers[i] - first) * 5} y={15 - h} width="4" height={h} />);
  }
  return <svg class="spark" width={(last - first + 1) * 5} height="15" aria-hidden="true">{bars}</svg>;
}

export function Calls({ model, view, selection, onSelect, onOpen, preset }) {
  const [query, setQuery] = useState(preset?.query ?? '');
  const [failed, setFailed] = useState(false);
  const [inView, setInView] = useState(false);
  const [waiting, setWaiting] = useState(true);
  useEffect(() => { if (preset) { setQuery(preset.query); setFailed(!!preset.failed); } }, [preset]);
  const c = model.calls;
  const columns = useMemo(() => [
    { key: 'time', title: 'duration', num: true, width: '7.5em', value: (i) => c.duration[i], text: (i) => duration(c.duration[i]), share: logShare(c.duration) },
    { key: 'begin', title: 'at', num: true, width: '8em', value: (i) => c.begin[i], text: (i) => exact(c.begin[i]) },
    { key: 'process', title: 'thread', width: '12em', value: (i) => model.threads.tid[c.thread[i]], text: (i) => `${model.threadName(c.thread[i])} ${model.threads.tid[c.thread[i]]}` },
    { key: 'name', title: 'call', width: '11em', value: (i) => model.callName(i), view: (i) => <>{dot(model.category[c.kind[i]])}{model.callName(i)}</> },
    { key: 'args', title: 'arguments', width: 'auto', text: (i) => model.text(c.args[i]).replaceAll('\n', ', '), hint: (i) => model.text(c.args[i]).replaceAll('\n', ', '), kindAll: 'mono' },
    { key: 'result', title: 'result', width: '18em', value: (i) => (c.errno[i] ? 'E' + model.text(c.errno[i]) : model.text(c.result[i])), text: (i) => model.text(c.result[i]), hint: (i) => model.text(c.note[i]) || model.text(c.result[i]), kind: (i) => (c.errno[i] ? 'mono bad' : 'mono') },
  ], [model]);
  const range = useView(view, inView), window = inView ? range : null;
  const keep = useMemo(() => {
    const has = words(query, model.strings);
    if (!has && !failed && !window && waiting) return null;
    return (i) => (!failed || c.errno[i] > 0) && (waiting || model.category[c.kind[i]] !== 0) && (!window || c.begin[i] <= window[1] && model.end(i) >= window[0]) &&
      (!has || has(c.args[i], c.result[i], model.summary.name[model.kinds.summary[c.kind[i]]], model.threads.name[c.thread[i]]));
  }, [query, failed, waiting, window?.[0], window?.[1], model]);
  return (
    <>
      <Bar>
        <Search label="filter by call, argument, result, command" value={query} onChange={setQuery} />
        <label><input type="checkbox" checked={failed} onChange={(e) => setFailed(e.currentTarget.checked)} />errors only</label>
        <label><input type="checkbox" checked={!waiting} onChange={(e) => setWaiting(!e.currentTarget.checked)} />without waiting</label>
        <label><input type="checkbox" checked={inView} onChange={(e) => setInView(e.currentTarget.checked)} />in view only</label>
        {model.notes.calls > 0 && <span class="note">{plural(model.notes.calls, 'shorter call')} not listed</span>}
      </Bar>
      <Table name="calls" columns={columns} n={c.n} keep={keep} initial={{ key: 'time', down: true }}
        selected={selection?.call} onSelect={(i) => onSelect({ call: i })} onOpen={onOpen} />
    </>
  );
}

// logShare spreads durations over a cell by their magnitude.
function logShare(all) {
  const most = Math.log10(1 + peak(all));
  return (i) => Math.log10(1 + all[i]) / most;
}

export function Processes({ model, selection, onSelect }) {
  const [query, setQuery] = useState('');
  const p = model.processes, order = model.order;
  const columns = useMemo(() => [
    { key: 'command', title: 'process', width: '20em', value: (r) => model.processName(order[r]),
      view: (r) => <span style={{ paddingLeft: Math.min(model.depth[order[r]], 16) * 14 + 'px' }}>{model.processName(order[r])}</span> },
    { key: 'pid', title: 'pid', num: true, width: '6em', value: (r) => p.pid[order[r]], text: (r) => String(p.pid[order[r]]) },
    { key: 'begin', title: 'began', num: true, width: '8em', value: (r) => p.begin[order[r]], text: (r) => exact(p.begin[order[r]]) },
    (() => {
      const of = (r) => (p.end[order[r]] < 0 ? model.span : p.end[order[r]]) - p.begin[order[r]];
      return { key: 'lived', title: 'lived', num: true, width: '6.5em', value: of, text: (r) => duration(of(r)), share: (r) => of(r) / model.span };
    })(),
    number('calls', 'calls', order.map((i) => p.calls[i]), shared(order.map((i) => p.calls[i]))),
    failures(order.map((i) => p.errors[i])),
    time('in calls', 'time', order.map((i) => p.time[i])),
    { key: 'ending', title: 'end', width: '11em', value: (r) => model.text(p.ending[order[r]]), text: (r) => model.text(p.ending[order[r]]) || 'lives on',
      kind: (r) => (/^(exited with 0)?$/.test(model.text(p.ending[order[r]])) ? '' : 'bad') },
    { key: 'argv', title: 'command line', width: 'auto', value: (r) => model.text(p.argv[order[r]]), text: (r) => model.text(p.argv[order[r]]) || model.text(p.path[order[r]]),
      hint: (r) => model.text(p.path[order[r]]) + ' ' + model.text(p.argv[order[r]]), kindAll: 'mono' },
  ], [model]);
  const keep = useMemo(() => { const has = words(query, model.strings); return has && ((r) => has(p.command[order[r]], p.argv[order[r]], p.path[order[r]])); }, [query, model]);
  return (
    <>
      <Bar><Search label="filter processes" value={query} onChange={setQuery} /></Bar>
      <Table name="processes" columns={columns} n={order.length} keep={keep} selected={selection?.process === undefined ? undefined : order.indexOf(selection.process)}
        onSelect={(r) => onSelect({ process: order[r] })} empty="no process" />
    </>
  );
}

// Things is the table of files or of peers.
export function Things({ model, data, name, title, selection, onSelect, onOpen, empty }) {
  const [query, setQuery] = useState('');
  const columns = useMemo(() => [
    { key: 'name', title, width: 'auto', value: (i) => model.text(data.name[i]), text: (i) => model.text(data.name[i]), hint: (i) => model.text(data.name[i]), kindAll: 'mono' },
    number('calls', 'calls', data.calls, shared(data.calls)), failures(data.errors), time('time', 'time', data.time, shared(data.time)), time('longest', 'longest', data.longest),
    { key: 'in', title: name === 'peers' ? 'received' : 'read', num: true, width: '7em', value: (i) => data.in[i], text: (i) => bytes(data.in[i]) },
    { key: 'out', title: name === 'peers' ? 'sent' : 'written', num: true, width: '7em', value: (i) => data.out[i], text: (i) => bytes(data.out[i]) },
    { key: 'begin', title: 'first', num: true, width: '8em', value: (i) => data.begin[i], text: (i) => exact(data.begin[i]) },
    { key: 'end', title: 'last', num: true, width: '8em', value: (i) => data.end[i], text: (i) => exact(data.end[i]) },
  ], [model, data]);
  const keep = useMemo(() => { const has = words(query, model.strings); return has && ((i) => has(data.name[i])); }, [query, data]);
  return (
    <>
      <Bar>
        <Search label={`filter ${name}`} value={query} onChange={setQuery} />
        {data.more > 0 && <span class="note">there were more: the row (others) has {plural(data.more, 'call')} of those with the least time</span>}
      </Bar>
      <Table name={name} columns={columns} n={data.name.length} keep={keep} initial={{ key: 'time', down: true }} selected={selection?.[name]}
        onSelect={(i) => onSelect({ [name]: i })} onOpen={(i) => onOpen(model.text(data.name[i]))} empty={data.name.length ? undefined : empty} />
    </>
  );
}

export function Errors({ model, selection, onSelect, onOpen }) {
  const [query, setQuery] = useState('');
  const e = model.errors;
  const parts = useMemo(() => e.name.map((s) => model.text(s).split('\0')), [model]);
  const columns = useMemo(() => [
    { key: 'errno', title: 'error', width: '9em', value: (i) => parts[i][1], text: (i) => parts[i][1], kindAll: 'bad' },
    { key: 'call', title: 'call', width: '12em', value: (i) => parts[i][0], view: (i) => <>{dot(model.categoryByName.get(parts[i][0]) ?? 7)}{parts[i][0]}</> },
    { key: 'subject', title: 'file or peer', width: 'auto', value: (i) => parts[i][2] ?? '', text: (i) => parts[i][2] ?? '', hint: (i) => parts[i][2] ?? '', kindAll: 'mono' },
    number('times', 'calls', e.calls, shared(e.calls)), time('time', 'time', e.time, shared(e.time)),
    { key: 'begin', title: 'first', num: true, width: '8em', value: (i) => e.begin[i], text: (i) => exact(e.begin[i]) },
    { key: 'end', title: 'last', num: true, width: '8em', value: (i) => e.end[i], text: (i) => exact(e.end[i]) },
    { key: 'thread', title: 'first in', width: '12em', value: (i) => model.threads.tid[e.thread[i]], text: (i) => `${model.threadName(e.thread[i])} ${model.threads.tid[e.thread[i]]}` },
  ], [model]);
  const keep = useMemo(() => { const has = words(query, model.strings); return has && ((i) => has(e.name[i])); }, [query, model]);
  return (
    <>
      <Bar>
        <Search label="filter errors" value={query} onChange={setQuery} />
        {e.more > 0 && <span class="note">there were more: the row (others) has {plural(e.more, 'error')} of those with the least time</span>}
      </Bar>
      <Table name="errors" columns={columns} n={e.name.length} keep={keep} initial={{ key: 'calls', down: true }} selected={selection?.errors}
        onSelect={(i) => onSelect({ errors: i })} onOpen={(i) => onOpen(`${parts[i][0]} ${parts[i][1]} ${(parts[i][2] ?? '').split('/').pop()}`)}
        empty={e.name.length ? undefined : 'no call failed'} />
    </>
  );
}

const markNames = { [Mark.signal]: 'signal', [Mark.stopped]: 'stopped', [Mark.fork]: 'made', [Mark.exec]: 'exec', [Mark.exit]: 'end' };

export function Moments({ model, selection, onSelect }) {
  const [query, setQuery] = useState('');
  const m = model.marks;
  const columns = useMemo(() => [
    { key: 'at', title: 'at', num: true, width: '8em', value: (i) => m.at[i], text: (i) => exact(m.at[i]) },
    { key: 'thread', title: 'thread', width: '14em', value: (i) => model.threads.tid[m.thread[i]], text: (i) => `${model.threadName(m.thread[i])} ${model.threads.tid[m.thread[i]]}` },
    { key: 'kind', title: 'what', width: '7em', value: (i) => markNames[m.kind[i]], text: (i) => markNames[m.kind[i]], kind: (i) => (m.kind[i] <= Mark.stopped ? 'bad' : '') },
    { key: 'text', title: '', width: 'auto', text: (i) => model.text(m.text[i]), hint: (i) => model.text(m.text[i]), kindAll: 'mono' },
  ], [model]);
  const keep = useMemo(() => { const has = words(query, model.strings); return has && ((i) => has(m.text[i], model.threads.name[m.thread[i]])); }, [query, model]);
  return (
    <>
      <Bar>
        <Search label="filter signals, execs, ends" value={query} onChange={setQuery} />
        {model.notes.marks > 0 && <span class="note">{plural(model.notes.marks, 'later moment')} not kept</span>}
      </Bar>
      <Table name="moments" columns={columns} n={m.at.length} keep={keep} initial={{ key: 'at', down: false }} selected={selection?.moment}
        onSelect={(i) => onSelect({ moment: i })} empty="nothing happened" />
    </>
  );
}

const measures = { time: duration, calls: count, errors: count };

export function FlameGraph({ model, onHover }) {
  const canvas = useRef(), flame = useRef();
  const [measure, setMeasure] = useState('time');
  const [focused, setFocused] = useState(null);
  const [search, setSearch] = useState('');
  const show = measures[measure];
  useEffect(() => {
    flame.current = new Flame(canvas.current, model, { focus: setFocused, hover: (node, x, y) => onHover(node && { node, flame: flame.current, show: measures[flame.current.measured] }, x, y) });
    return () => flame.current.close();
  }, [model]);
  const about = focused && flame.current && `${flame.current.name(focused)}: ${show(focused.value)}, ${percent(focused.value / (flame.current.root.value || 1))}`;
  return (
    <>
      <Bar>
        <span class="choice" role="radiogroup" aria-label="measure">
          {Object.keys(measures).map((m) => (
            <label key={m}><input type="radio" name="measure" checked={m === measure} onChange={() => { setMeasure(m); flame.current.measure(m); }} />{m}</label>
          ))}
        </span>
        <Search label="find functions" value={search} onChange={(s) => { setSearch(s); flame.current.find(s); }} />
        <button onClick={() => flame.current.zoom(flame.current.root)}>whole</button>
        <span class="note" role="status">{about}</span>
      </Bar>
      <canvas class="flame" ref={canvas} tabIndex={0} role="application"
        aria-label="flame graph: arrows go to callers, callees and neighbours; Enter shows one at full width, Escape the whole" />
    </>
  );
}


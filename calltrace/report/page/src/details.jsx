// What is selected, in full, at the right of the panels.

import { Histogram } from './overview.jsx';
import { bytes, count, duration, exact, percent, plural } from './format.js';

export function Details({ model, selection, go }) {
  const s = selection ?? {};
  if (s.call >= 0) return <Call model={model} i={s.call} go={go} />;
  if (s.summary !== undefined) return <Kind model={model} i={s.summary} go={go} />;
  if (s.process !== undefined) return <Process model={model} i={s.process} go={go} />;
  for (const [name, data] of [['files', model.files], ['peers', model.peers], ['errors', model.errors]]) {
    if (s[name] !== undefined) return <Thing model={model} data={data} i={s[name]} go={go} />;
  }
  if (s.moment !== undefined) return <Moment model={model} i={s.moment} go={go} />;
  return <Whole model={model} />;
}

const Pairs = ({ rows }) => (
  <dl>{rows.filter(([, v]) => v !== '' && v !== undefined && v !== null).map(([k, v, kind]) => <><dt>{k}</dt><dd class={kind}>{v}</dd></>)}</dl>
);

function Call({ model, i, go }) {
  const c = model.calls, names = model.argNames(i), args = model.callArgs(i), thread = c.thread[i], stack = model.stackOf(i);
  const first = model.ranges[thread], end = model.ranges[thread + 1];
  return (
    <>
      <h2><i class="dot" style={{ background: `var(--c${model.category[c.kind[i]]})` }} />{model.callName(i)}</h2>
      <p class="buttons">
        <button onClick={() => go.zoom(i)}>zoom to it</button>
        <button disabled={i <= first} onClick={() => go.call(i - 1)}>before</button>
        <button disabled={i >= end - 1} onClick={() => go.call(i + 1)}>after</button>
      </p>
      <Pairs rows={[
        ...args.map((text, k) => [names[k] || `argument ${k}`, text, 'mono']).filter(([, text]) => args.length > 1 || text !== ''),
        ['result', model.text(c.result[i]), c.errno[i] ? 'mono bad' : 'mono'],
        ['note', model.text(c.note[i])],
        ['duration', duration(c.duration[i])], ['from', exact(c.begin[i])], ['to', exact(model.end(i))],
        ['thread', `${model.threadName(thread)} ${model.threads.tid[thread]}`],
        ['process', <a href="#" onClick={(e) => { e.preventDefault(); go.process(model.processOf(i)); }}>{model.processName(model.processOf(i))} {model.processes.pid[model.processOf(i)]}</a>],
      ]} />
      {stack.length > 0 && (
        <>
          <h3>stack</h3>
          <ol class="stack">{stack.map((f) => <li title={model.text(model.frames.image[f])}>{model.text(model.frames.name[f])}<small>{model.text(model.frames.image[f]).split('/').pop()}</small></li>)}</ol>
        </>
      )}
    </>
  );
}

function Kind({ model, i, go }) {
  const s = model.summary;
  return (
    <>
      <h2>{model.text(s.name[i])}</h2>
      <p class="buttons"><button onClick={() => go.calls(model.text(s.name[i]))}>its calls</button></p>
      <Pairs rows={[
        ['calls', count(s.calls[i])], ['errors', s.errors[i] ? count(s.errors[i]) : '', 'bad'], ['time', duration(s.total[i])],
        ['of all time', percent(s.total[i] / (model.total.time || 1))], ['shortest', duration(s.min[i])], ['mean', duration(s.total[i] / s.calls[i])],
        ['p50', duration(s.p50[i])], ['p90', duration(s.p90[i])], ['p99', duration(s.p99[i])], ['longest', duration(s.max[i])],
      ]} />
      <h3>calls by duration</h3>
      <Histogram powers={s.powers[i]} />
    </>
  );
}

function Process({ model, i, go }) {
  const p = model.processes, parent = p.parent[i], end = p.end[i] < 0 ? model.span : p.end[i];
  return (
    <>
      <h2>{model.processName(i)} {p.pid[i]}</h2>
      <p class="buttons"><button onClick={() => go.range(p.begin[i], end, i)}>zoom to it</button></p>
      <Pairs rows={[
        ['program', model.text(p.path[i]), 'mono'], ['arguments', model.text(p.argv[i]), 'mono'],
        ['parent', parent >= 0 ? <a href="#" onClick={(e) => { e.preventDefault(); go.process(parent); }}>{model.processName(parent)} {p.pid[parent]}</a> : ''],
        ['began', exact(p.begin[i])], ['lived', duration(end - p.begin[i])], ['end', model.text(p.ending[i]) || 'lives on'],
        ['threads', count(model.threads.process.filter((x) => x === i).length)],
        ['calls', count(p.calls[i])], ['errors', count(p.errors[i])], ['in calls', duration(p.time[i])],
      ]} />
    </>
  );
}

function Thing({ model, data, i, go }) {
  const [name, errno, subject] = model.text(data.name[i]).split('\0');
  const thread = data.thread[i];
  return (
    <>
      <h2 class="mono">{errno ? `${name}: ${errno}` : name}</h2>
      <p class="buttons">
        <button onClick={() => go.range(data.begin[i], Math.max(data.end[i], data.begin[i] + 1000), model.threads.process[thread])}>zoom to its calls</button>
        <button onClick={() => go.moment(data.most[i], thread)}>longest call</button>
      </p>
      <Pairs rows={[
        ['file or peer', subject, 'mono'], ['calls', count(data.calls[i])], ['errors', data.errors[i] ? count(data.errors[i]) : '', 'bad'],
        ['time', duration(data.time[i])], ['longest', duration(data.longest[i])], ['in', bytes(data.in[i])], ['out', bytes(data.out[i])],
        ['first', exact(data.begin[i])], ['last', exact(data.end[i])], ['first in', `${model.threadName(thread)} ${model.threads.tid[thread]}`],
      ]} />
    </>
  );
}

function Moment({ model, i, go }) {
  const m = model.marks;
  return (
    <>
      <h2>{exact(m.at[i])}</h2>
      <p class="buttons"><button onClick={() => go.moment(m.at[i], m.thread[i])}>show</button></p>
      <Pairs rows={[['thread', `${model.threadName(m.thread[i])} ${model.threads.tid[m.thread[i]]}`], ['what', model.text(m.text[i]), 'mono']]} />
    </>
  );
}

function Whole({ model }) {
  const t = model.total;
  return (
    <>
      <h2>{model.title}</h2>
      <Pairs rows={[
        ['began', new Date(Number(BigInt(model.start) / 1000000n)).toISOString().replace('T', ' ').replace('Z', ' UTC')],
        ['took', duration(model.span)], ['calls', count(t.calls)], ['errors', count(t.errors), t.errors ? 'bad' : ''], ['in calls', duration(t.time)],
        ['processes', count(t.processes)], ['threads', count(t.threads)], ['signals', count(model.signals)],
      ]} />
      <ul class="legend">{model.categories.map((name, i) => <li key={name}><i class="dot" style={{ background: `var(--c${i})` }} />{name}</li>)}</ul>
      <Notes model={model} />
      <p class="faint">Nothing is selected. Click a call on the timeline or a row below it. Press ? for the keys.</p>
    </>
  );
}

// Notes say what the page has not.
export function Notes({ model }) {
  const n = model.notes, all = [
    model.chosen && `Only calls chosen by ${model.chosen} are here.`,
    n.calls && `The trace was long: ${plural(n.calls, 'call')} of up to ${duration(n.longest)} (${duration(n.time)} in all) are counted in every table, but not kept; the timeline shows them as grey bars. The ${count(model.calls.n)} longest are there in full.`,
    n.threads && `There were more threads than are told apart; ${plural(n.threads, 'event')} of others are shown with the last.`,
    n.processes && `There were more processes than are told apart; those after ${count(model.total.processes)} are shown as the last.`,
    n.marks && `${plural(n.marks, 'signal, exec or end', 'signals, execs and ends')} more were not kept.`,
    n.kinds && `${plural(n.kinds, 'call')} of unusual numbers are counted as the last of the others.`,
    n.nodes && `${plural(n.nodes, 'frame')} of stacks did not fit and are counted at their callers.`,
  ].filter(Boolean);
  return all.length ? <div class="notes" role="note">{all.map((text) => <p key={text}>{text}</p>)}</div> : null;
}

// A table of any length: only the rows in view are in the document. Columns sort by a click on
// their title or by Enter on it; rows are gone through by the arrow keys.
//
// A column: key, title, width (CSS), value(i) to sort by, and to show: text(i), or view(i); num: to
// the right; share(i): part of the cell (0 to 1) that a bar fills; hint(i): its tooltip.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { count } from './format.js';

const rowHeight = 21;

export function Table({ name, columns, n, initial, keep, selected, onSelect, onOpen, empty }) {
  const [sort, setSort] = useState(initial ?? { key: null, down: true });
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);
  const [active, setActive] = useState(0);
  const box = useRef();
  const rows = useMemo(() => order(n, keep, columns.find((c) => c.key === sort.key), sort.down), [n, keep, sort.key, sort.down, columns]);

  useEffect(() => {
    const watch = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 400));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => { setActive(0); box.current.scrollTop = 0; }, [keep, sort.key, sort.down]);

  const go = (to) => {
    to = Math.max(0, Math.min(to, rows.length - 1));
    setActive(to);
    const y = to * rowHeight, room = box.current.clientHeight - rowHeight - 2; // below the titles
    if (y < box.current.scrollTop) box.current.scrollTop = y;
    else if (y + rowHeight > box.current.scrollTop + room) box.current.scrollTop = y + rowHeight - room;
    if (rows.length) onSelect?.(rows[to]);
  };
  const key = (e) => {
    if (e.target !== box.current) return;
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: rows.length - 1 }[e.key];
    if (to !== undefined) go(to);
    else if (e.key === 'Enter' && rows.length) (onOpen ?? onSelect)?.(rows[active]);
    else return;
    e.preventDefault();
  };
  const from = Math.max(0, Math.floor(top / rowHeight) - 8), to = Math.min(rows.length, from + Math.ceil(height / rowHeight) + 16);
  const visible = [];
  for (let r = from; r < to; r++) visible.push(r);
  const id = (r) => `${name}-row-${r}`;

  return (
    <div class="table" ref={box} tabIndex={0} role="grid" aria-label={name} aria-rowcount={rows.length + 1} aria-colcount={columns.length}
      aria-activedescendant={rows.length ? id(active) : undefined} onScroll={(e) => setTop(e.currentTarget.scrollTop)} onKeyDown={key}>
      <table role="presentation" style={{ marginBottom: (rows.length - to) * rowHeight + 'px' }}>
        <colgroup>{columns.map((c) => <col key={c.key} style={{ width: c.width }} />)}</colgroup>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            {columns.map((c) => (
              <th key={c.key} role="columnheader" class={c.num ? 'num' : ''} aria-sort={sort.key === c.key ? (sort.down ? 'descending' : 'ascending') : 'none'}>
                {c.value
                  ? <button title={c.about} onClick={() => setSort({ key: c.key, down: sort.key === c.key ? !sort.down : !!c.num })}>
                      {c.title}<span aria-hidden="true">{sort.key === c.key ? (sort.down ? ' ▾' : ' ▴') : ''}</span>
                    </button>
                  : <span title={c.about}>{c.title}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <tr aria-hidden="true" style={{ height: from * rowHeight + 'px' }} />
          {visible.map((r) => {
            const i = rows[r];
            return (
              <tr key={i} id={id(r)} role="row" aria-rowindex={r + 2} aria-selected={i === selected}
                class={(i === selected ? 'selected ' : '') + (r === active ? 'active' : '')}
                onClick={() => { setActive(r); onSelect?.(i); }} onDblClick={() => onOpen?.(i)}>
                {columns.map((c) => <Cell key={c.key} c={c} i={i} />)}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 && <p class="empty">{empty ?? 'nothing matches'}</p>}
      <span class="sr" role="status">{count(rows.length)} rows</span>
    </div>
  );
}

function Cell({ c, i }) {
  const text = c.text?.(i);
  const share = c.share?.(i);
  return (
    <td role="gridcell" class={(c.num ? 'num ' : '') + (c.kind?.(i) ?? c.kindAll ?? '')} title={c.hint ? c.hint(i) : undefined}
      style={share > 0 ? { '--share': (share * 100).toFixed(1) + '%' } : undefined} data-share={share > 0 ? '' : undefined}>
      {c.view ? c.view(i) : text}
    </td>
  );
}

// order is the rows that keep holds for, sorted by a column; equal ones stay as they are.
function order(n, keep, column, down) {
  let rows = new Uint32Array(n), m = 0;
  for (let i = 0; i < n; i++) if (!keep || keep(i)) rows[m++] = i;
  rows = rows.subarray(0, m);
  if (!column) return rows;
  const values = Array.from({ length: n }), sign = down ? -1 : 1;
  for (const i of rows) values[i] = column.value(i);
  return rows.sort((a, b) => (values[a] < values[b] ? -sign : values[a] > values[b] ? sign : a - b));
}

// Search is a line to filter by, which waits for a pause in typing.
export function Search({ label, value, onChange }) {
  const timer = useRef();
  return (
    <input type="search" aria-label={label} placeholder={label} value={value} spellcheck={false}
      onInput={(e) => { const text = e.currentTarget.value; clearTimeout(timer.current); timer.current = setTimeout(() => onChange(text), 120); }} />
  );
}

// words says whether texts hold all words of a query; what a text with a number says is kept.
export function words(query, strings) {
  const all = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!all.length) return null;
  const known = all.map(() => new Int8Array(strings.length));
  return (...texts) => all.every((w, k) => texts.some((s) => {
    if (!known[k][s]) known[k][s] = strings[s].toLowerCase().includes(w) ? 1 : -1;
    return known[k][s] > 0;
  }));
}

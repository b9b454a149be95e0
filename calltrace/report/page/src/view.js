// What part of the trace is in view: it changes with every movement, so only what shows it is
// drawn anew.

import { useEffect, useState } from 'preact/hooks';

export class View {
  constructor(from, to) {
    this.range = [from, to];
    this.listeners = new Set();
  }

  set(from, to) {
    this.range = [from, to];
    for (const f of this.listeners) f(this.range);
  }
}

// useView is the range in view, kept up to date while it is wanted.
export function useView(view, wanted = true) {
  const [range, set] = useState(view.range);
  useEffect(() => {
    if (!wanted) return undefined;
    set(view.range);
    view.listeners.add(set);
    return () => view.listeners.delete(set);
  }, [view, wanted]);
  return range;
}

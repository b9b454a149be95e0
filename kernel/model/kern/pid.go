package kern

// Process ids: a bitmap in which a free one is looked for from a place that the seed chose.

type pidMap struct {
	used []bool
	last int
	free int
}

// reserved are ids that are not given out again after the first round: daemons of old.
const reserved = 300

func newPIDMap(n int, c *Chooser) *pidMap {
	p := &pidMap{used: make([]bool, n), free: n - 1}
	p.used[0] = true
	p.last = reserved + c.Choose(max(n/2-reserved, 1))
	return p
}

// take is a free id, 0 if there is none.
func (p *pidMap) take() int {
	if p.free <= 0 {
		return 0
	}
	n := p.last
	for range 2 * len(p.used) {
		if n++; n >= len(p.used) {
			n = min(reserved, len(p.used)/2)
		}
		if !p.used[n] {
			p.used[n] = true
			p.free--
			p.last = n
			return n
		}
	}
	return 0
}

// claim takes a certain id.
func (p *pidMap) claim(n int) {
	if !p.used[n] {
		p.used[n] = true
		p.free--
	}
}

// give returns an id.
func (p *pidMap) give(n int) {
	if p.used[n] {
		p.used[n] = false
		p.free++
	}
}

package kern

// Where all chance comes from. A run is a function of the numbers that a Chooser gave; they
// are recorded, so that a run can be repeated from them, and from fewer of them.

// Chooser makes the choices of a run.
type Chooser struct {
	state  uint64
	replay []uint32
	forced bool // only what is in replay; then 0
	made   []uint32
}

// NewChooser makes choices that follow from the seed.
func NewChooser(seed uint64) *Chooser {
	return &Chooser{state: seed*0x9e3779b97f4a7c15 + 0x2545f4914f6cdd1d}
}

// Replay makes the choices that are given, and 0 from then on: the first of whatever there
// is. A choice that is too large is taken modulo.
func Replay(choices []uint32) *Chooser { return &Chooser{replay: choices, forced: true} }

// Choose is a number from 0 up to, not including, n.
func (c *Chooser) Choose(n int) int {
	if n <= 1 {
		return 0
	}
	v := uint32(0)
	switch i := len(c.made); {
	case i < len(c.replay):
		v = c.replay[i] % uint32(n)
	case !c.forced:
		v = uint32(c.next() >> 32 * uint64(n) >> 32)
	}
	c.made = append(c.made, v)
	return int(v)
}

// Chance says yes so many times of 256.
func (c *Chooser) Chance(of256 int) bool { return of256 > 0 && c.Choose(256) >= 256-of256 }

// Made is the choices so far.
func (c *Chooser) Made() []uint32 { return c.made }

// Bits is 64 bits that no schedule depends on: random numbers for programs.
func (c *Chooser) Bits() uint64 {
	if c.forced {
		c.state += 0x9e3779b97f4a7c15
	}
	return c.next()
}

// next is SplitMix64.
func (c *Chooser) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Unions: fields whose layout another member chooses.

package syscalls

// variant is what a member is when its tag has a value.
type variant struct {
	tag  uint64
	name string
	*record
}

// other is the tag of what a union is when its tag is none of the others.
const other = ^uint64(0)

// union prints what the member by says; nothing where no variant has its value. size is the
// union's, align what it is aligned to.
func union(by string, size, align int, variants ...variant) field {
	f := octets("", size)
	f.widths, f.aligns = overlaid(size, align, variants)
	f.by, f.raw, f.bare, f.mask = by, nil, true, other
	choose := func(m *member, s []byte) *variant {
		tag := m.by.number(s) & m.mask
		for i := range variants {
			if variants[i].tag == tag || variants[i].tag == other {
				return &variants[i]
			}
		}
		return nil
	}
	f.absent = func(c *Call, m *member, s []byte) bool {
		v := choose(m, s)
		return v == nil || v.name == "" && v.empty(c, s[m.off:m.off+m.size])
	}
	f.all = func(c *Call, m *member, s []byte) {
		v := choose(m, s)
		if v.name != "" {
			c.str(v.name)
			c.byte('=')
			v.body(c, s[m.off:m.off+m.size])
			return
		}
		v.some(c, s[m.off:m.off+m.size], true)
	}
	return f
}

// overlaid is the size and alignment of a union that has those given where words have 8 bytes. Elsewhere they follow
// from the variants, if it is they who make it so large, or aligned so, and not what is left out.
func overlaid(size, align int, variants []variant) (sizes, aligns [layouts]int) {
	var needs, wants [layouts]int
	for _, v := range variants {
		for l := range layouts {
			needs[l], wants[l] = max(needs[l], v.size[l]), max(wants[l], v.align[l])
		}
	}
	sizes, aligns = [layouts]int{size, size, size}, [layouts]int{align, align, min(align, 4)}
	for l := 1; l < layouts; l++ {
		if needs[0] >= size {
			sizes[l] = needs[l]
		}
		if wants[0] >= align {
			aligns[l] = wants[l]
		}
	}
	return sizes, aligns
}

// masked has only some bits of the tag count, named gives a union the name that pick knows.
func (f field) masked(mask uint64) field {
	f.mask = mask
	return f
}

func (f field) named(name string) field {
	f.name = name
	return f
}

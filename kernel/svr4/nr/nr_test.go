package nr

import "testing"

func TestRows(t *testing.T) {
	last, names := 0, map[string]bool{}
	for _, r := range Rows {
		if r.Nr <= last || r.Nr > MaxSyscall || names[r.Name] || r.Args < 0 || r.Args > 6 {
			t.Errorf("row %+v after number %d", r, last)
		}
		last, names[r.Name] = r.Nr, true
		if Find(r.Nr).Name != r.Name {
			t.Errorf("Find(%d) is not %s", r.Nr, r.Name)
		}
	}
	if Find(-1) != nil || Find(MaxSyscall+1) != nil || Find(0) != nil {
		t.Error("rows that are none")
	}
}

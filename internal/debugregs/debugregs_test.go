package debugregs

import (
	"errors"
	"testing"
)

// TestTry asks twice: the answer is the machine's, and kept.
func TestTry(t *testing.T) {
	first := Try()
	if again := Try(); !errors.Is(again, first) {
		t.Errorf("%v, then %v", first, again)
	}
	if first != nil && !errors.Is(first, ErrSilent) {
		t.Logf("cannot be tried here: %v", first)
	}
}

package match

import (
	"testing"

	"pgregory.net/rapid"
)

// TestSkeletonsNeverLose: what skeletons rule out at a limit is farther than the
// limit, whatever the sounds.
func TestSkeletonsNeverLose(t *testing.T) {
	letter := rapid.SampledFrom([]byte("BDFGJKxMNPSsTVZcLRHAEIOUy09"))
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(letter, 1, 12).Draw(t, "sounds")
		b := append([]byte(nil), a...)
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "change") {
			case 0:
				b[at] = letter.Draw(t, "letter")
			case 1:
				b = append(b[:at:at], append([]byte{letter.Draw(t, "letter")}, b[at:]...)...)
			case 2:
				other := min(at+1, len(b)-1)
				b[at], b[other] = b[other], b[at]
			default:
				if len(b) > 1 {
					b = append(b[:at:at], b[at+1:]...)
				}
			}
		}
		for i := range a {
			a[i] = symbol(a[i])
		}
		for i := range b {
			b[i] = symbol(b[i])
		}
		bagA, bagB := bagOf(sound(a)), bagOf(sound(b))
		for _, free := range []bool{false, true} {
			cost := distance(a, b, 1<<14, free)
			changes := changesWithin(cost, int(bagA.soft)+int(bagB.soft))
			if !skeletonOf(sound(a)).within(skeletonOf(sound(b)), changes) {
				t.Fatalf("%v and %v cost %d, skeletons %x %x are more than %d apart", a, b, cost,
					skeletonOf(sound(a)), skeletonOf(sound(b)), changes)
			}
			if !within(bagA, bagB, cost, free) {
				t.Fatalf("%v and %v cost %d, masks %x %x", a, b, cost, bagA.mask, bagB.mask)
			}
		}
	})
}

// TestSkeletonWithin: skeletons are apart by the changes that are counted by hand.
func TestSkeletonWithin(t *testing.T) {
	cases := []struct {
		a, b  string
		apart int
	}{
		{"KRT", "KRT", 0}, {"KRT", "GRD", 0}, {"KRT", "KT", 1}, {"KRT", "RKT", 1}, {"KRT", "KLT", 1}, {"KRT", "KRTL", 1},
		{"KRT", "", 3}, {"KRT", "TRK", 2}, {"KRTL", "RKLT", 2}, {"KRTLN", "LKRTN", 2}, {"KRTLNP", "PKRTLN", 2},
		{"KAROTA", "KRT", 0}, {"VKRT", "KRT", 0}, {"KRTLNPKRTLNPKRTL", "M", 0},
	}
	for _, c := range cases {
		a, b := hear(c.a), hear(c.b)
		for changes := range 4 {
			want := changes >= c.apart
			there, back := skeletonOf(a.sound), skeletonOf(b.sound)
			if there.within(back, changes) != want || back.within(there, changes) != want {
				t.Errorf("%s and %s within %d: %v", c.a, c.b, changes, !want)
			}
		}
	}
}

// TestChangesWithin: soft consonants make changes cheaper, as many as there are.
func TestChangesWithin(t *testing.T) {
	for _, c := range [][3]int{
		{79, 0, 0}, {80, 0, 1}, {159, 0, 1}, {160, 0, 2}, {60, 1, 1}, {139, 1, 1}, {140, 1, 2}, {120, 2, 2}, {59, 3, 0},
	} {
		if got := changesWithin(c[0], c[1]); got != c[2] {
			t.Errorf("%d with %d soft: %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

package match

import (
	"testing"

	"pgregory.net/rapid"
)

// TestAgree is a row for each way in which two dates agree or do not.
func TestAgree(t *testing.T) {
	cases := []struct {
		party, listed string
		want          agreement
	}{
		{"1980-02-09", "1980-02-09", sameDay}, {"1980-02-09", "1980-09-02", sameYear}, {"1980-02-09", "Feb 1980", sameYear},
		{"1980-02-09", "1980", sameYear}, {"1980-02-09", "1981", nearYear}, {"1980-02-09", "1979-02-09", nearYear},
		{"1980-02-09", "1982", otherYear}, {"1980-02-09", "circa 1983", nearYear}, {"1980-02-09", "circa 1984", otherYear},
		{"1980", "1986", otherYear}, {"1980", "1987", farYear}, {"1980", "1973", farYear}, {"1980", "circa 1989", farYear},
		{"1980", "1978 to 1981", sameYear}, {"1980", "1981 to 1978", sameYear}, {"1980", "1976 to 1979", nearYear},
		{"1980", "1976 to circa 1977", nearYear}, {"1980", "1960 to 1973", farYear},
	}
	for _, c := range cases {
		party, okParty := ParseDate(c.party)
		listed, okListed := ParseDate(c.listed)
		if got := party.agree(listed); got != c.want || !okParty || !okListed {
			t.Errorf("%s and %s: %d, want %d", c.party, c.listed, got, c.want)
		}
	}
	if got := (Date{}).agree(Date{Year: 1980}); got != unknownDate {
		t.Errorf("no date agrees by %d", got)
	}
}

// TestAgreeIsSymmetric: two dates of one year each agree there as back.
func TestAgreeIsSymmetric(t *testing.T) {
	date := rapid.Custom(func(t *rapid.T) Date {
		return Date{
			Year: rapid.IntRange(1970, 1990).Draw(t, "year"), Month: rapid.IntRange(0, 2).Draw(t, "month"),
			Day: rapid.IntRange(0, 2).Draw(t, "day"), About: rapid.Bool().Draw(t, "about"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := date.Draw(t, "one"), date.Draw(t, "other")
		if there, back := a.agree(b), b.agree(a); there != back {
			t.Fatalf("%v and %v: %d, back %d", a, b, there, back)
		}
	})
}

// TestDatesAreReadBack: what a date is written as is read as the same date.
func TestDatesAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Date{Year: rapid.IntRange(1000, 9_999).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month")}
		if want.Month > 0 {
			want.Day = rapid.IntRange(0, 28).Draw(t, "day")
		}
		if got, ok := ParseDate(want.String()); !ok || got != want {
			t.Fatalf("%+v is written %s and read %+v, %v", want, want, got, ok)
		}
		until := Date{Year: rapid.IntRange(1000, 9_999).Draw(t, "until")}
		there, okThere := ParseDate(want.String() + " to circa " + until.String())
		back, okBack := ParseDate("circa " + until.String() + " to " + want.String())
		if there != back || !okThere || !okBack || !there.About || there.Until < there.Year {
			t.Fatalf("%s to %s is %+v, back %+v", want, until, there, back)
		}
	})
}

// anyDate draws dates as people and lists have them, also of some years.
var anyDate = rapid.Custom(func(t *rapid.T) Date {
	d := Date{Year: rapid.IntRange(1960, 1990).Draw(t, "year"), About: rapid.IntRange(0, 3).Draw(t, "about") == 0}
	switch rapid.IntRange(0, 2).Draw(t, "form") {
	case 0:
		d.Until = d.Year + rapid.IntRange(0, 20).Draw(t, "years")
	case 1:
		d.Month, d.Day = rapid.IntRange(1, 2).Draw(t, "month"), rapid.IntRange(0, 2).Draw(t, "day")
	}
	return d
})

// years are those in which somebody may be born who has this date.
func (d Date) years() []int {
	var all []int
	for year := d.Year; year <= max(d.Year, d.Until); year++ {
		all = append(all, year)
	}
	return all
}

// nearest is how far apart two dates are in years at least.
func nearest(a, b Date) int {
	least := 10_000
	for _, one := range a.years() {
		for _, other := range b.years() {
			least = min(least, max(one-other, other-one))
		}
	}
	return least
}

// TestAgreeIsItsModel: what two dates say is what the two years say, of all in which either
// may be born, that are nearest to one another; whichever of them is listed. Who is known to be
// born in one of some years is not cleared because the first of them is far.
func TestAgreeIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate.Draw(t, "one"), anyDate.Draw(t, "other")
		margin := 1
		if a.About || b.About {
			margin = sloppy
		}
		want := sameYear
		switch apart := nearest(a, b); {
		case apart > margin+farYears:
			want = farYear
		case apart > margin:
			want = otherYear
		case apart > 0:
			want = nearYear
		case a.Day > 0 && a.Day == b.Day && a.Month == b.Month:
			want = sameDay
		}
		if there, back := a.agree(b), b.agree(a); there != want || back != want {
			t.Fatalf("%v and %v: %d, back %d, want %d", a, b, there, back, want)
		}
	})
}

// TestLessIsKnownLessIsSaid: a date of which less is known never agrees worse, so that nobody
// is cleared by it who would not be by the whole one.
func TestLessIsKnownLessIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, listed := anyDate.Draw(t, "whole"), anyDate.Draw(t, "listed")
		less := whole
		switch rapid.IntRange(0, 2).Draw(t, "less") {
		case 0:
			less.About = true
		case 1:
			less = Date{Year: whole.Year - rapid.IntRange(0, 9).Draw(t, "before"), About: whole.About}
			less.Until = max(whole.Year, whole.Until) + rapid.IntRange(0, 9).Draw(t, "after")
		case 2:
			less = Date{Year: whole.Year, Until: whole.Until, About: whole.About}
		}
		before, after := whole.agree(listed), less.agree(listed)
		if after > before && after > sameYear {
			t.Fatalf("%+v and %+v: %d, with less known (%+v) %d", whole, listed, before, less, after)
		}
	})
}

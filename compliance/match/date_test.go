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

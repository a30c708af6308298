package engine

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// dueWith are duties with a partner, each due a second after the one before.
func dueWith(partner string, n int) []due {
	all := make([]due, n)
	for i := range all {
		all[i] = due{partner: partner, id: ids.New(), at: noon.Add(time.Duration(i) * time.Second)}
	}
	return all
}

func told(s *dutyShares) bool {
	select {
	case <-s.freed:
		return true
	default:
		return false
	}
}

// A partner has so many places; whoever comes after waits in the database, another partner
// is not concerned, and the worker is told once half of the places are free.
func TestDutyShare(t *testing.T) {
	const most = dutiesMost / dutyPart
	shares := newDutyShares()
	if got := shares.take(dueWith("SLOW", most+1)); len(got) != most {
		t.Fatalf("%d places were given", len(got))
	}
	if open := shares.open([]string{"", "SLOW", "QUICK"}, noon); !slices.Equal(open, []string{"", "QUICK"}) {
		t.Errorf("open: %v", open)
	}
	if got := shares.take(dueWith("QUICK", 1)); len(got) != 1 {
		t.Error("another partner was put off")
	}
	shares.leave("QUICK")
	for left := most - 1; left > 0; left-- {
		shares.leave("SLOW")
		if told(shares) != (left == most/2) {
			t.Fatalf("with %d of %d places taken", left, most)
		}
	}
	shares.leave("SLOW")
	if shares.taken != 0 || told(shares) {
		t.Errorf("%d places are taken by nobody", shares.taken)
	}
}

func TestTheLongestDueComesFirst(t *testing.T) {
	shares := newDutyShares()
	all := dueWith("A", dutiesMost)
	want := all[0].id
	slices.Reverse(all)
	got := shares.take(all)
	if len(got) != dutiesMost/dutyPart || got[0].id != want || !slices.IsSortedFunc(got, func(x, y due) int {
		return x.at.Compare(y.at)
	}) {
		t.Errorf("%d, first %v", len(got), got[0])
	}
}

// A partner whose limits have refused a call is left alone for a while, and others are not.
func TestARestIsForOnePartner(t *testing.T) {
	shares := newDutyShares()
	shares.rest("LIMITED", noon.Add(dutyRest))
	for at, want := range map[time.Time][]string{
		noon: {"OTHER"}, noon.Add(dutyRest - 1): {"OTHER"}, noon.Add(dutyRest): {"LIMITED", "OTHER"},
	} {
		if open := shares.open([]string{"LIMITED", "OTHER"}, at); !slices.Equal(open, want) {
			t.Errorf("at %v: %v, want %v", at, open, want)
		}
	}
}

// However the duties of whatever partners come and go: nobody holds more than a part of
// what others leave at that moment, all together never more than there is, nothing is
// lost, and up to thirty partners that never answer leave a place for the next one.
func TestDutySharesKeepRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares, taken, all := newDutyShares(), map[string]int{}, 0
		partners := rapid.IntRange(1, 30).Draw(t, "partners")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			partner := fmt.Sprint(rapid.IntRange(1, partners).Draw(t, "partner"))
			if rapid.Bool().Draw(t, "leave") && taken[partner] > 0 {
				shares.leave(partner)
				taken[partner]--
				all--
				continue
			}
			before, asked := all-taken[partner], rapid.IntRange(1, 300).Draw(t, "duties")
			got := len(shares.take(dueWith(partner, asked)))
			taken[partner], all = taken[partner]+got, all+got
			if allowed := (dutiesMost - before) / dutyPart; got > 0 && taken[partner] > allowed ||
				got < asked && taken[partner] < allowed {
				t.Fatalf("%d of %d, %d are allowed, %d with others", got, asked, allowed, before)
			}
		}
		if shares.taken != all || all > dutiesMost {
			t.Fatalf("%d are taken, %d were counted", shares.taken, all)
		}
		if got := shares.take(dueWith("NEXT", 1)); len(got) != 1 {
			t.Fatalf("no room for the next with %d taken by %d", all, partners)
		}
	})
}

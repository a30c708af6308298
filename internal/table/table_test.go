package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/table"
)

func TestWrite(t *testing.T) {
	var out strings.Builder
	err := table.Write(&out, "  ", []string{"who", "amount"}, [][]string{{"Zürich", "1.00"}, {"HK", "1234.50"}}, 1)
	want := "" +
		"  who      amount\n" +
		"  ------  -------\n" +
		"  Zürich     1.00\n" +
		"  HK      1234.50\n"
	if diff := cmp.Diff(want, out.String()); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestWriteWithoutRows(t *testing.T) {
	var out strings.Builder
	if err := table.Write(&out, "", []string{"a", "bc"}, nil); err != nil || out.String() != "a  bc\n-  --\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestWriteSaysWhatFailed(t *testing.T) {
	if err := table.Write(broken{}, "", []string{"a"}, nil); err == nil {
		t.Error("a broken output went unnoticed")
	}
}

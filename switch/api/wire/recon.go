package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// KindBreakCorrect is the kind of proposal that corrects the books.
const KindBreakCorrect = "break.correct"

// Reconciled is what came of a statement.
type Reconciled struct {
	StatementID ids.ID `json:"statement_id"`
	AccountID   string `json:"account_id"`
	// Repeated says that it had been taken before, and nothing has changed.
	Repeated bool `json:"repeated"`
	// Version numbers what was taken under the statement's name, from 1; 0 if it is
	// repeated.
	Version int64 `json:"version,omitempty"`
	// Lines are those of the statement. The others count what this comparison of
	// all open lines of the account came to.
	Lines   int `json:"lines"`
	Matched int `json:"matched"`
	Broken  int `json:"broken"`
	Waiting int `json:"waiting"`
}

// ReconciledStatements are what came of the statements of a file.
type ReconciledStatements struct {
	Statements []Reconciled `json:"statements"`
}

// Break is a difference between our books and theirs.
type Break struct {
	ID         ids.ID `json:"id"`
	AccountID  string `json:"account_id"`
	Kind       string `json:"kind"`
	Ours       Amount `json:"ours"`
	Theirs     Amount `json:"theirs"`
	Difference Amount `json:"difference"`
	ValueDate  string `json:"value_date"`
	// AgeDays is how many days it has been a difference, by value date.
	AgeDays    int       `json:"age_days"`
	State      string    `json:"state"`
	Owner      string    `json:"owner,omitempty"`
	OpenedAt   time.Time `json:"opened_at"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	ClosedBy   string    `json:"closed_by,omitempty"`
	Resolution string    `json:"resolution,omitempty"`
}

// Breaks are the breaks in a state, the oldest first.
type Breaks struct {
	Breaks []Break `json:"breaks"`
}

// BreakLine is a line of one side.
type BreakLine struct {
	Side         string   `json:"side"`
	References   []string `json:"references"`
	Own          string   `json:"own_reference,omitempty"`
	Counterparty string   `json:"counterparty,omitempty"`
	Amount       Amount   `json:"amount"`
	ValueDate    string   `json:"value_date"`
	Text         string   `json:"text,omitempty"`
}

// BreakComment is what somebody has to say about a break.
type BreakComment struct {
	Author string    `json:"author"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

// BreakFile is a break with its lines and comments.
type BreakFile struct {
	Break    Break          `json:"break"`
	Lines    []BreakLine    `json:"lines"`
	Comments []BreakComment `json:"comments"`
}

// BreakNote is what is said about a break: a comment, or why it is explained.
type BreakNote struct {
	Text string `json:"text"`
}

// BreakCorrection books the difference of a break, so that our books say what
// theirs do.
type BreakCorrection struct {
	BreakID ids.ID `json:"break_id"`
	// Why is for the record, 1 to 200 characters.
	Why string `json:"why"`
}

// ReconciliationTotal is what the lines of one side come to.
type ReconciliationTotal struct {
	Side string `json:"side"`
	// Part is MATCHED, BROKEN, RESOLVED or WAITING.
	Part  string `json:"part"`
	Lines int64  `json:"lines"`
	// Minor counts minor units in digits.
	Minor string `json:"minor"`
}

// ReconciliationTotals are all lines of an account.
type ReconciliationTotals struct {
	Totals []ReconciliationTotal `json:"totals"`
}

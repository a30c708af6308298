package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// ReportFile is a file about a window that was issued to a participant.
type ReportFile struct {
	ID            ids.ID `json:"id"`
	WindowID      ids.ID `json:"window_id"`
	ParticipantID string `json:"participant_id"`
	Currency      string `json:"currency"`
	Kind          string `json:"kind"`
	// Path is the file's on the participant's file server.
	Path string `json:"path"`
	// Rows are those of details in a CSV file.
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// DueAt is when the participant is to have it.
	DueAt     time.Time `json:"due_at"`
	CreatedAt time.Time `json:"created_at"`
}

// ReportFiles are the files of a window in the order of delivery.
type ReportFiles struct {
	Files []ReportFile `json:"files"`
}

// Delivery is a file on its way to a participant's server.
type Delivery struct {
	FileID        ids.ID    `json:"file_id"`
	ParticipantID string    `json:"participant_id"`
	Path          string    `json:"path"`
	State         string    `json:"state"`
	DueAt         time.Time `json:"due_at"`
	// Attempts counts those that failed; NextAt is when a file that waits is tried
	// again.
	Attempts    int64     `json:"attempts"`
	NextAt      time.Time `json:"next_at,omitzero"`
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
	// Problem is why the last attempt failed, in the server's words.
	Problem string `json:"problem,omitempty"`
}

// Deliveries are those that wait, then those that have arrived, latest first.
type Deliveries struct {
	Deliveries []Delivery `json:"deliveries"`
}

// Redelivery asks that what waits for a participant is tried at once.
type Redelivery struct {
	ParticipantID string `json:"participant_id"`
}

// Redelivered says how many files are tried at once.
type Redelivered struct {
	Files int64 `json:"files"`
}

// Explanation is one page of the entries that a figure is made of.
type Explanation struct {
	// Figure is the figure as it was understood.
	Figure string `json:"figure"`
	// Net is what the books say of the window, whichever figure was asked for.
	Net     Amount           `json:"net"`
	Entries []ExplainedEntry `json:"entries"`
	// Next continues the listing; empty after the last page.
	Next string `json:"next,omitempty"`
}

// ExplainedEntry is an entry that a figure is made of.
type ExplainedEntry struct {
	AccountEntry
	WindowID  ids.ID `json:"window_id"`
	SubjectID ids.ID `json:"subject_id"`
	// Signed is the amount, positive where the participant is credited.
	Signed Amount `json:"signed"`
}

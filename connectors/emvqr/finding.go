package emvqr

import "fmt"

// Finding is one thing that is wrong with a code. As an error it is the reason
// for which a code is refused. It never holds a value of the code.
type Finding struct {
	// Place is the path of the object, such as "62/05", the name of a link's
	// parameter, or empty for the whole code.
	Place string `json:"place"`
	// Offset is where the object begins, in bytes from the start of the text; of
	// a consumer code, of what the base64 stands for.
	Offset int `json:"offset"`
	// Rule is the stable name of the rule that is broken, such as "crc".
	Rule string `json:"rule"`
	// Text says what the rule wants.
	Text string `json:"text"`
	// Warning is set if the code can be paid nevertheless: real posters break
	// the rule.
	Warning bool `json:"warning,omitempty"`
}

// Error implements error.
func (f *Finding) Error() string {
	place := f.Place
	if place == "" {
		place = "code"
	}
	return fmt.Sprintf("emvqr: %s (at %d): %s: %s", place, f.Offset, f.Rule, f.Text)
}

// firstError returns the first finding that is no warning.
func firstError(findings []Finding) error {
	for i := range findings {
		if !findings[i].Warning {
			return &findings[i]
		}
	}
	return nil
}

// SizeMax is the most bytes of a code: both EMV specifications and the Alipay+
// style protocol (codeValue) end at 512 characters.
const SizeMax = 512

package version

// The differences between versions that are more than additions, read off the
// official schemas of the payment messages.
var (
	// wraps are elements that hold a value, or elements, in one version, and in
	// another one more element around them: AdrTp is a code, later Cd inside.
	wraps = map[string]string{
		"AdrTp":           "Cd",
		"InstrForDbtrAgt": "InstrInf",
		"MndtRltdInf":     "DrctDbtMndt",
		"Acct":            "Id",
		"Othr":            "Id",
	}
	// moves are elements that later versions put into another one.
	moves = map[string]string{
		"AccptncDtTm":     "AddtlDtTm",
		"PoolgAdjstmntDt": "AddtlDtTm",
	}
	// renames are pairs of names for the same element.
	renames = [][2]string{
		{"PrvsInstgAgt", "PrvsInstgAgt1"},
		{"PrvsInstgAgtAcct", "PrvsInstgAgt1Acct"},
		{"AdmstnZn", "AdmstnZone"},
		{"Chrgs", "ChrgsInf"},
	}
)

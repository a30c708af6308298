package match

// Evidence is what of an alignment tells whether two names that score the same are
// one: [Match] has it, and `measure -fit` fits the points by it.
type Evidence struct {
	// Agreement is the score by the words alone, in basis points.
	Agreement int
	// Rare is the weight, by similarity, of words that tell something and agree and
	// that few names have.
	Rare int
	// CommonLeft says whether a common name of the query agrees with none, while not
	// so much agrees that it outweighs differences.
	CommonLeft bool
}

// rareOver is the weight that words of few names exceed; a common name has less.
const rareOver = 720

// points are taken off a score whose feature is below from.
type points struct{ from, off int }

// Fitted by `measure -fit`: how many points names lose whose evidence is poor.
// The more agrees, the less is lost.
var (
	rarePoints   = []points{{678, 375}, {744, 231}}
	commonPoints = 186
)

// pointsFrom is how far from full a score is that loses all of its points; one that
// is nearer loses its share, so that equal names lose nothing.
const pointsFrom = 1_000

// lower is the agreement less what speaks against the evidence. It never turns the
// order of two of the same evidence, and more evidence never lowers it.
func (e Evidence) lower() int {
	score := e.Agreement
	off := 0
	for _, p := range rarePoints {
		if e.Rare < p.from {
			off += p.off
		}
	}
	if e.CommonLeft {
		off += commonPoints
	}
	return max(0, score-off*min(full-score, pointsFrom)/pointsFrom)
}

// evidence weighs the alignment that was scored last.
func (c *comparison) evidence(agreement int) Evidence {
	e := Evidence{Agreement: agreement}
	for _, chosen := range c.chosen {
		if chosen.weight > rareOver && c.strength(chosen) > 1 {
			e.Rare += int(chosen.value())
		}
	}
	for i, t := range c.query.tokens {
		left := c.usedQuery>>i&1 == 0
		e.CommonLeft = e.CommonLeft || left && t.class == commonWord && e.Rare <= evidenceFrom
	}
	return e
}

// Package instruct turns the net figures of a closed window into obligations:
// one figure per participant and currency against the hub, each with the
// settlement instruction (pacs.009) that discharges it.
package instruct

package instruct

import (
	"github.com/causeway-pay/causeway/internal/ids"
)

// References are what banks know the obligation by: the references and UETRs of
// all its instructions.
func (o Obligation) References() []string {
	list := []string{compact(o.ID), ids.ID(uetr(o.ID)).String()}
	for last := o.Attempt; last > 1; last-- {
		o.Attempt = last
		id := o.instructionID()
		list = append(list, compact(id), ids.ID(uetr(id)).String())
	}
	return list
}

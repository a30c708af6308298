package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/instruct"
)

// grossBatch is how many instructions one call hands over: what is signed and written
// in a second.
const grossBatch = 500

// InstructGross hands instructions about single payments that wait to the settlement
// banks, as files in instructions/REGION-gross/DAY below a directory, each with the
// hub's signature, and returns their paths; fewer than it takes in one call when none
// is left. After a crash it writes the same files again.
func (e *Engine) InstructGross(ctx context.Context, dir string) (paths []string, more bool, err error) {
	const op = "engine.InstructGross"
	waiting, err := instruct.WaitingIn(ctx, e.Pool, e.options.Region, grossBatch)
	if err != nil || len(waiting) == 0 {
		return nil, false, err
	}
	handed := make([]ids.ID, len(waiting))
	for i, w := range waiting {
		folder := filepath.Join(dir, "instructions", e.options.Region+"-gross", w.Day.Format("20060102"))
		written, err := e.writeInstruction(ctx, folder, w.File)
		if err != nil {
			return nil, false, reason.Wrap(reason.Unknown, op, err)
		}
		paths, handed[i] = append(paths, written...), w.InstructionID
	}
	err = e.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return instruct.HandedOver(ctx, tx, e.options.Region, handed)
	})
	return paths, len(waiting) == grossBatch, err
}

// writeInstruction writes an instruction with the hub's signature beside it.
func (e *Engine) writeInstruction(ctx context.Context, folder string, file instruct.File) ([]string, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, fmt.Errorf("engine: instructions: %w", err)
	}
	path := filepath.Join(folder, file.Name)
	if err := os.WriteFile(path, file.Body, 0o640); err != nil {
		return nil, fmt.Errorf("engine: instructions: %w", err)
	}
	if e.Signer == nil {
		return []string{path}, nil
	}
	return []string{path, path + signatureSuffix}, e.sign(ctx, path, file.Body)
}

package feed

import "context"

// Hear follows a broadcast.
func (f *Feed) Hear(ctx context.Context, data []byte) { f.hear(ctx, data) }

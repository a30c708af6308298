package node

import "context"

// InboxMax is the longest message that the inbox takes.
const InboxMax = inboxMax

// EmptyInbox takes what lies in a directory, once.
func (n *Node) EmptyInbox(ctx context.Context, dir string) error { return n.emptyInbox(ctx, dir) }

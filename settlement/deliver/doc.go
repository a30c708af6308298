// Package deliver brings report files to the file servers of partners over SFTP.
//
// A file is written under another name beside its own and renamed when it is
// whole, so that a partner sees it complete or not at all. What broke off is
// resumed where it stopped; that is safe because a report that is issued again
// has the same bytes, and a resumed file is read back before it gets its name.
// Files of a participant go out in order, the checksums and their signature
// last, and none is given up: a server that is away is tried again after 30 s,
// then twice as long each time up to an hour.
//
// The server's host keys are pinned: no key is trusted because it is the first
// that was seen.
package deliver

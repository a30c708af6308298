// Package canary sends unmistakable words through every personal field of the
// real hub, on good ways and bad ones, and then looks for them everywhere that
// personal data must not be: logs, traces, metrics, events, the broker's files,
// health, other partners' answers, and every column of the database but the few
// that hold it on purpose. It also follows one payment's trace from the
// partner's request to the notification.
package canary

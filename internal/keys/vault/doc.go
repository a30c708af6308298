// Package vault keeps keys and secrets in HashiCorp Vault: signing keys in the
// Transit engine, configuration values in the KV engine (version 2), and
// credentials of PostgreSQL that Vault makes and ends in the database engine.
//
// Private keys never enter the process: what is to be signed goes to Vault, and
// the signature comes back. Public keys are fetched, and verification is local.
//
// The process proves who it is by a token (development), by an AppRole whose
// secret id comes in a wrapping that can be opened once, or by its Kubernetes
// service account. [Client.Run] renews the token, and logs in again when it ends.
package vault

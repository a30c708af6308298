// Package api is the operators' side of the switch: a REST API under /v1 for
// treasury, compliance and operations, with an OpenAPI 3.1 document at
// /openapi.json.
//
// Operators are people with roles and a bearer token. A token is known to its
// holder alone: the database keeps its SHA-256, and a new operator hands in the
// hash of a token that he made himself. Credentials of participants open nothing
// here: the only header that is looked at is Authorization.
//
// What moves money or power needs four eyes: a [Proposal] is bound to the hash
// of one exact change and applied when another person approves that hash before
// it expires. Approval, application and audit entry are one commit. Other parts
// of the switch add a [Kind] and get the same treatment.
//
// Every action is in the audit log with its actor, and so are reads of personal
// data and refused attempts. The log is only ever added to.
package api

// Package db is the one way to the database: a pool, transactions that are
// retried as a whole, migrations, and the classification of errors.
//
// Production runs on CockroachDB, development on PostgreSQL 15 or newer, with
// the very same SQL. Every transaction is SERIALIZABLE and every COMMIT error
// is inspected; a new attempt is a new transaction.
package db

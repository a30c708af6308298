package sqllint

// banned lists the constructs that can be recognised by their words.
func banned() []ban {
	return append(append(bannedStatements(), bannedTypes()...), bannedWords()...)
}

func bannedStatements() []ban {
	return []ban{
		{"notify", []string{"^LISTEN", "^UNLISTEN", "^NOTIFY", "PG_NOTIFY"},
			"CockroachDB has none: use the outbox and the bus"},
		{"advisory", []string{"PG_ADVISORY*", "PG_TRY_ADVISORY*"},
			"a no-op on CockroachDB, where two holders both believe they won: use a lease row"},
		{"code", []string{"CREATE TRIGGER", "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE RULE", "OR REPLACE",
			"CONSTRAINT TRIGGER", "LANGUAGE PLPGSQL", "^DO", "^CALL"},
			"partial on CockroachDB: write it in Go"},
		{"type", []string{"CREATE TYPE", "ALTER TYPE", "AS ENUM"},
			"enums change asynchronously on CockroachDB, composites differ: use TEXT with a named CHECK"},
		{"absent", []string{"CREATE DOMAIN", "EXCLUDE USING", "FOREIGN DATA", "CREATE FOREIGN", "LO_IMPORT", "LO_EXPORT",
			"CREATE EXTENSION", "CREATE POLICY", "ROW LEVEL SECURITY"},
			"missing or different on CockroachDB: use CHECK constraints, columns and scoped stores"},
		{"merge", []string{"^MERGE", "MERGE INTO"}, "absent on CockroachDB: use INSERT ... ON CONFLICT"},
		{"lock", []string{"^LOCK", "LOCK TABLE"}, "absent on CockroachDB: use constraints and SERIALIZABLE"},
		{"vacuum", []string{"^VACUUM", "^ANALYZE", "^CLUSTER", "^REINDEX"}, "maintenance belongs to the operator"},
		{"cursor", []string{"^DECLARE", "^FETCH", "CURSOR FOR"}, "limited on CockroachDB: use keyset pages"},
		{"temporary", []string{"CREATE TEMP", "CREATE TEMPORARY", "CREATE UNLOGGED"}, "experimental on CockroachDB"},
		{"transaction", []string{"^BEGIN", "^COMMIT", "^ROLLBACK", "^START TRANSACTION", "ISOLATION LEVEL"},
			"db.InTx owns transactions and their isolation"},
		{"savepoint", []string{"^SAVEPOINT", "^RELEASE", "ROLLBACK TO"},
			"a retry inside a savepoint loses writes on PostgreSQL: db.InTx starts a new transaction"},
		{"set", []string{"^SET", "SET LOCAL", "SET SESSION", "^RESET"},
			"does not roll back alike: set runtime parameters of the connection"},
		{"truncate", []string{"^TRUNCATE"}, "a schema change on CockroachDB: use DELETE or a fresh database"},
		{"concurrently", []string{"CONCURRENTLY"}, "ignored on CockroachDB: build the index in a step of its own"},
		{"copy", []string{"^COPY"}, "errors differ: use a multi-row INSERT"},
	}
}

func bannedTypes() []ban {
	return []ban{
		{"serial", []string{"SERIAL", "SERIAL2", "SERIAL4", "SERIAL8", "BIGSERIAL", "SMALLSERIAL", "AS IDENTITY",
			"CREATE SEQUENCE", "NEXTVAL (", "CURRVAL (", "LASTVAL (", "SETVAL ("},
			"not ordered on CockroachDB, or slow: make a UUIDv4 in the application"},
		{"integer", []string{"INT", "INTEGER", "INT4"}, "64 bits on CockroachDB, 32 on PostgreSQL: say BIGINT or SMALLINT"},
		{"decimal", []string{"NUMERIC", "DECIMAL", "DEC", "MONEY", "FLOAT*", "REAL", "DOUBLE PRECISION", "AVG ("},
			"range and text differ: BIGINT minor units; a rate is a BIGINT mantissa and a SMALLINT scale"},
		{"range", []string{"INT4RANGE", "INT8RANGE", "NUMRANGE", "TSRANGE", "TSTZRANGE", "DATERANGE", "XML", "HSTORE"},
			"absent on CockroachDB: use two columns, child tables or BYTEA"},
		{"nested", []string{"[ ] [ ]"}, "nested arrays are absent on CockroachDB: use a child table"},
		{"timestamp", []string{"TIMESTAMP", "TIME", "TIMETZ"}, "use TIMESTAMPTZ, in UTC"},
	}
}

func bannedWords() []ban {
	return []ban{
		{"ordered-key", []string{"UUIDV7", "UUID_GENERATE_V1", "GEN_RANDOM_ULID"},
			"a key ordered by time is a hot spot on CockroachDB: use UUIDv4 or a shard prefix"},
		{"cockroach", []string{"USING HASH", "TTL_EXPIR*", "LOCALITY", "STORING (", "^UPSERT",
			"AS OF SYSTEM", "//", "UNIQUE_ROWID", "REGIONAL BY", "WITHOUT INDEX"},
			"CockroachDB only: such extras live in deploy/crdb"},
		{"deferrable", []string{"DEFERRABLE", "INITIALLY"},
			"absent on CockroachDB: check inside the transaction"},
		{"divide", []string{"/"}, "7/2 is 3 on PostgreSQL and 3.5 on CockroachDB: divide in Go, with the rounding named"},
		{"bitwise", []string{"&", "|", "^", "#", "<<", ">>", "~"}, "precedence differs: do it in Go"},
		{"share", []string{"FOR SHARE", "FOR KEY SHARE", "FOR NO KEY"},
			"no correctness by row locks: they are best-effort on CockroachDB"},
		{"collate", []string{"COLLATE"}, "collations differ: order by ids and times, databases have C collation"},
		{"alter-type", []string{"SET DATA TYPE"}, "not in place on CockroachDB: expand, backfill, contract"},
		{"now", []string{"NOW (", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP",
			"CLOCK_TIMESTAMP", "STATEMENT_TIMESTAMP", "TRANSACTION_TIMESTAMP", "TIMEOFDAY"},
			"differs per attempt and cannot be tested: pass the time of the injected clock"},
		{"zone", []string{"AT TIME ZONE"}, "time zones are a matter of the reader: store and compare UTC"},
		{"catalog", []string{"XMIN", "XMAX", "CTID", "PG_*"}, "absent on CockroachDB: use a version BIGINT column"},
	}
}

// Package xsd compiles the official XML schemas of ISO 20022 into the tables of
// package schema. It takes exactly the part of XML Schema that those schemas
// use, and refuses anything else, so that nothing is ever ignored: a schema that
// compiles means what its table says.
package xsd

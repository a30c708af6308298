package iso20022

//go:generate go run ./generate

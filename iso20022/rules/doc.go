// Package rules checks ISO 20022 messages beyond their schema: whether their
// elements agree with one another (layer business), whether identifiers, codes
// and amounts are formally right (layer identifier), and whether a market
// practice accepts them (layer profile).
//
// [Check] takes what package wire has read and returns everything that is wrong
// with it, each with line, path, rule and reason code. [Answer] makes the
// message that tells the sender so.
//
// The rules of the standard stand in the message definition reports (MDR, part
// 2) of each message set as constraints C1, C2 and so on, numbered anew in each
// version of each message. [Catalogue] lists those that are checked here with
// the numbers that they have in the newest reports at hand:
//
//	Payments Clearing and Settlement, maintenance 2019/2020:
//	  pacs.002.001.11 pacs.003.001.08 pacs.004.001.10 pacs.007.001.10 pacs.008.001.09 pacs.009.001.09 pacs.010.001.04
//	  pacs.028.001.04
//	Payments Initiation, maintenance 2019/2020: pain.001.001.10 pain.002.001.11
//	Creditor Payment Activation Request, maintenance 2019/2020: pain.013.001.08 pain.014.001.08
//	Exceptions and Investigations, maintenance 2019/2020: camt.029.001.10 camt.056.001.09
//	Bank-to-Customer Cash Management, maintenance 2018/2019: camt.052.001.08 camt.053.001.08 camt.054.001.08
//
// The reports on acmt.023 and acmt.024 have no rules but those of identifiers, and
// there was none on pacs.029 at hand, whose rules have no numbers.
//
// Other versions say the same under other numbers; so the stable name of a rule
// is its speaking one, which follows the number. Guidelines of the standard are
// warnings. What the reports say only in the definition of an element, such as
// what NumberOfTransactions counts, has no number.
//
// Profiles are data: see [Load]. External code lists are data, too, with the
// date of their edition: see [CodeSet].
package rules

// Package source fetches exchange rates from where others publish them: the
// reference rates of the European Central Bank in both of its forms, and any
// table in CSV or JSON whose columns a configuration names. Files and HTTP are
// read alike.
//
// A source that is pushed needs nothing here: a provider states its rates over
// the operators' API, and two people may state one by hand.
package source

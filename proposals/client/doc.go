// Package client knows what IKEv2 clients offer: the defaults of products, by
// names that stay, and what a user's own configuration makes of them, read from
// the files that the products keep it in.
//
// A [Policy] is one client's offer with its source. Each configuration syntax
// has an importer in a file of its own, named for the syntax. All of it is
// pure: who reads files is the caller.
package client

// Package baseline says what published documents require of the algorithms of
// an IKE SA, which algorithms a gateway should not accept, and which ones to move
// to.
//
// The tables are data files with the words of the documents, the place in them
// and how far each row was checked. A scan of IKE_SA_INIT sees encryption,
// PRF, integrity and key exchange; rows on other matters are not observable
// and never match an algorithm. The levels of RFC 8247 are for implementers: a
// MAY is no recommendation, and a gateway need not accept every MUST.
package baseline

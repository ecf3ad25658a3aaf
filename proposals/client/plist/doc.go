// Package plist reads property lists, in XML and in Apple's binary form, and the
// CMS SignedData that a signed one is wrapped in. Its reader of XML keeps the
// line of each element, and reads other XML, too.
//
// Input is hostile: how deep values nest is bounded, and errors quote nothing
// of the text.
package plist

// Package archive keeps the targets of reports in files, and reads them from there
// one at a time: of many targets, memory holds no more than their names.
package archive

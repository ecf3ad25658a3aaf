// Package table reads the tables that are part of the program: CSV with
// comments and a heading.
package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Row is a row of a table: its cells by the names of their columns.
type Row map[string]string

// Read returns the rows of a table, which is CSV (RFC 4180). Lines that begin
// with # are comments; the first other line is the heading, and has exactly
// these columns. A row with more or fewer cells is an error.
func Read(text string, columns ...string) ([]Row, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment = '#'
	records, err := r.ReadAll()
	switch {
	case err != nil:
		return nil, err
	case len(records) == 0:
		return nil, errors.New("it has no heading")
	case !slices.Equal(records[0], columns):
		return nil, fmt.Errorf("its columns are %q, want %q", records[0], columns)
	}
	rows := make([]Row, 0, len(records)-1)
	for _, cells := range records[1:] {
		row := make(Row, len(columns))
		for i, column := range columns {
			row[column] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// MustRead is [Read] of an embedded table, a fault in which is a programmer's: it
// panics with name, that of its file.
func MustRead(name, text string, columns ...string) []Row {
	rows, err := Read(text, columns...)
	if err != nil {
		panic("table: internal error: " + name + ": " + err.Error())
	}
	return rows
}

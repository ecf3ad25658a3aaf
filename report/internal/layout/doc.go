// Package layout lays out text for people: pages of lines with labels at the left,
// paragraphs of a limited width, and amounts in words.
package layout

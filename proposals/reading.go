package proposals

import (
	"fmt"
	"strconv"
	"strings"
)

// ReadProducts reads proposals as people type them: as [ParseProducts] does, and where
// it fails with the names that algorithms have elsewhere, such as GCMAES256,
// ENCR_AES_GCM_16_256 or 14 for a Diffie-Hellman group, between hyphens, slashes or
// blanks. What a proposal lacks is completed as strongSwan completes it, and completed
// says so, a sentence for each. Nothing is guessed: a word that may mean several things,
// or nothing, is an error.
func ReadProducts(s string) (products []Product, completed []string, err error) {
	list := strings.Split(s, ",")
	for i, text := range list {
		text = strings.TrimSpace(text)
		p, note, err := readProduct(text)
		if err != nil {
			if len(list) > 1 {
				err = fmt.Errorf("proposal %d of %d: %w", i+1, len(list), err)
			}
			return nil, nil, err
		}
		products = append(products, p)
		if note != "" {
			completed = append(completed, note)
		}
	}
	return products, completed, nil
}

func readProduct(text string) (Product, string, error) {
	p, err := ParseProduct(text)
	if err == nil {
		return p, "", nil
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '/' || r == ' ' })
	for i, word := range words {
		words[i] = keywordOf(word)
	}
	p, note, failed := CompleteProduct(strings.Join(words, "-"))
	if failed != nil && strings.EqualFold(strings.Join(words, "-"), text) {
		return Product{}, "", err // which is of what was typed
	}
	if failed != nil {
		return Product{}, "", failed
	}
	if note != "" {
		note = fmt.Sprintf("%q is completed as strongSwan does, to %v: it %s", text, p, note[:strings.Index(note+";", ";")])
	}
	return p, note, nil
}

// keywordOf returns the keyword of an algorithm that word names; word itself, if that is
// not known.
func keywordOf(word string) string {
	if _, err := ParseAlgorithm(word); err == nil {
		return word
	}
	if _, err := strconv.ParseUint(word, 10, 16); err == nil {
		word = "group" + word // alone, numbers are those of groups
		if found := fromOtherName(word); len(found) == 1 {
			return found[0]
		}
		return strings.TrimPrefix(word, "group")
	}
	if found := fromOtherName(word); len(found) == 1 {
		return found[0]
	}
	return word
}

package report

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MakeValid replaces each octet of t's strings that is not UTF-8 by its value, as in
// \xff: JSON cannot hold it, so that what is written of t would not be what is written
// of a saved t.
func (t *Target) MakeValid() { makeValid(reflect.ValueOf(t).Elem()) }

func makeValid(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			v.SetString(validText(s))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			makeValid(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			makeValid(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				makeValid(v.Field(i))
			}
		}
	}
}

func validText(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[0])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

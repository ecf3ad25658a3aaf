// Package printed makes copies of documents that are safe to look at.
package printed

import (
	"reflect"

	"github.com/ikescope/ikescope/ike/printable"
)

// Copy returns a copy of what v points to, and of all that it refers to, in which
// every string is fit for a terminal.
func Copy[T any](v *T) *T {
	return copied(reflect.ValueOf(v), printable.Text[string]).Interface().(*T)
}

// ASCII is Copy with nothing but ASCII in the strings.
func ASCII[T any](v *T) *T {
	return copied(reflect.ValueOf(v), func(s string) string { return printable.ASCII(printable.Text(s)) }).Interface().(*T)
}

func copied(v reflect.Value, text func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(text(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(copied(v.Elem(), text))
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i), text))
		}
	case reflect.Struct:
		out.Set(v) // what is not exported, as in a time
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i), text))
			}
		}
	default:
		return v
	}
	return out
}

package template

import (
	"reflect"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
)

// printableCopy returns a copy of doc in which every string is fit for a terminal.
func printableCopy(doc *report.Document) *report.Document {
	return escaped(reflect.ValueOf(doc)).Interface().(*report.Document)
}

// escaped returns a copy of v, and of all that it refers to.
func escaped(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(printable.Text(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(escaped(v.Elem()))
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(escaped(v.Index(i)))
		}
	case reflect.Struct:
		out.Set(v) // what is not exported, as in a time
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(escaped(v.Field(i)))
			}
		}
	default:
		return v
	}
	return out
}

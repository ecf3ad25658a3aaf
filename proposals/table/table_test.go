package table

import (
	"reflect"
	"testing"
)

func TestRead(t *testing.T) {
	got, err := Read("# about\na,b\n1,\"x, y\"\n# more\n2,\n", "a", "b")
	want := []Row{{"a": "1", "b": "x, y"}, {"a": "2", "b": ""}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":            "it has no heading",
		"# about\n":   "it has no heading",
		"a,c\n1,2\n":  `its columns are ["a" "c"], want ["a" "b"]`,
		"a\n1\n":      `its columns are ["a"], want ["a" "b"]`,
		"a,b\n1\n":    "record on line 2: wrong number of fields",
		"a,b\n1,\"\n": `parse error on line 2, column 5: extraneous or missing " in quoted-field`,
	} {
		if rows, err := Read(in, "a", "b"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v, want %s", in, rows, err, want)
		}
	}
}

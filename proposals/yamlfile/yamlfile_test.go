package yamlfile

import (
	"errors"
	"testing"
)

func TestTop(t *testing.T) {
	for text, want := range map[string]Error{
		"":                    {Err: ErrEmpty},
		"# nothing\n":         {Err: ErrEmpty},
		"a: 1\n---\nb: 2\n":   {Err: ErrSecond, Line: 2},
		"a: 1\n---\nb: [\n":   {Err: ErrSyntax, Line: 3},
		"a: [":                {Err: ErrSyntax, Line: 1},
		"a: *b":               {Err: ErrSyntax},
		"a: \"\x1b[31m":       {Err: ErrSyntax},
		"a: 1\nb: 2\n c: 3\n": {Err: ErrSyntax, Line: 3},
	} {
		_, err := Top([]byte(text))
		var got *Error
		if !errors.As(err, &got) || !errors.Is(err, want.Err) || want.Line != 0 && got.Line != want.Line {
			t.Errorf("%q: %#v, want %v in line %d", text, got, want.Err, want.Line)
		}
	}
	n, err := Top([]byte("# of ours\nrate: 20\n"))
	if err != nil || len(n.Content) != 2 || n.Content[1].Value != "20" || n.Content[0].Line != 2 {
		t.Errorf("%+v, %v", n, err)
	}
}

// FuzzTop: a file of whatever octets has a document or an error of ours.
func FuzzTop(f *testing.F) {
	f.Add([]byte("a: &x [1, 2]\nb: *x\n"))
	f.Add([]byte("--- |\n\xff\n...\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Top(data)
		var ours *Error
		if (n == nil) == (err == nil) || err != nil && !errors.As(err, &ours) {
			t.Errorf("%v, %v", n, err)
		}
	})
}

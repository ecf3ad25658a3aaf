package proposals

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFileError(t *testing.T) {
	for _, tt := range []struct {
		in   FileError
		want string
	}{
		{FileError{Problem: "it is empty"}, `it is empty`},
		{FileError{Line: 3, Token: "aes265", Problem: "is wrong"}, `line 3: "aes265" is wrong`},
		{FileError{File: "a b.conf", Line: 3, Token: "aes265", Problem: "is wrong"}, `a b.conf:3: "aes265" is wrong`},
		{FileError{File: "a.conf", Problem: "it is empty"}, `a.conf: it is empty`},
		// What a terminal would act on is escaped.
		{FileError{File: "a\x1b[2J", Token: "\x1b]0;x\a", Problem: "is wrong"}, `a\u{1b}[2J: "\x1b]0;x\a" is wrong`},
		{FileError{Token: strings.Repeat("x", 200), Problem: "is long"}, `"` + strings.Repeat("x", 100) + `"... is long`},
	} {
		if got := tt.in.Error(); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.in, got, tt.want)
		}
	}
}

// In names the file of a copy, which errors.As finds behind a wrap.
func TestFileErrorIn(t *testing.T) {
	e := &FileError{Line: 3, Problem: "it is wrong"}
	var got *FileError
	if !errors.As(fmt.Errorf("--client: %w", e.In("a.conf")), &got) || got.File != "a.conf" || got.Line != 3 || e.File != "" {
		t.Errorf("%+v of %+v", got, e)
	}
}

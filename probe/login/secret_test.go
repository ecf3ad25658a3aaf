package login

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSecretsDoNotPrint: by no verb and in no encoding, alone or within credentials.
func TestSecretsDoNotPrint(t *testing.T) {
	const password = "Ar3etTnp"
	key := newKey(t)
	c := Credentials{Method: MSCHAPv2, User: "carol", Password: NewSecret([]byte(password)), PSK: NewSecret([]byte(password)), Key: NewKey(key)}
	forms := []string{password, fmt.Sprintf("%x", password), fmt.Sprintf("%X", password), fmt.Sprint([]byte(password)), fmt.Sprintf("%#v", []byte(password)), "QXIzZXRUbnA", "D:"}
	var printed []string
	for _, v := range []any{c, &c, c.Password, &c.Password, c.Key, &c.Key, []Secret{c.PSK}, map[string]Secret{"psk": c.PSK}, struct{ S Secret }{c.PSK}, fmt.Errorf("%v", c)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%o"} {
			printed = append(printed, fmt.Sprintf(verb, v))
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		y, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("login", "credentials", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("login", "credentials", v)
		printed = append(printed, string(j), string(y), log.String())
	}
	for _, s := range printed {
		for _, form := range forms {
			if strings.Contains(s, form) {
				t.Errorf("%q holds %q", s, form)
			}
		}
	}
	if got := string(c.Password.Reveal()); got != password {
		t.Errorf("it is revealed as %q", got)
	}
}

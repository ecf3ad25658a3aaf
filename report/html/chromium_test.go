package html

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is a headless Chromium that is told what to do by a pipe.
type browser struct {
	in      io.Writer
	out     *bufio.Reader
	session string // of its page
	last    int    // number of a command
	// logged are messages of the page's console, and errors of its scripts.
	logged []string
}

// startBrowser starts Chromium, or skips the test where there is none.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: install chromium")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // if it hangs
	commandsOut, commandsIn, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	eventsOut, eventsIn, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp("", "chromium")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--user-data-dir="+home, "--remote-debugging-pipe", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.ExtraFiles = []*os.File{commandsOut, eventsIn} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	commandsOut.Close()
	eventsIn.Close()
	b := &browser{in: commandsIn, out: bufio.NewReader(eventsOut)}
	t.Cleanup(func() {
		_, _ = b.call("Browser.close", nil)
		_ = cmd.Wait() // however it ends
		cancel()
		commandsIn.Close()
		eventsOut.Close()
		// Its helpers may write there a moment longer; what is left then is no fault.
		for range 50 {
			if os.RemoveAll(home) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	target := struct{ TargetID string }{}
	b.must(t, "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	attached := struct{ SessionID string }{}
	b.must(t, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.must(t, domain+".enable", nil, nil)
	}
	return b
}

// message is one in either direction.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func (b *browser) call(method string, params any) (json.RawMessage, error) {
	b.last++
	id := b.last
	raw, err := json.Marshal(message{ID: id, SessionID: b.session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	if _, err := b.in.Write(append(raw, 0)); err != nil {
		return nil, err
	}
	for {
		m, err := b.next()
		if err != nil {
			return nil, err
		}
		if m.ID == id {
			if m.Error != nil {
				return nil, errors.New(m.Error.Message)
			}
			return m.Result, nil
		}
	}
}

// next reads a message, and keeps what it says of the page.
func (b *browser) next() (message, error) {
	raw, err := b.out.ReadBytes(0)
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(raw[:len(raw)-1], &m); err != nil {
		return message{}, err
	}
	switch m.Method {
	case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening":
		b.logged = append(b.logged, string(raw[:len(raw)-1]))
	}
	return m, nil
}

func (b *browser) must(t *testing.T, method string, params, result any) {
	t.Helper()
	raw, err := b.call(method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(raw, result)
	}
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
}

// open shows a page, and waits until it is loaded.
func (b *browser) open(t *testing.T, page string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	b.logged = nil
	b.must(t, "Page.navigate", map[string]any{"url": "file://" + path}, nil)
	for loaded := false; !loaded; loaded = b.eval(t, "document.readyState === 'complete' && location.protocol === 'file:'") == "true" {
	}
}

// eval returns the value of an expression as JSON.
func (b *browser) eval(t *testing.T, expression string) string {
	t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	b.must(t, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		t.Fatalf("%s: %s", expression, r.ExceptionDetails.Text)
	}
	return string(r.Result.Value)
}

// press presses a key once.
func (b *browser) press(t *testing.T, key string) {
	t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13}
	text := map[string]string{"Enter": "\r"}[key]
	b.must(t, "Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": codes[key], "text": text}, nil)
	b.must(t, "Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": codes[key]}, nil)
}

// tabTo presses Tab until the element that has the focus is the one.
func (b *browser) tabTo(t *testing.T, isIt string) {
	t.Helper()
	for range 400 {
		b.press(t, "Tab")
		if b.eval(t, "(function (e) { return "+isIt+"; })(document.activeElement)") == "true" {
			return
		}
	}
	t.Fatalf("no Tab leads to %s", isIt)
}

// TestChromium looks at reports as people do: with a screen of each kind, and by
// keyboard alone.
func TestChromium(t *testing.T) {
	b := startBrowser(t)
	many := written(t, document(t, "weak-behind-nat", "strongswan-default", "dead", "hostile"))

	t.Run("quiet", func(t *testing.T) {
		for name, page := range examplePages(t) {
			b.open(t, page)
			if got := b.eval(t, "document.title"); strings.HasPrefix(got, `"owned`) {
				t.Errorf("%s: a script of the gateway ran", name)
			}
			if name != "nothing" && b.eval(t, "document.querySelectorAll('th button, .copier').length > 0") != "true" {
				t.Errorf("%s: our own script did not run", name)
			}
			if len(b.logged) > 0 {
				t.Errorf("%s: the browser says %v", name, b.logged)
			}
		}
	})

	// Even if something of a gateway's reached the page as it is.
	t.Run("policy", func(t *testing.T) {
		page := strings.Replace(many, "<main", `<script>document.title='owned'</script><img src=x onerror="document.title='owned'"><style>body{display:none}</style><main`, 1)
		b.open(t, page)
		if got := b.eval(t, "document.title"); got != `"IKE report"` {
			t.Errorf("the title is %s", got)
		}
		if b.eval(t, "getComputedStyle(document.body).display") != `"block"` {
			t.Error("a style took effect that is not ours")
		}
		if refused := strings.Join(b.logged, "\n"); strings.Count(refused, "Content Security Policy") < 3 {
			t.Errorf("the browser refused only %s", refused)
		}
	})

	t.Run("keyboard", func(t *testing.T) {
		b.open(t, many)
		names := "Array.from(document.querySelectorAll('table.sortable tbody')[0].rows, r => r.cells[0].querySelector('a').textContent)"
		before := b.eval(t, names)
		b.tabTo(t, "e.textContent === 'target'")
		b.press(t, "Enter")
		if got, want := b.eval(t, names), `["dead.example","evil\\u{1b}]0;owned\\u{7}.example","old-gw.example","vpn.example.com"]`; got != want || got == before {
			t.Errorf("sorted by name: %s", got)
		}
		if got := b.eval(t, "document.querySelector('th[aria-sort]').getAttribute('aria-sort')"); got != `"ascending"` {
			t.Errorf("the order is said to be %s", got)
		}
		b.press(t, "Enter")
		if got := b.eval(t, names+"[0]"); got != `"vpn.example.com"` {
			t.Errorf("sorted the other way round: %s", got)
		}
		b.tabTo(t, "e.textContent === 'critical'")
		b.press(t, "Enter")
		b.press(t, "Enter")
		if got := b.eval(t, names+"[0]"); got != `"old-gw.example"` {
			t.Errorf("sorted by critical findings: %s", got)
		}
		b.eval(t, "document.execCommand = function () { window.taken = document.querySelector('textarea').value; return true; }; Object.defineProperty(navigator, 'clipboard', {value: undefined})")
		b.tabTo(t, "e.className === 'copier'")
		b.press(t, "Enter")
		if got := b.eval(t, "window.taken"); !strings.Contains(got, "remove des from the gateway's IKE proposals") {
			t.Errorf("copied: %s", got)
		}
		b.tabTo(t, "e.tagName === 'SUMMARY' && !e.parentElement.open")
		b.press(t, "Enter")
		if b.eval(t, "document.activeElement.parentElement.open") != "true" {
			t.Error("Enter does not unfold")
		}
		b.eval(t, "location.hash = '#t1-x8'")
		if b.eval(t, "new Promise(done => setTimeout(() => done(document.getElementById('t1-x8').closest('details').open), 0))") != "true" {
			t.Error("a link to an exchange does not unfold the list")
		}
	})

	t.Run("print", func(t *testing.T) {
		b.open(t, loginOf(t, exampleLogin(), ""))
		b.eval(t, "window.dispatchEvent(new Event('beforeprint'))")
		if got := b.eval(t, "[document.querySelectorAll('td details[open]').length > 0, document.querySelectorAll('details:not(.all):not([open])').length, document.querySelectorAll('details.all[open]').length].join()"); got != `"true,0,0"` {
			t.Errorf("unfolded on paper, folded, exchanges: %s", got)
		}
	})

	t.Run("narrow", func(t *testing.T) {
		for _, page := range []string{captureOf(t, exampleCapture()), storiesOf(t, exampleStories()), loginOf(t, exampleLogin(), ""), diffOf(t, exampleDiff(), ""), adviceOf(t, exampleAdvice(), "")} {
			b.open(t, page)
			b.must(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
			if got := b.eval(t, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); got != "0" {
				t.Errorf("%s is %s pixels wider than the screen", b.eval(t, "document.title"), got)
			}
		}
		b.must(t, "Emulation.clearDeviceMetricsOverride", nil, nil)
	})

	t.Run("screens", func(t *testing.T) {
		b.open(t, many)
		for _, width := range []int{320, 500, 1200} {
			b.must(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
			if got := b.eval(t, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); got != "0" {
				wide := b.eval(t, "Array.from(document.querySelectorAll('main *')).filter(e => !e.closest('.wide') && e.getBoundingClientRect().right > document.documentElement.clientWidth).slice(0, 5).map(e => e.outerHTML.slice(0, 120))")
				t.Errorf("at %d pixels the page is %s wider than the screen: %s", width, got, wide)
			}
		}
		b.must(t, "Emulation.clearDeviceMetricsOverride", nil, nil)
		background := "getComputedStyle(document.body).backgroundColor"
		for scheme, want := range map[string]string{"light": `"rgb(255, 255, 255)"`, "dark": `"rgb(13, 17, 23)"`} {
			b.must(t, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
			if got := b.eval(t, background); got != want {
				t.Errorf("%s: the background is %s", scheme, got)
			}
		}
		b.must(t, "Emulation.setEmulatedMedia", map[string]any{"media": "print", "features": []any{map[string]any{"name": "prefers-color-scheme", "value": "dark"}}}, nil)
		if got := b.eval(t, background); got != `"rgb(255, 255, 255)"` {
			t.Errorf("in print the background is %s", got)
		}
		if got := b.eval(t, "getComputedStyle(document.querySelector('.copier')).display"); got != `"none"` {
			t.Errorf("in print a button is %s", got)
		}
	})
}

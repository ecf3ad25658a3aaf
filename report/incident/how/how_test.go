package how

import "testing"

// Each product says all there is to say, on layers that there are.
func TestHow(t *testing.T) {
	for _, name := range Products() {
		h, ok := Of(name)
		if !ok || len(h.On) == 0 || len(h.Collect) == 0 || len(h.Off) == 0 || h.Where == "" || h.Lacks == "" || h.Short == "" {
			t.Errorf("%s lacks something: %+v", name, h)
			continue
		}
		for _, l := range append(append(h.On, h.Collect...), h.Off...) {
			switch l.Layer {
			case "", "name", "network", "negotiation", "identity", "authentication", "child", "client":
			default:
				t.Errorf("%s: there is no layer %q", name, l.Layer)
			}
		}
	}
	for other, name := range otherNames {
		if h, ok := Of(other); !ok || h.Product != name {
			t.Errorf("%s is not %s", other, name)
		}
	}
	// A phone has no shell: its log is collected on a Mac.
	ios, _ := Of("iOS")
	macOS, _ := Of("macos")
	if ios.Product != "ios" || ios.Collect[0].Line == macOS.Collect[0].Line {
		t.Errorf("the log of iOS is collected by %q", ios.Collect[0].Line)
	}
}

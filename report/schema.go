package report

import (
	"bytes"
	_ "embed"

	"github.com/ikescope/ikescope/report/internal/lineschema"
)

// The JSON Schemas, of draft 2020-12, of all that is published.
var (
	//go:embed schema.json
	schema []byte
	//go:embed lines-schema.json
	linesSchema []byte
	//go:embed diff-schema.json
	diffSchema []byte
	//go:embed capture-schema.json
	captureSchema []byte
	//go:embed plan-schema.json
	planSchema []byte
	//go:embed watch-schema.json
	watchSchema []byte
	//go:embed client-schema.json
	clientSchema []byte
	//go:embed explain-schema.json
	explainSchema []byte
	//go:embed advice-schema.json
	adviceSchema []byte
)

// Schema returns the schema of version 1 of [Document].
func Schema() []byte { return bytes.Clone(schema) }

// LinesSchema returns the schema of version 1 of a line of a report as JSON lines:
// a [FirstLine], a [TargetLine], which has the fields of a target of a [Document],
// or a [LastLine].
func LinesSchema() []byte { return lineschema.Join(linesSchema, schema) }

// DiffSchema returns the schema of version 1 of [Diff].
func DiffSchema() []byte { return bytes.Clone(diffSchema) }

// CaptureSchema returns the schema of version 1 of [Capture].
func CaptureSchema() []byte { return bytes.Clone(captureSchema) }

// PlanSchema returns the schema of [Plan].
func PlanSchema() []byte { return bytes.Clone(planSchema) }

// WatchSchema returns the schema of a line of a watch: a [WatchSample] or a
// [WatchPath].
func WatchSchema() []byte { return bytes.Clone(watchSchema) }

// ClientSchema returns the schema of a list of [ClientOffer].
func ClientSchema() []byte { return bytes.Clone(clientSchema) }

// ExplainSchema returns the schema of a list of explanations.
func ExplainSchema() []byte { return bytes.Clone(explainSchema) }

// AdviceSchema returns the schema of a list of [Advice].
func AdviceSchema() []byte { return bytes.Clone(adviceSchema) }

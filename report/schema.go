package report

import (
	"bytes"
	_ "embed"
)

// The JSON Schemas (draft 2020-12) of what is written beside documents, captures
// and differences.
var (
	//go:embed plan-schema.json
	planSchema []byte
	//go:embed client-schema.json
	clientSchema []byte
	//go:embed explain-schema.json
	explainSchema []byte
	//go:embed advice-schema.json
	adviceSchema []byte
)

// PlanSchema returns the schema of [Plan].
func PlanSchema() []byte { return bytes.Clone(planSchema) }

// ClientSchema returns the schema of a list of [ClientOffer].
func ClientSchema() []byte { return bytes.Clone(clientSchema) }

// ExplainSchema returns the schema of a list of [explain.Explanation].
func ExplainSchema() []byte { return bytes.Clone(explainSchema) }

// AdviceSchema returns the schema of a list of [Advice].
func AdviceSchema() []byte { return bytes.Clone(adviceSchema) }

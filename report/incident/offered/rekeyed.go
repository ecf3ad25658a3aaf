package offered

// Rekeyed says for which proposals a Child SA that was up cannot be rekeyed.
func Rekeyed(gaps []Gap) string {
	why := "the two sides have no proposal for its rekeying in common"
	if len(gaps) == 1 && gaps[0].Axis == Exchange {
		why = "the PFS groups of the two sides differ, and the first Child SA takes its keys from IKE_AUTH, without one"
	}
	return "the Child SA came up and worked until its first rekeying, which is refused: " + why
}

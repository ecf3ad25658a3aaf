package powershell_test

import (
	"fmt"

	"github.com/ikescope/ikescope/proposals/client/powershell"
)

// Variables stand for what the script sets them to. One that it does not set stays as
// it is, and says so.
func ExampleRead() {
	read := powershell.Read(`$name = "Office"
Add-VpnConnection -Name $name -ServerAddress $Server`)
	for _, word := range read.Statements[0] {
		fmt.Printf("line %d: %s", word.Line, word.Text)
		if word.Unknown != "" {
			fmt.Print(", whose value is not known")
		}
		fmt.Println()
	}
	// Output:
	// line 2: Add-VpnConnection
	// line 2: -Name
	// line 2: Office
	// line 2: -ServerAddress
	// line 2: $Server, whose value is not known
}

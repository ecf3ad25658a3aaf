// Command ikescope says what an IPsec gateway accepts, whether the path to it
// works, and why a client fails, with the evidence for each claim.
//
// Run "ikescope --help" for its use, and "ikescope demo" for a look without a
// gateway.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Package offers holds what a scan makes of offers before it sends them: a part
// with one key exchange method, halves, the method of a KE payload that is not in
// them, and algorithms that nobody has. Its functions are pure, and what they return
// shares lists with what they are given: both are not to be changed.
package offers

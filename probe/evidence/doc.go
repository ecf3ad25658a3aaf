// Package evidence holds what a scan reports: a [Result] with a verdict, what was
// found out about the gateway, and every [Exchange] that it rests on, by number. A
// [Note] is what a reader has to know beside it, a [Doubt] a reason not to rely on
// it, and a [Habit] what this gateway does and others do not.
//
// All of it is values and pure functions over them: [Meaning] says what an
// exchange decides, and [Contradictions] holds a result against its own exchanges.
// Nothing here sends anything; package probe does, and package report publishes.
package evidence

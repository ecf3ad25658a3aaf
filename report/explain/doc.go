// Package explain says what the failures of IKEv2 connections mean, as far as
// they can be known without the gateway: the error codes of Windows, the notify
// messages of IKEv2, lines that hold such, and the words of ikescope's own
// reports. Logs are read by package incident.
//
// What is known of a kind of failure is a topic (topics.go); codes and notify
// messages name theirs. All of it is data, and pure.
package explain

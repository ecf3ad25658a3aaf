// Package explain says what the failures of IKEv2 connections mean, as far as
// they can be told without the gateway: the error codes of Windows, the notify
// messages of IKEv2, lines of the logs of strongSwan, libreswan, OpenIKED and
// Windows, and the words of ikescope's own reports.
//
// What is known of a kind of failure is a topic (topics.go); codes, notify
// messages and lines name theirs. All of it is data, and pure.
package explain

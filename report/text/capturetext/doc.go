// Package capturetext writes the IKE SAs of captures as text for people.
package capturetext

// Package captures writes the IKE SAs of captures as text for people.
package captures

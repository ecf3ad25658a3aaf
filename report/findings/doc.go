// Package findings explains each finding, note and verdict by its ID: what was seen, why
// it matters, how each product is changed, how it can be wrong, and the sources.
//
// What is said stands in the folder pages, and of weak algorithms, of certificates and of
// causes in the tables that judge them: weaknesses.csv of package baseline, rules.csv and
// fixes.csv of package certcheck, and causes.csv of logs and of logins.
package findings

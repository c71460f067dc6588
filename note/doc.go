// Package note makes the one note that a merge request has of its pipelines, and keeps it one: it is found again, and
// written in place.
package note

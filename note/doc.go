// Package note writes the single note about its pipelines that a merge request has, and keeps it single by finding it
// again and updating it in place.
package note

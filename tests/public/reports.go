package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
)

// outcomes says of each test whether it passed, failed or was skipped, by its name.
type outcomes map[string]string

var madeUp = regexp.MustCompile(`[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|0x[0-9a-f]+`)

// report reads a JUnit report: the counts of its tests, and what came of each.
func report(path string) (Counts, outcomes, error) {
	f, err := os.Open(path)
	if err != nil {
		return Counts{}, nil, err
	}
	defer f.Close()
	counts, all := Counts{}, outcomes{}
	decoder := xml.NewDecoder(f)
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return counts, all, nil
		}
		if err != nil {
			return Counts{}, nil, fmt.Errorf("reading %q: %w", path, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "testcase" {
			continue
		}
		var test struct {
			Class   string     `xml:"classname,attr"`
			Name    string     `xml:"name,attr"`
			Failure []struct{} `xml:"failure"`
			Error   []struct{} `xml:"error"`
			Skipped []struct{} `xml:"skipped"`
		}
		if err := decoder.DecodeElement(&test, &start); err != nil {
			return Counts{}, nil, fmt.Errorf("reading %q: %w", path, err)
		}
		// What a run has made up, such as an id, is no part of a test's name.
		name := madeUp.ReplaceAllString(test.Class+"."+test.Name, "*")
		switch {
		case len(test.Failure)+len(test.Error) > 0:
			counts.Failed++
			all[name] = "failed"
		case len(test.Skipped) > 0:
			counts.Skipped++
			all[name] = "skipped"
		default:
			counts.Passed++
			all[name] = "passed"
		}
	}
}

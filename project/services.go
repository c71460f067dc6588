package project

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// host is the form of a name in a network; a service is reached by its own.
var host = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// checkServices tells what is wrong with the services that a project names.
func checkServices(services map[string]Service) error {
	for _, name := range slices.Sorted(maps.Keys(services)) {
		table := "tool.pipeline.test.services." + name
		s := services[name]
		if !host.MatchString(name) || name == "localhost" {
			return fmt.Errorf("%s: %q is not a valid name for a service, by which the tests reach it: use letters, digits and '-', with a letter first", table, name)
		}
		for variable := range s.Secrets {
			if _, both := s.Variables[variable]; both {
				return fmt.Errorf("%s: %s stands in variables and in secrets: take one out", table, variable)
			}
		}
		ports := append([]int{s.Port}, s.Ports...)
		if slices.Sort(ports); len(slices.Compact(ports)) != len(s.Ports)+1 {
			return fmt.Errorf("%s: a port stands there twice: take one out", table)
		}
	}
	return nil
}
